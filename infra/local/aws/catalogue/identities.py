"""IAM (pure table).

Sources: `internal/service/iam` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import security_rules
from infra.local.aws.catalogue.tokens import (
    POLICY,
    PROFILE,
    ROLE,
)
from infra.local.aws.rules.basic import between, length, pattern
from infra.local.aws.rules.documents import policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/{}: {}"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_IAM_NAME = r"[\w+=,.@-]+"
_SAYS = "letters, digits and +=,.@-_"

TYPES = (
    TypeSpec(
        ROLE,
        id="{in.name}",
        computed={
            "arn": security_rules.iam_arn("role"),
            "createDate": security_rules.now,
            "uniqueId": "AROA{upper}ABCD",
            "managedPolicyArns": always([]),
            "inlinePolicies": always([]),
        },
        autoname=Autoname(longest=64, unless=("namePrefix",)),
        unique=("name",),
        exists="EntityAlreadyExists",
        rules=(
            pattern("name", _IAM_NAME, _SAYS, _IAM),
            length("name", 1, 64, _IAM),
            length("description", 0, 1000, _IAM),
            between("maxSessionDuration", 3600, 43200, "seconds", _IAM),
            pattern("path", r"/|/[!-~]+/", "a path begins and ends with /", _IAM),
            security_rules.trust("assumeRolePolicy"),
            policy(
                "inlinePolicies[*].policy",
                "MalformedPolicyDocument",
                principal=False,
                longest=10240,
            ),
        ),
        references=(
            Reference("managedPolicyArns[*]", (POLICY,), by=("arn",), code="NoSuchEntity"),
            Reference("permissionsBoundary", (POLICY,), by=("arn",), code="NoSuchEntity"),
        ),
        in_use="DeleteConflict",
        force="forceDetachPolicies",
    ),
    TypeSpec(
        POLICY,
        id=security_rules.iam_arn("policy"),
        computed={
            "arn": "{id}",
            "policyId": "ANPA{upper}ABCD",
            "attachmentCount": always(0),
        },
        autoname=Autoname(longest=128, unless=("namePrefix",)),
        unique=("name", "path"),
        exists="EntityAlreadyExists",
        rules=(
            pattern("name", _IAM_NAME, _SAYS, _IAM),
            length("name", 1, 128, _IAM),
            policy("policy", "MalformedPolicyDocument", principal=False, longest=6144, source=_IAM),
        ),
        in_use="DeleteConflict",
    ),
    TypeSpec(
        "aws:iam/rolePolicy:RolePolicy",
        id="{in.role}:{in.name}",
        autoname=Autoname(longest=128, unless=("namePrefix",)),
        unique=("role", "name"),
        exists="EntityAlreadyExists",
        rules=(
            pattern("name", _IAM_NAME, _SAYS, _IAM),
            length("name", 1, 128, _IAM),
            policy(
                "policy", "MalformedPolicyDocument", principal=False, longest=10240, source=_IAM
            ),
        ),
        references=(Reference("role", (ROLE,), by=("id", "name"), code="NoSuchEntity"),),
    ),
    TypeSpec(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        id=security_rules.attachment_id,
        unique=("policyArn", "role"),
        exists="EntityAlreadyExists",
        rules=(
            pattern("policyArn", r"arn:aws[a-z-]*:iam::.+:policy/.+", "the ARN of a policy", _IAM),
        ),
        references=(
            Reference("role", (ROLE,), by=("id", "name"), code="NoSuchEntity"),
            Reference("policyArn", (POLICY,), by=("arn",), code="NoSuchEntity"),
        ),
    ),
    TypeSpec(
        PROFILE,
        id="{in.name}",
        computed={
            "arn": security_rules.iam_arn("instance-profile"),
            "createDate": security_rules.now,
            "uniqueId": "AIPA{upper}ABCD",
        },
        autoname=Autoname(longest=128, unless=("namePrefix",)),
        unique=("name",),
        exists="EntityAlreadyExists",
        rules=(pattern("name", _IAM_NAME, _SAYS, _IAM), length("name", 1, 128, _IAM)),
        references=(
            # The provider for AWS takes the role out of its profiles itself (iam/role.go, delete).
            Reference("role", (ROLE,), by=("id", "name"), code="NoSuchEntity", holds=False),
        ),
    ),
)
