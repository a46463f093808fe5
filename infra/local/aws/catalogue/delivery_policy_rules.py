"""Rules of cache policies and response headers policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.codec import Properties, at
from infra.local.aws.rules.basic import blocks, foreseen, known
from infra.local.aws.spec import Failure, Rule, Scope

_PARAMETERS = "parametersInCacheKeyAndForwardedToOrigin"
_PARTS = (
    ("cookiesConfig", "cookieBehavior", "cookies"),
    ("headersConfig", "headerBehavior", "headers"),
    ("queryStringsConfig", "queryStringBehavior", "queryStrings"),
)
# Headers that have a setting of their own and cannot be custom ones.
_OWN = frozenset(
    {
        "content-security-policy",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
        "x-xss-protection",
    }
)


def times_in_order(source: str) -> Rule:
    """The shortest time is not above the default, nor that above the longest."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("minTtl", "defaultTtl", "maxTtl")
        times = [inputs.get("minTtl", 0), inputs.get("defaultTtl"), inputs.get("maxTtl")]
        whole = [time for time in times if isinstance(time, int)]
        if len(whole) == len(names) and whole != sorted(whole):
            shown = f"InvalidArgument: {', '.join(names)} are {whole}, which must not fall"
            yield Failure("defaultTtl", f"{shown} ({source})")

    return rule


def named_where_chosen(source: str) -> Rule:
    """Some of the cookies, headers or parameters are named; all or none are not."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for part, behaviour, items in _PARTS:
            for given in blocks(inputs, f"{_PARAMETERS}.{part}"):
                how = given.get(behaviour, "none")
                named = bool(foreseen(given, f"{items}.items[*]"))
                if known(how) and (how in ("whitelist", "allExcept")) != named:
                    verb = "takes no" if named else "needs"
                    shown = f"InvalidArgument: {behaviour} {how} {verb} {items}"
                    yield Failure(_PARAMETERS, f"{shown} ({source})")

    return rule


def nothing_without_caching(source: str) -> Rule:
    """Where nothing is cached there is no key to put anything into."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        if inputs.get("maxTtl") != 0:
            return
        flags = ("enableAcceptEncodingGzip", "enableAcceptEncodingBrotli")
        on = [flag for flag in flags if True in at(inputs, f"{_PARAMETERS}.{flag}")]
        for part, behaviour, _items in _PARTS:
            how = at(inputs, f"{_PARAMETERS}.{part}.{behaviour}")
            on += [behaviour for value in how if known(value) and value != "none"]
        if on:
            shown = f"InvalidArgument: maxTtl 0 caches nothing, so {', '.join(on)} must be off"
            yield Failure(_PARAMETERS, f"{shown} ({source})")

    return rule


def some_header(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = (
            *("corsConfig", "customHeadersConfig", "removeHeadersConfig"),
            *("securityHeadersConfig", "serverTimingHeadersConfig"),
        )
        if not any(inputs.get(name) is not None for name in names):
            shown = f"InvalidArgument: one of {', '.join(names)} is needed"
            yield Failure("securityHeadersConfig", f"{shown} ({source})")

    return rule


def xss(source: str) -> Rule:
    """Blocking and reporting exclude each other, and go with protection."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in at(inputs, "securityHeadersConfig.xssProtection"):
            if not isinstance(given, dict):
                continue
            blocks, reports = given.get("modeBlock") is True, given.get("reportUri") is not None
            off = given.get("protection") is False
            if (blocks and reports) or (off and (blocks or reports)):
                shown = "xssProtection takes modeBlock or reportUri, and only with protection"
                yield Failure("securityHeadersConfig", f"InvalidArgument: {shown} ({source})")

    return rule


def cors(source: str) -> Rule:
    """Credentials go with named origins, headers and methods."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("corsConfig")
        if not isinstance(given, dict) or given.get("accessControlAllowCredentials") is not True:
            return
        for name in ("Origins", "Headers", "Methods"):
            if {"*", "ALL"} & set(map(str, at(given, f"accessControlAllow{name}.items[*]"))):
                shown = f"accessControlAllow{name} cannot be everything with credentials"
                yield Failure("corsConfig", f"InvalidArgument: {shown} ({source})")

    return rule


def custom_headers(source: str) -> Rule:
    """Custom headers differ, and none has a setting of its own."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = at(inputs, "customHeadersConfig.items[*].header")
        names = [str(name).lower() for name in given if known(name)]
        if len(set(names)) < len(names):
            shown = f"InvalidArgument: custom headers {names} are not distinct"
            yield Failure("customHeadersConfig", f"{shown} ({source})")
        for name in sorted(_OWN.intersection(names)):
            shown = f"InvalidArgument: {name} is a security header and cannot be a custom header"
            yield Failure("customHeadersConfig", f"{shown} ({source})")

    return rule
