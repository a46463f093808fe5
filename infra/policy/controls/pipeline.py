"""Roles that jobs outside of AWS take: what they may not do, tried by evaluating their policies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.policy import iam, types
from infra.policy.claims import fault, statements
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control

GITHUB = "token.actions.githubusercontent.com"
GLOBAL_REGION = "us-east-1"
# What a stack has no business with: nothing of it has its name, its tag or its domain.
STRANGE = "of-somebody"
_THEIRS = {"aws:ResourceTag/Name": STRANGE}
_FOREIGN: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("ec2:TerminateInstances", "ec2", "instance/x", _THEIRS),
    ("ec2:DeleteVpc", "ec2", "vpc/x", {}),
    ("ec2:CreateSecurityGroup", "ec2", "security-group/x", {"aws:RequestTag/Name": STRANGE}),
    ("ec2:CreateTags", "ec2", "vpc/x", {**_THEIRS, "aws:RequestTag/Name": STRANGE}),
    ("kms:PutKeyPolicy", "kms", "key/x", _THEIRS),
    ("kms:Decrypt", "kms", "key/x", _THEIRS),
    ("kms:Encrypt", "kms", "key/x", _THEIRS),
    ("kms:CreateGrant", "kms", "key/x", {**_THEIRS, "kms:GrantIsForAWSResource": "true"}),
    ("acm:DeleteCertificate", "acm", "certificate/x", _THEIRS),
    ("backup:DeleteBackupPlan", "backup", "backup-plan:x", _THEIRS),
    ("secretsmanager:UpdateSecret", "secretsmanager", f"secret:{STRANGE}-abcdef", _THEIRS),
    ("logs:DeleteLogGroup", "logs", f"log-group:{STRANGE}", _THEIRS),
    ("sqs:DeleteQueue", "sqs", STRANGE, _THEIRS),
    ("rds:ModifyDBCluster", "rds", f"cluster:{STRANGE}", _THEIRS),
    ("eks:UpdateClusterConfig", "eks", f"cluster/{STRANGE}", _THEIRS),
    ("ecr:PutImage", "ecr", f"repository/{STRANGE}", _THEIRS),
    ("kms:GenerateDataKey", "kms", "key/x", _THEIRS),
    ("ssm:UpdateAssociation", "ssm", "association/x", _THEIRS),
    ("ssm:CreateAssociation", "ssm", "association/x", {"aws:RequestTag/Name": STRANGE}),
    ("ssm:CreateAssociation", "ec2", "instance/x", _THEIRS),
)
_EVERYTHING = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
WAY_OUT = "refuse it in the boundary: infra/identity/pipeline/guards.py"


@control(
    "B21",
    "A job that deploys can't read data, end it, or widen itself",
    "iam.Role taken by jobs of GitHub: its policies within its boundary allow no value of a "
    "secret, no object, no end of a key, bucket, database, secret or recovery point, no role "
    "without boundary, no other role, no change of its own role, policies and boundary, and "
    "nothing that has another name, tag or domain than the stack's; its boundary alone refuses "
    "values, ends of data and other regions, whatever is attached",
    "AWS Well-Architected SEC03-BP02; GitHub: security hardening with OpenID Connect",
    Severity.HIGH,
    (types.ROLE,),
)
def deploying_roles(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for role in graph.of(types.ROLE):
        if not is_taken_from_outside(graph, role):
            continue
        granted, boundary = _given(graph, role), _limits(graph, role)
        if granted is None or boundary is None:
            yield fault(role, "must have policies that can be read", "see their JSON")
            continue
        named = _Named(graph, role, profile.region, account_in([*granted, *boundary]))
        attempts = [(each, granted) for each in named.attempts()]
        attempts += [(each, _EVERYTHING) for each in named.whatever_is_attached()]
        for request, given in attempts:
            try:
                allowed = iam.is_allowed(request, given, boundary)
            except iam.UnknownOperatorError as error:
                yield fault(role, f"must be judged, and {error}", "use a plain condition")
                break
            if allowed:
                rule = f"must not be allowed {request.action} on {request.resource}"
                yield fault(role, rule, WAY_OUT)


def is_taken_from_outside(graph: Graph, role: Resource) -> bool:
    """By a token of GitHub's: the trust says so, or it waits for the provider of such tokens."""
    trust = role.get("assumeRolePolicy")
    if trust is UNKNOWN:
        behind = graph.behind(role, "assumeRolePolicy")
        providers = [each for each in behind if each.type == types.OIDC_PROVIDER]
        return any(GITHUB in str(each.get("url")) for each in providers)
    return GITHUB in str(trust)


def _given(graph: Graph, role: Resource) -> list[iam.Statement] | None:
    attached = graph.users(role, "role", types.ATTACHMENT)
    own = [p for each in attached for p in graph.linked(each, "policyArn", types.POLICY)]
    return _read([*own, *graph.users(role, "role", types.ROLE_POLICY)])


def _limits(graph: Graph, role: Resource) -> list[iam.Statement] | None:
    return _read(graph.linked(role, "permissionsBoundary", types.POLICY)) or None


def _read(policies: list[Resource]) -> list[iam.Statement] | None:
    found: list[iam.Statement] = []
    for each in policies:
        listed = statements(each.get("policy"))
        if listed is None:
            return None
        found += listed
    return found


def account_in(listed: list[iam.Statement]) -> str:
    """The account that the policies name; in an update's preview nothing else tells it."""
    found = re.search(r":(\d{12}):", str(listed))
    return found[1] if found else ""


