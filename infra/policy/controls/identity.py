"""IAM: who may be somebody, and what they may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from infra.policy import types
from infra.policy.claims import (
    Statement,
    everybodys,
    fault,
    is_derived,
    is_of_account,
    statements,
    texts,
    wrong,
)
from infra.policy.controls.boundaries import is_boundary_alone
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control

_AWS = "arn:aws:iam::aws:policy/"
NODE_POLICIES = tuple(
    _AWS + name
    for name in (
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    )
)
BROAD_POLICIES = tuple(
    _AWS + name for name in ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
)
# Actions that name no resource, or read what is no data. What isn't here can be narrowed, by
# resource or by a condition: https://docs.aws.amazon.com/service-authorization/latest/reference/
WITHOUT_RESOURCE = (
    *("*:Describe*", "*:List*", "cloudwatch:Get*", "cloudwatch:PutMetricData"),
    *("ec2:Get*", "ec2messages:*", "ecr:GetAuthorizationToken", "iam:Get*", "pricing:Get*"),
    *("route53:GetChange", "servicequotas:Get*", "ssm:UpdateInstanceInformation"),
    *("ssmmessages:*", "sts:GetCallerIdentity", "tag:Get*", "xray:Put*"),
)
# Of what the patterns above let pass, this can be narrowed all the same.
NARROWABLE = ("s3:ListBucket*", "secretsmanager:List*Version*", "kms:ListGrants")
# Of EC2: what ends a thing, or changes whose it is.
HARMFUL = (
    *("ec2:Terminate*", "ec2:Stop*", "ec2:Delete*", "ec2:CreateTags", "ec2:Modify*"),
    *("ec2:Attach*", "ec2:Detach*", "ec2:Associate*", "ec2:Disassociate*"),
)
# Services that name the account they act for: https://docs.aws.amazon.com/vpc/latest/userguide/
# flow-logs-iam-role.html, https://docs.aws.amazon.com/eks/latest/userguide/
# cross-service-confused-deputy-prevention.html and the like. EC2 names none.
NAMES_ACCOUNT = ("backup", "eks", "events", "logs", "pods", "scheduler", "sns", "vpc-flow-logs")
POD_IDENTITY_SERVICE = "pods.eks.amazonaws.com"


@control(
    "A13",
    "A node may pull images and join, nothing more",
    "role of an eks.NodeGroup: only AWS's policies for worker nodes, ECR pull, CNI and SSM",
    "EKS best practices (identity)",
    Severity.HIGH,
    (types.NODE_GROUP,),
)
def node_roles(graph: Graph, _: Profile) -> Iterator[Finding]:
    groups = graph.of(types.NODE_GROUP)
    for group in groups:
        if not graph.linked(group, "nodeRoleArn", types.ROLE):
            yield wrong(group, "nodeRoleArn", "must be a role of this stack", "use infra/identity")
    roles = {r.urn: r for g in groups for r in graph.linked(g, "nodeRoleArn", types.ROLE)}
    for role in roles.values():
        for attached in graph.users(role, "role", types.ATTACHMENT):
            if attached.get("policyArn") not in NODE_POLICIES:
                yield wrong(attached, "policyArn", "must not be on a node's role", "use a pod's")
        for arn in role.items("managedPolicyArns"):
            if arn not in NODE_POLICIES:
                yield wrong(role, "managedPolicyArns", f"must not hold {arn}", "use a pod's role")
        own = [*graph.users(role, "role", types.ROLE_POLICY), *role.items("inlinePolicies")]
        if own:
            yield fault(role, "must have no policy of its own", "give it to the pod's role")


@control(
    "A14",
    "A role is taken by the one it is for",
    f"roles of pods trust {POD_IDENTITY_SERVICE}; web identities are named with exact sub and aud; "
    "nobody trusts Principal *; a service that serves every account is held to ours",
    "CIS 5.2.1 CKV_AWS_60",
    Severity.CRITICAL,
    (types.ROLE,),
)
def role_trust(graph: Graph, _: Profile) -> Iterator[Finding]:
    for role in graph.of(types.ROLE):
        if is_derived(graph, role, "assumeRolePolicy"):
            continue
        listed = statements(role.get("assumeRolePolicy"))
        if not listed:
            yield wrong(role, "assumeRolePolicy", "must be a policy that can be read", "see it")
            continue
        if graph.users(role, "roleArn", types.POD_IDENTITY):
            services = {s for each in listed for s in texts(_principal(each).get("Service"))}
            if services != {POD_IDENTITY_SERVICE} or any(len(_principal(e)) != 1 for e in listed):
                rule = f"must trust {POD_IDENTITY_SERVICE} alone: a pod takes it"
                yield fault(role, rule, "write infra/identity's trust")
        for each in listed:
            yield from _trust(role, each)


def _principal(statement: Statement) -> Mapping[str, Any]:
    principal = statement.get("Principal")
    return cast("Mapping[str, Any]", principal) if isinstance(principal, Mapping) else {}


def _trust(role: Resource, statement: Statement) -> Iterator[Finding]:
    if statement.get("Effect") != "Allow":
        return
    principal = _principal(statement)
    taking = texts(statement.get("Action"))
    if not taking or not all(each.startswith(("sts:AssumeRole", "sts:Tag")) for each in taking):
        rule = f"must allow taking the role and nothing else, and allows {', '.join(taking)}"
        yield fault(role, rule, "write sts:AssumeRole")
    if not principal or any("*" in texts(value) for value in principal.values()):
        yield fault(role, "must not trust everybody", "name the service or role that takes it")
    if is_of_account(statement) and not statement.get("Condition"):
        rule = "must say under which condition: everybody whom the account lets may take it"
        yield fault(role, rule, "add a Condition on aws:MultiFactorAuthPresent or the like")
    services = [each.partition(".")[0] for each in texts(principal.get("Service"))]
    if set(services) & set(NAMES_ACCOUNT) and not statement.get("Condition"):
        rule = "must say for whom the service acts: it serves every account"
        yield fault(role, rule, "add a Condition on aws:SourceAccount")
    if "Federated" not in principal or "sts:AssumeRoleWithSAML" in taking:
        return
    condition: Any = statement.get("Condition") or {}
    exact: Any = condition.get("StringEquals") or {}
    for claim in ("sub", "aud"):
        values = [v for k, given in exact.items() if k.endswith(f":{claim}") for v in texts(given)]
        if not values or any("*" in value for value in values):
            yield fault(
                role,
                f"must name the web identity's {claim} exactly (StringEquals)",
                f"add :{claim} to the condition, without *",
            )


@control(
    "A56",
    "Policies name what they allow",
    "iam: no Action *, nothing that can be narrowed on Resource * without a condition, no "
    "use of keys on *, PassRole for named roles, no users and access keys, no broad AWS policy; "
    "topics, queues, images and secrets are for nobody unnamed",
    "IAM.1/21 KMS.1 CKV_AWS_62/63/286-290/355",
    Severity.CRITICAL,
    (
        *(types.ROLE_POLICY, types.POLICY, types.ROLE, types.ATTACHMENT),
        *(types.USER, types.ACCESS_KEY, *types.RESOURCE_POLICIES),
    ),
)
def least_privilege(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.of(types.USER, types.ACCESS_KEY):
        yield fault(each, "must not be: its keys never end", "use a role (SSO, OIDC, pod identity)")
    for each in graph.of(types.ATTACHMENT):
        if each.get("policyArn") in BROAD_POLICIES:
            yield wrong(each, "policyArn", "must not be attached", "write a policy of what it does")
    for role in graph.of(types.ROLE):
        for arn in role.items("managedPolicyArns"):
            if arn in BROAD_POLICIES:
                yield wrong(role, "managedPolicyArns", f"must not hold {arn}", "write a policy")
        for inline in role.items("inlinePolicies"):
            text = UNKNOWN if inline is UNKNOWN else inline.get("policy")
            yield from _document(role, "inlinePolicies", text)
    for each in graph.of(types.ROLE_POLICY, types.POLICY):
        # A boundary gives nothing: how wide it may be is B20's to say.
        if not is_derived(graph, each, "policy") and not is_boundary_alone(graph, each):
            yield from _document(each, "policy", each.get("policy"))
    for each in graph.of(*types.RESOURCE_POLICIES):
        if not is_derived(graph, each, "policy"):
            yield from everybodys(each, statements(each.get("policy")) or ())
            yield from _document(each, "policy", each.get("policy"))


def _document(resource: Resource, path: str, text: Any) -> Iterator[Finding]:
    listed = statements(text)
    if listed is None:
        yield wrong(resource, path, "must be a policy that can be read", "see its JSON")
        return
    for statement in listed:
        if statement.get("Effect") != "Allow":
            continue
        sid = statement.get("Sid", "without Sid")
        for rule in _too_much(statement):
            yield fault(resource, f"{rule} ({sid})", "name the actions and resources")


def _matches(action: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def _is_a_kind(arn: str) -> bool:
    """Whether an ARN of EC2 is every machine, disk or the like that there is."""
    return arn.startswith("arn:aws:ec2:") and arn.endswith("/*")


def _too_much(statement: Statement) -> Iterator[str]:
    if "NotAction" in statement or "NotResource" in statement:
        yield "must say what it allows, not what it doesn't"
        return
    actions = texts(statement.get("Action"))
    if "*" in actions:
        yield "must not allow every action"
    unbound = not statement.get("Condition")
    if unbound and "kms:CreateGrant" in actions:
        yield "must not allow kms:CreateGrant without a condition"
    harmful = [action for action in actions if _matches(action, HARMFUL)]
    if unbound and harmful and any(_is_a_kind(arn) for arn in texts(statement.get("Resource"))):
        yield f"must not allow {', '.join(harmful)} on all of a kind without a condition"
    if "*" not in texts(statement.get("Resource")):
        return
    if any(action.endswith(":*") for action in actions):
        yield "must not allow every action of a service on every resource"
    for dangerous in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "iam:PassRole"):
        if any(fnmatchcase(dangerous.lower(), action.lower()) for action in actions):
            yield f"must not allow {dangerous} on every resource"
    narrowable = [
        a for a in actions if _matches(a, NARROWABLE) or not _matches(a, WITHOUT_RESOURCE)
    ]
    if narrowable and not statement.get("Condition"):
        yield f"must not allow {', '.join(narrowable)} on every resource without a condition"
