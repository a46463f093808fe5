"""AWS WAF in front of CloudFront."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from infra.policy import types
from infra.policy.claims import fault, is_false_or_absent, is_true, must
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control

GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
HIDDEN_HEADERS = ("authorization", "cookie")


def _map(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _rules(acl: Resource) -> list[Mapping[str, Any]]:
    return [_map(rule) for rule in acl.items("rules")]


@control(
    "B18",
    "What comes through CloudFront is filtered",
    "prod: cloudfront.Distribution webAclId is a wafv2.WebAcl of the stack, with AWS's groups of "
    "addresses, common attacks and known bad inputs in force, and a limit by address that blocks",
    "CloudFront.6 WAF.10 CKV_AWS_68/192",
    Severity.MEDIUM,
    (types.DISTRIBUTION, types.WEB_ACL),
    where=Where.PROD,
)
def filtered(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.DISTRIBUTION):
        if not graph.linked(each, "webAclId", types.WEB_ACL):
            yield fault(each, "must have a web ACL of this stack", "set gacp:edge.cdn.waf")
    for acl in graph.of(types.WEB_ACL):
        rules = _rules(acl)
        in_force = {
            _map(_map(rule.get("statement")).get("managedRuleGroupStatement")).get("name")
            for rule in rules
            if "none" in _map(rule.get("overrideAction"))
        }
        for name in GROUPS:
            if name not in in_force:
                yield fault(acl, f"must have {name} in force", "add it with override_action none")
        blocking = [rule for rule in rules if "block" in _map(rule.get("action"))]
        statements = [_map(rule.get("statement")) for rule in blocking]
        if not any(
            _map(each.get("rateBasedStatement")).get("aggregateKeyType") == "IP"
            for each in statements
        ):
            yield fault(acl, "must stop addresses that ask too much", "add a rate rule by IP")


@control(
    "B19",
    "The filter is counted and writes down what it stops, without what is private",
    "wafv2.WebAcl and its rules have metrics and no samples; a WebAclLoggingConfiguration names it "
    f"and leaves {', '.join(HIDDEN_HEADERS)} out",
    "WAF.11/12 CKV2_AWS_31",
    Severity.MEDIUM,
    (types.WEB_ACL,),
)
def counted(graph: Graph, _: Profile) -> Iterator[Finding]:
    for acl in graph.of(types.WEB_ACL):
        seen = [("", acl.get("visibilityConfig"))]
        seen += [(f" of rule {r.get('name')}", r.get("visibilityConfig")) for r in _rules(acl)]
        for where, config in seen:
            if not is_true(_map(config).get("cloudwatchMetricsEnabled")):
                yield fault(acl, f"must have metrics{where}", "set cloudwatch_metrics_enabled")
            sampled = _map(config).get("sampledRequestsEnabled")
            if not is_false_or_absent(sampled):
                said = f"must have no samples{where}: they show headers whole"
                yield fault(acl, said, "set sampled_requests_enabled to false")
        logging = graph.users(acl, "resourceArn", types.WEB_ACL_LOGGING)
        if not logging:
            yield fault(acl, "must log what it stops", "add a WebAclLoggingConfiguration")
        for each in logging:
            yield from must(
                each,
                "redactedFields",
                _hides_sign_ins,
                f"must leave {' and '.join(HIDDEN_HEADERS)} out",
                "name them as single_header",
            )


def _hides_sign_ins(fields: Any) -> bool:
    listed = cast("list[Any]", fields) if isinstance(fields, list) else []
    named = {_map(_map(field).get("singleHeader")).get("name") for field in listed}
    return named >= set(HIDDEN_HEADERS)
