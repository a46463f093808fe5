"""Rules on the inputs of a distribution, and its computed values."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.codec import Properties, Value, at
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, foreseen, known
from infra.local.aws.spec import Failure, Rule, Scope

_S3 = re.compile(r"[\w.-]+\.s3[.-]([\w-]+\.)?amazonaws\.com(\.cn)?")
_READ = frozenset({"GET", "HEAD"})
_ASK = _READ | {"OPTIONS"}
_ALL = _ASK | {"PUT", "POST", "PATCH", "DELETE"}


def domain_name(_making: Making) -> Value:
    letters = string.ascii_lowercase + string.digits
    return f"d{''.join(secrets.choice(letters) for _ in range(13))}.cloudfront.net"


def now(_making: Making) -> Value:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")


def _behaviours(inputs: Properties) -> list[dict[str, Any]]:
    return [
        *blocks(inputs, "defaultCacheBehavior"),
        *blocks(inputs, "orderedCacheBehaviors[*]"),
    ]


def origins_are_named(source: str) -> Rule:
    """Origins and groups have ids of their own; groups name two origins."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        ids = at(inputs, "origins[*].originId") + at(inputs, "originGroups[*].originId")
        named = [name for name in ids if known(name)]
        if len(set(named)) < len(named):
            yield Failure("origins", f"InvalidArgument: ids {named} are not distinct ({source})")
        for group in blocks(inputs, "originGroups[*]"):
            members = at(group, "members[*].originId")
            lost = [one for one in members if known(one) and one not in named]
            if len(members) != 2 or (lost and len(named) == len(ids)):
                shown = f"NoSuchOrigin: a group has two origins, not {members}"
                yield Failure("originGroups", f"{shown} ({source})")

    return rule


def origin_kinds(source: str) -> Rule:
    """A bucket's domain, or another one with the ways to reach it."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kinds = ("customOriginConfig", "s3OriginConfig", "vpcOriginConfig")
        for origin in blocks(inputs, "origins[*]"):
            given = [kind for kind in kinds if origin.get(kind) is not None]
            domain = origin.get("domainName")
            if len(given) > 1:
                shown = f"InvalidArgument: an origin has {' and '.join(given)}; one goes"
                yield Failure("origins", f"{shown} ({source})")
            if known(domain) and "://" in str(domain):
                shown = f"InvalidArgument: {domain!r} is an address; write the domain alone"
                yield Failure("origins", f"{shown} ({source})")
            elif known(domain) and not given and not _S3.fullmatch(str(domain)):
                shown = f"InvalidArgument: {domain!r} is no bucket; it needs customOriginConfig"
                yield Failure("origins", f"{shown} ({source})")
            identity = [one for one in at(origin, "s3OriginConfig.originAccessIdentity") if one]
            if any(map(known, identity)) and origin.get("originAccessControlId"):
                shown = "originAccessControlId and an access identity exclude each other"
                yield Failure("origins", f"InvalidArgument: {shown} ({source})")

    return rule


def origin_ports(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for name in ("httpPort", "httpsPort"):
            for port in at(inputs, f"origins[*].customOriginConfig.{name}"):
                if isinstance(port, int) and port not in (80, 443) and not 1024 <= port <= 65535:
                    shown = f"InvalidArgument: {name} {port} is not 80, 443 or 1024 to 65535"
                    yield Failure("origins", f"{shown} ({source})")

    return rule


def targets_exist(source: str) -> Rule:
    """Each behaviour leads to an origin or a group of the distribution."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        ids = at(inputs, "origins[*].originId") + at(inputs, "originGroups[*].originId")
        there = [*foreseen(inputs, "origins[*]"), *foreseen(inputs, "originGroups[*]")]
        if not all(map(known, (*ids, *there))):
            return
        for behaviour in _behaviours(inputs):
            target = behaviour.get("targetOriginId")
            if known(target) and target not in ids:
                shown = f"NoSuchOrigin: targetOriginId {target!r} is none of {', '.join(ids)}"
                yield Failure("defaultCacheBehavior", f"{shown} ({source})")

    return rule


