"""CloudFront: how viewers reach it, how it reaches the origin, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from infra.policy import types
from infra.policy.claims import fault, is_given, must, must_link, one_of, wrong
from infra.policy.controls.groups import EDGE_GROUP
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, control
from infra.policy.openings import all_openings

_DISTRIBUTION = (types.DISTRIBUTION,)
NOT_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's policy CachingDisabled
READ = {"GET", "HEAD", "OPTIONS"}
PRIVATE_FIELDS = ("cs(Cookie)", "cs-uri-query", "cs(Referer)")


def _maps(resource: Resource, path: str) -> list[Mapping[str, Any]]:
    """The maps in a list, or the one map; what is unknown is an empty one and so keeps no rule."""
    return [
        cast("Mapping[str, Any]", each) if isinstance(each, Mapping) else {}
        for each in resource.items(path)
    ]


def _behaviours(resource: Resource) -> list[Mapping[str, Any]]:
    default = _maps(resource, "defaultCacheBehavior") or [{}]
    return [*default, *_maps(resource, "orderedCacheBehaviors")]


@control(
    "B13",
    "Viewers reach CloudFront over TLS 1.2 or newer, by our name",
    "cloudfront.Distribution viewerCertificate is ACM's, sni-only, TLSv1.2_2021 or newer; each "
    "behaviour redirects to HTTPS or takes nothing else",
    "CloudFront.3/7/8/15",
    Severity.HIGH,
    _DISTRIBUTION,
)
def viewers(graph: Graph, _: Profile) -> Iterator[Finding]:
    newer = one_of("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
    for each in graph.of(types.DISTRIBUTION):
        path = "viewerCertificate."
        yield from must_link(
            graph,
            each,
            f"{path}acmCertificateArn",
            types.CERTIFICATES,
            "must be a certificate of this stack",
            "name the domain's of us-east-1",
        )
        yield from must(
            each, f"{path}minimumProtocolVersion", newer, "must be TLSv1.2_2021 or newer", "set it"
        )
        yield from must(
            each, f"{path}sslSupportMethod", one_of("sni-only"), "must be sni-only", "set it"
        )
        ways = [behaviour.get("viewerProtocolPolicy") for behaviour in _behaviours(each)]
        if any(way not in ("redirect-to-https", "https-only") for way in ways):
            yield fault(each, "must send viewers to HTTPS in each behaviour", "redirect-to-https")


@control(
    "B14",
    "CloudFront reaches the origin over TLS 1.2 alone",
    "cloudfront.Distribution origins' originProtocolPolicy is https-only, originSslProtocols is "
    "TLSv1.2",
    "CloudFront.9/10",
    Severity.HIGH,
    _DISTRIBUTION,
    alone=True,
)
def origins(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.DISTRIBUTION):
        for origin in _maps(each, "origins") or [{}]:
            custom = origin.get("customOriginConfig")
            given: Mapping[str, Any] = custom if isinstance(custom, Mapping) else {}
            if given.get("originProtocolPolicy") != "https-only":
                yield fault(each, "must ask origins over HTTPS alone", "set https-only")
            if given.get("originSslProtocols") != ["TLSv1.2"]:
                yield fault(each, "must ask origins over TLSv1.2 alone", "name TLSv1.2 alone")


@control(
    "B15",
    "Nobody reaches the origin past CloudFront",
    "where there is a cloudfront.Distribution, the edge's group lets in prefix lists and groups, "
    "and no addresses",
    "AWS WAF: restrict access to the origin; NIST SC-7",
    Severity.HIGH,
    _DISTRIBUTION,
)
def origin_is_closed(graph: Graph, _: Profile) -> Iterator[Finding]:
    if not graph.of(types.DISTRIBUTION):
        return
    for opening in all_openings(graph):
        groups = graph.linked(opening.rule, "securityGroupId", types.GROUP)
        groups = groups or ([opening.rule] if opening.rule.type == types.GROUP else [])
        of_edge = any(group.name == EDGE_GROUP for group in groups)
        if of_edge and opening.ranges:
            yield wrong(
                opening.rule,
                opening.path,
                "must not let addresses in where CloudFront stands in front",
                "name the prefix list of CloudFront's addresses",
            )


@control(
    "B16",
    "CloudFront keeps nothing but static files",
    "cloudfront.Distribution defaultCacheBehavior has CachingDisabled; others take GET, HEAD and "
    "OPTIONS only",
    "OWASP ASVS 5.0, 14.2.2",
    Severity.HIGH,
    _DISTRIBUTION,
    alone=True,
)
def kept(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.DISTRIBUTION):
        default, *others = _behaviours(each)
        if default.get("cachePolicyId") != NOT_CACHED:
            yield fault(each, "must keep nothing by default", "use AWS's CachingDisabled")
        for behaviour in others:
            methods = behaviour.get("allowedMethods")
            reads = isinstance(methods, list) and set(cast("list[Any]", methods)) <= READ
            if not reads and behaviour.get("cachePolicyId") != NOT_CACHED:
                yield fault(each, "must keep answers to reads only", "allow GET and HEAD")


@control(
    "B17",
    "CloudFront writes down who came, without what is private",
    "a cloudwatch.LogDeliverySource of type ACCESS_LOGS names each cloudfront.Distribution, a "
    "LogDelivery names it and chooses recordFields without cookies, queries and referrers",
    "CloudFront.5 CKV_AWS_86",
    Severity.MEDIUM,
    _DISTRIBUTION,
)
def logged(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.DISTRIBUTION):
        sources = [
            source
            for source in graph.users(each, "resourceArn", types.LOG_SOURCE)
            if source.get("logType") == "ACCESS_LOGS"
        ]
        users = [
            delivery
            for source in sources
            for delivery in graph.users(source, "deliverySourceName", types.LOG_DELIVERY)
        ]
        if not users:
            yield fault(each, "must have its access logs delivered", "add source and delivery")
        for delivery in users:
            yield from must(
                delivery,
                "recordFields",
                _leaves_private_out,
                f"must choose fields without {', '.join(PRIVATE_FIELDS)}",
                "list the fields",
            )


def _leaves_private_out(fields: Any) -> bool:
    return is_given(fields) and not set(fields) & set(PRIVATE_FIELDS)
