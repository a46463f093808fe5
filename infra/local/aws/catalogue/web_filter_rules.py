"""Rules and computed values of web ACLs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.provider_source import named
from infra.local.aws.catalogue.tokens import BUCKET, LOG_GROUP
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import ACCOUNT, AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_HOME = "us-east-1"
_BAD = "WAFInvalidParameterException"
_MOST = 5000
# Capacity units of AWS's own rule groups (developer guide, aws-managed-rule-groups-list).
MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
}
_GROUPS = ("managedRuleGroupStatement", "ruleGroupReferenceStatement")
_OTHER_UNITS = {"rateBasedStatement": 2, "sqliMatchStatement": 20, "xssMatchStatement": 40}


def arn(making: Making) -> Value:
    """A global ACL is of us-east-1, a regional one of its region."""
    name = making.outputs.setdefault("name", named(making))
    where = "global" if making.given("scope") == "CLOUDFRONT" else "regional"
    region = _HOME if where == "global" else making.region
    return f"arn:aws:wafv2:{region}:{ACCOUNT}:{where}/webacl/{plain(name)}/{making.id}"


def _units(inputs: Properties) -> int:
    """What the rules cost, as far as it is known: AWS's groups, and the kinds of statements."""
    total = 0
    for rule in blocks(inputs, "rules[*]"):
        statement: Any = rule.get("statement")
        for kind in statement if isinstance(statement, dict) else ():
            group = at(statement, f"{kind}.name") if kind in _GROUPS else []
            total += MANAGED.get(str(group[0]), 0) if group else _OTHER_UNITS.get(kind, 1)
    return total


def capacity(making: Making) -> Value:
    return _units(making.inputs)


def fits(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        units = _units(inputs)
        if units > _MOST:
            shown = f"WAFLimitsExceededException: the rules take {units} units; {_MOST} go"
            yield Failure("rules", f"{shown} ({source})")

    return rule


def scope_of_region(source: str) -> Rule:
    """What stands before CloudFront is made in us-east-1."""

    def rule(inputs: Properties, scope: Scope) -> Iterator[Failure]:
        if inputs.get("scope") == "CLOUDFRONT" and scope.region != _HOME:
            shown = f"{_BAD}: the scope is not valid, field: SCOPE_VALUE, parameter: CLOUDFRONT;"
            yield Failure("scope", f"{shown} it is made in {_HOME}, not {scope.region} ({source})")

    return rule


def one_default(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("defaultAction")
        if isinstance(given, dict) and len({"allow", "block"} & given.keys()) != 1:
            shown = f"{_BAD}: defaultAction takes exactly one of allow and block"
            yield Failure("defaultAction", f"{shown} ({source})")

    return rule


def distinct(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for name in ("name", "priority"):
            values = [one.get(name) for one in blocks(inputs, "rules[*]") if known(one.get(name))]
            if len(set(values)) < len(values):
                shown = f"{_BAD}: rules have {name} {values}, which are not distinct"
                yield Failure("rules", f"{shown} ({source})")

    return rule


def one_action(source: str) -> Rule:
    """A group of rules has actions of its own, which may be overridden; another rule has one."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for one in blocks(inputs, "rules[*]"):
            statement: Any = one.get("statement")
            if not isinstance(statement, dict):
                continue
            group = any(statement.get(kind) is not None for kind in _GROUPS)
            wanted, other = ("overrideAction", "action") if group else ("action", "overrideAction")
            if one.get(wanted) is None or one.get(other) is not None:
                shown = f"{_BAD}: rule {one.get('name')!r} needs {wanted} and takes no {other}"
                yield Failure("rules", f"{shown} ({source})")
            for name in ("action", "overrideAction"):
                given: Any = one.get(name)
                if isinstance(given, dict) and len(given) != 1:
                    shown = f"{_BAD}: {name} of rule {one.get('name')!r} is one, not {len(given)}"
                    yield Failure("rules", f"{shown} ({source})")

    return rule


def one_statement(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for one in blocks(inputs, "rules[*]"):
            statement: Any = one.get("statement")
            if isinstance(statement, dict) and len(statement) != 1:
                shown = (
                    f"{_BAD}: rule {one.get('name')!r} has {len(statement)} statements; one goes"
                )
                yield Failure("rules", f"{shown} ({source})")

    return rule


def managed_groups(source: str) -> Rule:
    """AWS's groups are those of its list."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in at(inputs, "rules[*].statement.managedRuleGroupStatement"):
            name = given.get("name") if isinstance(given, dict) else None
            if known(name) and given.get("vendorName") == "AWS" and name not in MANAGED:
                shown = f"WAFNonexistentItemException: AWS has no rule group {name!r}; it has"
                yield Failure("rules", f"{shown} {', '.join(MANAGED)} ({source})")

    return rule


def keys_of_rates(source: str) -> Rule:
    """What requests are counted by is said where the kind asks for it."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        needs = {"CUSTOM_KEYS": "customKeys", "FORWARDED_IP": "forwardedIpConfig"}
        for given in at(inputs, "rules[*].statement.rateBasedStatement"):
            kind = given.get("aggregateKeyType") if isinstance(given, dict) else None
            for asking, name in needs.items():
                if kind == asking and not given.get(name):
                    yield Failure("rules", f"{_BAD}: {asking} needs {name} ({source})")
            if kind == "CONSTANT" and not given.get("scopeDownStatement"):
                yield Failure("rules", f"{_BAD}: CONSTANT needs scopeDownStatement ({source})")

    return rule


_DESTINATION = re.compile(
    r"arn:aws[\w-]*:(logs:[\w-]+:\d{12}:log-group:|s3:::|firehose:[\w-]+:\d{12}:deliverystream/)"
    r"aws-waf-logs-.*"
)


def destination(source: str) -> Rule:
    """A log group, bucket or delivery stream whose name begins with aws-waf-logs-."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, "logDestinationConfigs[*]"):
            if known(value) and not _DESTINATION.fullmatch(str(value)):
                shown = f"{_BAD}: the ARN isn't valid: {value!r} is no log group, bucket or stream"
                yield Failure(
                    "logDestinationConfigs",
                    f"{shown} whose name begins with aws-waf-logs- ({source})",
                )

    return rule


def one_field(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("redactedFields")
        for field in given if isinstance(given, list) else ():
            if isinstance(field, dict) and len(field) != 1:
                shown = f"{_BAD}: redactedFields: each names one part, not {json.dumps(field)}"
                yield Failure("redactedFields", f"{shown} ({source})")

    return rule


def destination_exists(world: World, making: Making) -> None:
    """The log group or bucket is there; a group is of the ACL's region."""
    acl_region = str(making.given("resourceArn")).split(":")[3]
    for value in making.given("logDestinationConfigs", []):
        service = str(value).split(":")[2]
        kinds = {"logs": (LOG_GROUP,), "s3": (BUCKET,)}.get(service)
        if kinds is None:
            continue
        found = world.find(kinds, str(value).removesuffix(":*"), ("arn",), anywhere=True)
        if found is None:
            raise AwsError("WAFLogDestinationPermissionIssueException", f"{value} does not exist")
        if service == "logs" and found.region != acl_region:
            raise AwsError(
                _BAD, f"log group {value} is of {found.region} and the web ACL of {acl_region}"
            )
