"""Examples of controls of keys, secrets, identity, logs, images, backups and tags."""

from __future__ import annotations

from typing import Any

from infra.identity import policies
from infra.policy import types as t
from infra.policy.model import UNKNOWN, Secret
from infra.tags import REQUIRED
from tests.infra.policy.editing import Edit, add, cut, drop, option, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.examples_data import AWS_KEY, FOR_US
from tests.infra.policy.whole import ACCOUNT, OIDC, REGION, arn, res

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/x"
MACHINES = "arn:aws:ec2:ap-southeast-1:123456789012:instance/*"
KEY, APP = "Key::data", "Secret::app"
ROTATION, IMAGES = "SecretRotation::app", "Repository::app"
IRSA, WEB = "Role::irsa", "sts:AssumeRoleWithWebIdentity"


def allow(action: Any, resource: Any = "*", **more: Any) -> Edit:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return put("RolePolicy::api", "policy", policies.document([statement]))


def topic(**changed: Any) -> Edit:
    statement = {**policies.alarms_publish_to("arn:aws:sns:x", ACCOUNT)[0], **changed}
    return put("TopicPolicy::alerts", "policy", policies.document([statement]))


def trust(principal: Any, condition: Any = None, action: str = WEB, role: str = IRSA) -> Edit:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition is not None:
        statement["Condition"] = condition
    return put(role, "assumeRolePolicy", policies.document([statement]))


def web(kind: str = "StringEquals", **claims: str) -> Edit:
    condition = {kind: {f"{OIDC}:{claim}": value for claim, value in claims.items()}}
    return trust({"Federated": arn(t.OIDC_PROVIDER, "cluster")}, condition)


def key_policy(principal: Any, action: str = "kms:Decrypt") -> Edit:
    mine = policies.key_of_account(ACCOUNT)
    other = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return put(KEY, "policy", policies.document([*mine, other]))