def methods(source: str) -> Rule:
    """Methods come in three sets; what is cached is allowed."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for behaviour in _behaviours(inputs):
            sets: dict[str, frozenset[str]] = {}
            for name, choices in (
                ("allowedMethods", (_READ, _ASK, _ALL)),
                ("cachedMethods", (_READ, _ASK)),
            ):
                given: Any = behaviour.get(name)
                if not isinstance(given, list) or not all(map(known, given)):
                    continue
                sets[name] = frozenset(map(str, given))
                if sets[name] not in choices:
                    listed = " or ".join("+".join(sorted(choice)) for choice in choices)
                    shown = f"InvalidArgument: {name} {sorted(sets[name])} is not {listed}"
                    yield Failure("defaultCacheBehavior", f"{shown} ({source})")
            if len(sets) == 2 and not sets["cachedMethods"] <= sets["allowedMethods"]:
                shown = "InvalidArgument: cachedMethods are not among allowedMethods"
                yield Failure("defaultCacheBehavior", f"{shown} ({source})")

    return rule


def one_way_to_cache(source: str) -> Rule:
    """A cache policy, or the older values and times, not both."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for behaviour in _behaviours(inputs):
            policy = behaviour.get("cachePolicyId") is not None
            values = behaviour.get("forwardedValues") is not None
            if policy == values:
                shown = "InvalidArgument: exactly one of cachePolicyId and forwardedValues goes"
                yield Failure("defaultCacheBehavior", f"{shown} ({source})")
            older = [name for name in ("minTtl", "defaultTtl", "maxTtl") if behaviour.get(name)]
            if policy and older:
                shown = f"InvalidArgument: {older[0]} goes with forwardedValues, not a policy"
                yield Failure("defaultCacheBehavior", f"{shown} ({source})")

    return rule


def locations(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "restrictions.geoRestriction"):
            kind = given.get("restrictionType")
            if known(kind) and (kind == "none") == bool(given.get("locations")):
                verb = "takes no" if kind == "none" else "needs"
                shown = f"InvalidGeoRestrictionParameter: restrictionType {kind} {verb} locations"
                yield Failure("restrictions", f"{shown} ({source})")

    return rule


def one_certificate(source: str) -> Rule:
    """CloudFront's own certificate, or one with a way to serve it; aliases need the latter."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("viewerCertificate")
        if not isinstance(given, dict):
            return
        ways = ("acmCertificateArn", "iamCertificateId", "cloudfrontDefaultCertificate")
        chosen = [way for way in ways if given.get(way) not in (None, False)]
        if len(chosen) != 1:
            shown = f"InvalidViewerCertificate: exactly one of {', '.join(ways)} is needed"
            yield Failure("viewerCertificate", f"{shown} ({source})")
        own = ways[2] in chosen
        if len(chosen) == 1 and not own and given.get("sslSupportMethod") is None:
            shown = f"InvalidViewerCertificate: {chosen[0]} needs sslSupportMethod"
            yield Failure("viewerCertificate", f"{shown} ({source})")
        if own and inputs.get("aliases"):
            shown = "InvalidViewerCertificate: aliases need a certificate of their own"
            yield Failure("aliases", f"{shown} ({source})")

    return rule


def error_pages(source: str) -> Rule:
    """A page and its status go together; each error has one."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        codes = [code for code in at(inputs, "customErrorResponses[*].errorCode") if known(code)]
        if len(set(codes)) < len(codes):
            shown = f"InvalidArgument: error codes {codes} are not distinct"
            yield Failure("customErrorResponses", f"{shown} ({source})")
        for given in blocks(inputs, "customErrorResponses[*]"):
            page, status = given.get("responsePagePath"), given.get("responseCode")
            if (page is None) != (status is None):
                shown = "InvalidArgument: responsePagePath and responseCode go together"
                yield Failure("customErrorResponses", f"{shown} ({source})")
            if known(page) and not str(page).startswith("/"):
                shown = f"InvalidArgument: responsePagePath {page!r} does not begin with /"
                yield Failure("customErrorResponses", f"{shown} ({source})")

    return rule
