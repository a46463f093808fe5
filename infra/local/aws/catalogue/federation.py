"""IAM beside roles: identity providers, service-linked roles, users and groups (pure table).

Sources: `openid_connect_provider.go`, `service_linked_role.go`, `user.go`, `group.go`,
`user_group_membership.go`, `group_policy_attachment.go` of hashicorp/terraform-provider-aws
`internal/service/iam`: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import federation_rules, security_rules
from infra.local.aws.catalogue.tokens import OIDC, POLICY, SERVICE_ROLE, USER, USERS
from infra.local.aws.rules.basic import count, length, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec

TF = "terraform-provider-aws internal/service/iam/{}: {}"
_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/{}.html"
_NAME = r"[\w+=,.@-]+"
_SAYS = "letters, digits and +=,.@-_"
_PATH = pattern(
    "path", r"/|/[!-~]+/", "a path begins and ends with /", _API.format("API_CreateUser")
)


def _principal(token: str, kind: str, prefix: str, longest: int, **more: object) -> TypeSpec:
    """A user or a group."""
    return TypeSpec(
        token,
        id="{in.name}",
        computed={"arn": security_rules.iam_arn(kind), "uniqueId": prefix + "{upper}ABCD"},
        live=("arn",),
        autoname=Autoname(longest=longest),
        unique=("name",),
        exists="EntityAlreadyExists",
        rules=(
            pattern("name", _NAME, _SAYS, _API.format("API_CreateUser")),
            length("name", 1, longest, _API.format("API_CreateUser")),
            _PATH,
        ),
        in_use="DeleteConflict",
        **more,  # type: ignore[arg-type]
    )


TYPES = (
    TypeSpec(
        OIDC,
        id=federation_rules.provider_arn,
        computed={"arn": "{id}", "thumbprintLists": federation_rules.thumbprints},
        unique=("url",),
        exists="EntityAlreadyExists",
        rules=(
            pattern(
                "url",
                r"https://[^\s?#]+",
                "an issuer begins with https:// and has no query",
                _API.format("API_CreateOpenIDConnectProvider"),
            ),
            length("url", 1, 255, _API.format("API_CreateOpenIDConnectProvider")),
            count("clientIdLists", 1, 100, _API.format("API_CreateOpenIDConnectProvider")),
            length("clientIdLists[*]", 1, 255, _API.format("API_CreateOpenIDConnectProvider")),
            count("thumbprintLists", 0, 5, _API.format("API_CreateOpenIDConnectProvider")),
            pattern(
                "thumbprintLists[*]",
                r"[0-9a-fA-F]{40}",
                "a SHA-1 hash has 40 hexadecimal digits",
                _API.format("API_CreateOpenIDConnectProvider"),
            ),
        ),
    ),
    TypeSpec(
        SERVICE_ROLE,
        id=federation_rules.service_role_arn,
        computed={
            "arn": "{id}",
            "name": federation_rules.service_role_name,
            "path": "/aws-service-role/{in.awsServiceName}/",
            "createDate": security_rules.now,
            "uniqueId": "AROA{upper}ABCD",
        },
        unique=("awsServiceName", "customSuffix"),
        exists="InvalidInput",
        rules=(
            pattern(
                "awsServiceName",
                r"[\w+=,.@-]+\.amazonaws\.com(\.cn)?",
                "a service such as autoscaling.amazonaws.com",
                TF.format("service_linked_role.go", "ValidateFunc"),
            ),
            pattern("customSuffix", _NAME, _SAYS, _API.format("API_CreateServiceLinkedRole")),
            length("customSuffix", 1, 64, _API.format("API_CreateServiceLinkedRole")),
            length("description", 0, 1000, _API.format("API_CreateServiceLinkedRole")),
        ),
    ),
    _principal(
        USER,
        "user",
        "AIDA",
        64,
        references=(Reference("permissionsBoundary", (POLICY,), by=("arn",), code="NoSuchEntity"),),
        force="forceDestroy",
    ),
    _principal(USERS, "group", "AGPA", 128),
    TypeSpec(
        "aws:iam/userGroupMembership:UserGroupMembership",
        id="terraform-{token}",
        rules=(count("groups", 1, 10, _API.format("API_AddUserToGroup")),),
        references=(
            Reference("user", (USER,), ("id", "name"), "NoSuchEntity"),
            Reference("groups[*]", (USERS,), ("id", "name"), "NoSuchEntity"),
        ),
    ),
    TypeSpec(
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        id=federation_rules.group_attachment_id,
        unique=("group", "policyArn"),
        exists="EntityAlreadyExists",
        rules=(
            pattern(
                "policyArn",
                r"arn:aws[a-z-]*:iam::.+:policy/.+",
                "the ARN of a policy",
                _API.format("API_AttachGroupPolicy"),
            ),
        ),
        references=(
            Reference("group", (USERS,), ("id", "name"), "NoSuchEntity"),
            Reference("policyArn", (POLICY,), ("arn",), "NoSuchEntity"),
        ),
    ),
)