EXAMPLES: dict[str, Example] = {
    "A14": example(
        *(t.ROLE, t.POD_IDENTITY, t.OIDC_PROVIDER),
        red={
            **values(IRSA, "assumeRolePolicy", "{", "{}"),
            "everybody": trust("*", action="sts:AssumeRole"),
            "every account": trust({"AWS": "*"}, action="sts:AssumeRole"),
            "more than taking it": trust({"AWS": ACCOUNT}, action="*"),
            "flow logs of every account": trust(
                {"Service": "vpc-flow-logs.amazonaws.com"},
                action="sts:AssumeRole",
                role="Role::flow-logs",
            ),
            "everybody of the account": trust(
                {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, action="sts:AssumeRole"
            ),
            "every account's pods": trust(
                {"Service": "pods.eks.amazonaws.com"}, action="sts:AssumeRole", role="Role::api"
            ),
            "every account's backups": trust(
                {"Service": "backup.amazonaws.com"}, action="sts:AssumeRole", role="Role::backup"
            ),
            "every pod": web(aud="sts"),
            "any client": web(sub="system:serviceaccount:a:b"),
            "pods by pattern": web("StringLike", sub="system:*", aud="sts"),
            "pods by star": web(sub="system:serviceaccount:a:*", aud="sts"),
            "no condition": trust({"Federated": arn(t.OIDC_PROVIDER, "cluster")}),
            "a pod's role for machines": trust(
                {"Service": "ec2.amazonaws.com"}, action="sts:AssumeRole", role="Role::api"
            ),
            "a pod's role for more": trust(
                {"Service": "pods.eks.amazonaws.com", "AWS": ACCOUNT},
                action="sts:AssumeRole",
                role="Role::api",
            ),
        },
        green={"the exact pod": web(sub="system:serviceaccount:c:d", aud="sts")},
    ),
    "A54": example(
        t.KEY,
        red={
            **values(KEY, "enableKeyRotation", False),
            **values(KEY, "deletionWindowInDays", 7),
            **values(KEY, "policy", "{"),
            "everybody": key_policy("*"),
            "every account": key_policy({"AWS": "*"}),
            "a service for everybody": key_policy({"Service": "logs.amazonaws.com"}),
            "everything to a role": key_policy({"AWS": ROLE_ARN}, "kms:*"),
            "all there is to a role": key_policy({"AWS": ROLE_ARN}, "*"),
            "grants to anybody": key_policy({"AWS": ROLE_ARN}, "kms:CreateGrant"),
            "unprotected": option(KEY, protect=False),
        },
        green={
            "another account": key_policy({"AWS": "arn:aws:iam::210987654321:root"}),
            "a role": key_policy({"AWS": ROLE_ARN}),
        },
    ),
    "A55": example(
        *(t.SECRET, t.SECRET_ROTATION, t.KEY),
        red={
            **values(APP, "kmsKeyId", AWS_KEY),
            "gone at once": put(APP, "recoveryWindowInDays", 0),
            "perhaps gone": put(APP, "recoveryWindowInDays", UNKNOWN),
            **values(ROTATION, "rotationRules.automaticallyAfterDays", 91, 0),
            "never rotated": drop(ROTATION),
            "unprotected": option(APP, protect=False),
        },
        green={
            "AWS's own 30 days": cut(APP, "recoveryWindowInDays"),
            "by a calendar": put(
                ROTATION, "rotationRules", {"scheduleExpression": "rate(30 days)"}
            ),
        },
    ),
    "A56": example(
        *(t.ROLE, t.ROLE_POLICY, t.POLICY, t.ATTACHMENT, t.USER, t.ACCESS_KEY, t.TOPIC_POLICY),
        red={
            **values("RolePolicy::api", "policy", "{"),
            **values("Policy::deploy", "policy", "{"),
            "everything": allow("*"),
            "everything of a service": allow(["s3:*"]),
            "every key": allow("kms:Decrypt"),
            "every key by pattern": allow("kms:De*"),
            "every role": allow(["iam:PassRole"]),
            "every action on something": allow("*", "arn:aws:s3:::x"),
            "grants to anybody": allow("kms:CreateGrant", "arn:aws:kms:x"),
            "ends every machine": allow("ec2:TerminateInstances", MACHINES),
            "gives every machine a disk": allow("ec2:AttachVolume", MACHINES),
            "takes every machine": allow(["ec2:CreateTags"], MACHINES),
            "every object": allow(["s3:GetObject"]),
            "every bucket's names": allow(["s3:ListBucket"]),
            "every key in a place": allow("kms:Decrypt", Condition=FOR_US),
            "anybody publishes": topic(Principal="*"),
            "a service publishes for everybody": topic(Condition=None),
            "everything to a topic": topic(Action="*"),
            **values("TopicPolicy::alerts", "policy", "{"),
            "all but": allow(None, NotAction="iam:*"),
            "everywhere but": allow("s3:GetObject", None, NotResource="arn:aws:s3:::x"),
            "in the role": put(
                "Role::api",
                "inlinePolicies",
                [
                    {
                        "name": "all",
                        "policy": policies.document(
                            [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
                        ),
                    }
                ],
            ),
            "administrator": put(
                "RolePolicyAttachment::host-ssm",
                "policyArn",
                "arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            "administrator in the role": put(
                "Role::host", "managedPolicyArns", ["arn:aws:iam::aws:policy/PowerUserAccess"]
            ),
            "a user": add(res(t.USER, "robot", name="robot")),
            "an access key": add(res(t.ACCESS_KEY, "robot", user="robot", tags={})),
        },
        green={
            "a call without a resource": allow("ecr:GetAuthorizationToken"),
            "a denial": allow("*", Effect="Deny"),
            "machines of ours": allow("ec2:RunInstances", Condition=FOR_US),
            "one key": allow("kms:Decrypt", "arn:aws:kms:x"),
        },
    ),
    "A57": example(
        t.LOG_GROUP,
        t.KEY,
        red={
            **values("LogGroup::flow-logs", "retentionInDays", 0, 89),
            **values("LogGroup::flow-logs", "kmsKeyId", ""),
        },
        green={
            "a week on a laptop": Red(put("LogGroup::flow-logs", "retentionInDays", 7), "local")
        },
    ),
    "A58": example(
        *(t.REPOSITORY, t.REPOSITORY_LIFECYCLE, t.KEY, t.INSTANCE),
        red={
            **values(IMAGES, "imageTagMutability", "MUTABLE"),
            **values(IMAGES, "imageScanningConfiguration.scanOnPush", False),
            **values(IMAGES, "encryptionConfigurations.0.encryptionType", "AES256"),
            **values(IMAGES, "encryptionConfigurations.0.kmsKey", AWS_KEY),
            **values(IMAGES, "encryptionConfigurations", []),
            "no end": drop("LifecyclePolicy::app"),
            "emptied": put(IMAGES, "forceDelete", True),
            "unprotected": option(IMAGES, protect=False),
            "by tag": put(
                "Instance::bastion",
                "userData",
                f"docker run {ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/gacp/app:latest",
            ),
        },
        green={
            "by digest": put(
                "Instance::bastion",
                "userData",
                f"docker run {ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/gacp/app@sha256:{'0' * 64}",
            ),
            "by tag and digest": put(
                "Instance::bastion",
                "userData",
                f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/gacp/app:v1@sha256:{'0' * 64}",
            ),
        },
    ),
    "A60": example(
        *(
            t.VPC,
            t.REDIS_USER,
            t.SECRET_VERSION,
            t.ROUTE,
            t.LAUNCH_TEMPLATE,
            t.AUTOSCALING_GROUP,
            t.BACKUP_PLAN,
        ),
        red={
            **{f"no tag {tag}": cut("Vpc::vpc", f"tags.{tag}") for tag in REQUIRED},
            "no owner of a group's machines": cut("Group::host", "tags.1"),
            "an empty tag": put("Vpc::vpc", "tags.owner", ""),
            "an unknown tag": put("Vpc::vpc", "tags.owner", UNKNOWN),
            "no tags of recovery points": cut("Plan::plan", "rules.0.recoveryPointTags"),
            "no owner of recovery points": put("Plan::plan", "rules.0.recoveryPointTags.owner", ""),
            "no tags": cut("Vpc::vpc", "tags"),
            "no tags of its machines": cut("LaunchTemplate::host", "tagSpecifications.0.tags"),
            "no owner of its machines": cut(
                "LaunchTemplate::host", "tagSpecifications.0.tags.owner"
            ),
            "unknown tags of machines": put("LaunchTemplate::host", "tagSpecifications", UNKNOWN),
            "unknown tags": put("Vpc::vpc", "tags", UNKNOWN),
            "a plain password": put("User::redis-queue", "passwords", ["hunter2"]),
            "an address with a password": put("Route::public", "x", "mongodb://me:pw@host/db"),
            "a new kind without tags": add(res("aws:new/thing:Thing", "new", tags={})),
        },
        green={
            "a password that is marked": put("User::redis-queue", "passwords", Secret(["x"])),
            "a password by nobody": put("User::redis-queue", "noPasswordRequired", False),
        },
    ),
}

# A trust text with the id of a web identity provider in it is known only after the update: then
# these are seen, and not in a preview of a stack that doesn't exist yet.
UNSEEN_IN_PREVIEW = {
    ("A14", name)
    for name in ("every pod", "any client", "pods by pattern", "pods by star", "no condition")
}