@dataclass(frozen=True)
class _Named:
    """What a stack has by name, as a role would try to get at it."""

    graph: Graph
    role: Resource
    region: str
    account: str

    def whatever_is_attached(self) -> Iterator[iam.Request]:
        """What the boundary refuses to a role that has every right there is."""
        # Keys are opened for services: the role's own policies say for which.
        yield from (each for each in self._on_data() if each.action != "kms:Decrypt")
        for action in ("ssm:GetParameter", "ssm:GetParameters"):
            yield self._call(action, self._arn("ssm", f"parameter/{STRANGE}"), self.role)
        elsewhere = {"aws:RequestedRegion": STRANGE}
        yield iam.Request("ec2:RunInstances", self._arn("ec2", "instance/x"), elsewhere)

    def attempts(self) -> Iterator[iam.Request]:
        yield from self._on_identities()
        yield from self._on_data()
        yield from self._on_foreign()

    def _on_foreign(self) -> Iterator[iam.Request]:
        """What belongs to another stack or to nobody here."""
        for action, service, name, context in _FOREIGN:
            arn = self._arn(service, name)
            yield iam.Request(action, arn, {"aws:RequestedRegion": self.region, **context})
        yield self._call("s3:PutBucketPolicy", f"arn:aws:s3:::{STRANGE}", self.role)
        names = {"route53:ChangeResourceRecordSetsNormalizedRecordNames": [f"{STRANGE}.example"]}
        zone = "arn:aws:route53:::hostedzone/x"
        yield self._global("route53:ChangeResourceRecordSets", zone, names)
        role = f"arn:aws:iam::{self.account}:role/{STRANGE}"
        for bound in self.graph.linked(self.role, "permissionsBoundary", types.POLICY):
            within = {"iam:PermissionsBoundary": self._iam("policy", bound)}
            yield self._global("iam:PutRolePolicy", role, within)
        for other in self.graph.of(types.ROLE):
            passed = {"iam:PassedToService": "lambda.amazonaws.com"}
            yield self._global("iam:PassRole", self._iam("role", other), passed)
        yield self._global("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})
        linked = f"arn:aws:iam::{self.account}:role/aws-service-role/x"
        strange = {"iam:AWSServiceName": "lex.amazonaws.com"}
        yield self._global("iam:CreateServiceLinkedRole", linked, strange)

    def _on_identities(self) -> Iterator[iam.Request]:
        own = self._iam("role", self.role)
        bounds = [
            each
            for each in self.graph.of(types.POLICY)
            if self.graph.users(each, "permissionsBoundary", types.ROLE)
        ]
        attached = [
            policy
            for each in self.graph.users(self.role, "role", types.ATTACHMENT)
            for policy in self.graph.linked(each, "policyArn", types.POLICY)
        ]
        for bound in bounds:
            within = {"iam:PermissionsBoundary": self._iam("policy", bound)}
            for action in ("AttachRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy"):
                yield self._global(f"iam:{action}", own, within)
            yield self._global("iam:DeleteRolePermissionsBoundary", own, within)
        for policy in (*bounds, *attached):
            yield self._global("iam:CreatePolicyVersion", self._iam("policy", policy), {})
        for other in self.graph.of(types.ROLE):
            arn = self._iam("role", other)
            yield self._global("iam:PutRolePolicy", arn, {})
            yield self._global("iam:CreateRole", arn, {})
            yield self._global("sts:AssumeRole", arn, {})

    def _on_data(self) -> Iterator[iam.Request]:
        for bucket in self.graph.of(types.BUCKET):
            arn = f"arn:aws:s3:::{bucket.get('bucket')}"
            yield self._call("s3:GetObject", f"{arn}/x", bucket)
            yield self._call("s3:BypassGovernanceRetention", f"{arn}/x", bucket)
            yield self._call("s3:DeleteBucket", arn, bucket)
        for secret in self.graph.of(types.SECRET):
            arn = self._arn("secretsmanager", f"secret:{secret.get('name')}-abcdef")
            yield self._call("secretsmanager:GetSecretValue", arn, secret)
            yield self._call("secretsmanager:DeleteSecret", arn, secret)
        for key in self.graph.of(types.KEY):
            arn = self._arn("kms", "key/x")
            yield self._call("kms:Decrypt", arn, key)
            yield self._call("kms:ScheduleKeyDeletion", arn, key)
        for database in self.graph.of(types.DATABASE):
            arn = self._arn("rds", f"cluster:{database.get('clusterIdentifier')}")
            yield self._call("rds:DeleteDBCluster", arn, database)
        for vault in self.graph.of(types.VAULT):
            arn = self._arn("backup", f"backup-vault:{vault.get('name')}")
            yield self._call("backup:DeleteBackupVault", arn, vault)
            points = self._arn("backup", "recovery-point:x")
            yield self._call("backup:DeleteRecoveryPoint", points, vault)

    def _arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{name}"

    def _iam(self, kind: str, resource: Resource) -> str:
        return f"arn:aws:iam::{self.account}:{kind}/{resource.get('name')}"

    def _global(self, action: str, arn: str, more: Mapping[str, Any]) -> iam.Request:
        return iam.Request(action, arn, {"aws:RequestedRegion": GLOBAL_REGION, **more})

    def _call(self, action: str, arn: str, resource: Resource) -> iam.Request:
        """A call in the stack's region on a thing with its tags."""
        context: dict[str, Any] = {"aws:RequestedRegion": self.region}
        tags = resource.get("tags")
        if isinstance(tags, Mapping):
            context |= {f"aws:ResourceTag/{key}": value for key, value in tags.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return iam.Request(action, arn, context)
