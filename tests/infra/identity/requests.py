"""The calls that a resource of a recorded graph means, as IAM sees them.

Which resources a call is checked against, and where tags count, is what AWS says
(`authorization.json`); which of them a type touches is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.identity.pipeline.needs import Needs
from infra.identity.pipeline.table import TYPES
from infra.identity.scope import Scope
from infra.policy.iam import Request
from infra.policy.model import Resource
from tests.infra.identity.authorization import frozen
from tests.infra.identity.kinds import KINDS

FACTS = frozen()
GLOBAL = ("iam", "route53", "budgets", "cloudfront")

# Named by AWS as needed, and of a sort that this program has none of.
ELSEWHERE = ("healthcheck", "listener/app", "listener/gwy", "change", "global-cluster")
# Checked only where a property names it, which none here does.
NOT_NAMED = {("ec2:CreateVolume", "snapshot"): "snapshotId"}
# Made while something else goes: the last snapshot of a volume, with its tags.
_LAST = ("ec2:CreateSnapshot", "snapshot")
# Of these an ARN has an id that nobody chose.
WITH_IDS = ("ec2", "acm", "route53", "cloudfront")
_IDS = ("kms:key", "backup:backupPlan", "logs:delivery", "ssm:association", "ssm:instance")
# Which property names the thing on AWS.
_NAMES = (
    *("bucket", "replicationGroupId", "userId", "userGroupId", "identifier"),
    *("clusterIdentifier", "dashboardName", "clusterName", "repository", "rule"),
    *("backupVaultName", "restoreTestingPlanName", "role", "arn", "topic", "queueUrl"),
    *("loadBalancerArn", "name", "deliverySourceName", "resourceArn"),
)


def requests_of(resource: Resource, moment: str, scope: Scope) -> Iterator[Request]:
    """Every call of a moment: `read`, `make`, `change` or `remove`."""
    row: Needs = TYPES[resource.type]
    for action in getattr(row, moment):
        facts = FACTS["actions"][action]
        kinds = _kinds(resource.type, facts)
        for kind in kinds:
            named_by = NOT_NAMED.get((action, kind))
            if named_by and not resource.get(named_by):
                continue
            arn = _arn(action.partition(":")[0], kind, resource, scope)
            yield Request(action, arn, _context(resource, action, kind, moment, scope))
        if not kinds:
            yield Request(action, "*", _context(resource, action, "", moment, scope))


def _kinds(type_: str, facts: Mapping[str, Any]) -> list[str]:
    touched = KINDS[type_].split()
    found = [kind for kind in touched if kind in facts["kinds"]]
    required = {kind for kind, each in facts["kinds"].items() if each["required"]}
    left_out = required - set(found) - set(ELSEWHERE)
    assert not left_out, f"{type_} touches {left_out}, which KINDS lacks"
    # An action without a resource of its own kinds: a list of everything.
    return found[:1] if facts["level"] == "Tagging" else found


def known_as(resource: Resource) -> str:
    """The name on AWS of a resource, or of what it is a part of."""
    for key in _NAMES:
        value = resource.get(key)
        if isinstance(value, str) and value:
            return re.split(r"[:/]", value)[-1] if value.startswith(("arn:", "https:")) else value
    return ""


def tags_of(resource: Resource, scope: Scope) -> dict[str, str]:
    tags = resource.get("tags")
    return dict(tags) if isinstance(tags, dict) else {"Name": f"{scope.prefix}x"}


def _arn(service: str, kind: str, resource: Resource, scope: Scope) -> str:
    form = FACTS["kinds"][f"{service}:{kind}"]["arn"]
    if kind == "oidc-provider":
        return f"arn:aws:iam::{scope.account}:oidc-provider/token.actions.githubusercontent.com"
    has_id = service in WITH_IDS or f"{service}:{kind}" in _IDS
    name = "0123456789" if has_id else known_as(resource)
    if kind in ("og", "pg"):
        name = "default.docdb5.0"
    elif kind == "Secret" and resource.type.startswith("aws:docdb"):
        name = "rds!cluster-0123"
    elif kind == "alias":
        name = name.removeprefix("alias/")
    elif kind == "parameter":
        name = name.removeprefix("/")
    fixed = {
        "Partition": "aws",
        "Region": resource.get("region") or scope.region,
        "Account": scope.account,
        "Scope": "global" if service == "wafv2" and resource.get("region") else "regional",
        "ObjectName": resource.get("key"),
    }
    first = True

    def filled(found: re.Match[str]) -> str:
        nonlocal first
        if found[1] in fixed:
            return str(fixed[found[1]])
        # What comes after the name is of AWS's making; groups of machines have an id before it.
        if not first or found[1] in ("GroupId",):
            return "0123"
        first = False
        return name

    return re.sub(r"\$\{(\w+)\}", filled, form)


def _context(
    resource: Resource, action: str, kind: str, moment: str, scope: Scope
) -> dict[str, Any]:
    service = action.partition(":")[0]
    facts, tags = FACTS["actions"][action], tags_of(resource, scope)
    own = KINDS[resource.type].split()[0]
    region = "us-east-1" if service in GLOBAL else resource.get("region") or scope.region
    context: dict[str, Any] = {"aws:RequestedRegion": region}
    said_new = facts["requestTags"] or facts["kinds"].get(kind, {}).get("new", False)
    tagging = facts["level"] == "Tagging"
    is_made = moment == "make" and kind in (own, "", "volume")
    is_new = said_new and (is_made or (action, kind) == _LAST)
    if (said_new and not tagging and is_new) or (tagging and moment == "make"):
        context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    if tagging and moment == "make" and service == "ec2":
        context["ec2:CreateAction"] = "CreateSomething"
    tagged = FACTS["kinds"].get(f"{service}:{kind}", {}).get("tagged", False)
    untagged = ("network-interface", "image", "snapshot") if action == "ec2:RunInstances" else ()
    if tagged and not is_new and kind not in untagged:
        of_kind = tags if kind == own else {"Name": f"{scope.prefix}x"}
        context |= {f"aws:ResourceTag/{key}": value for key, value in of_kind.items()}
    if service == "iam":
        context["iam:PermissionsBoundary"] = scope.boundary_arn()
    if action == "route53:ChangeResourceRecordSets":
        name = str(resource.get("name")).rstrip(".").lower()
        context["route53:ChangeResourceRecordSetsNormalizedRecordNames"] = [name]
    return context
