"""What a deployment writes, in groups that fit managed policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.identity.pipeline import cdn_writing
from infra.identity.pipeline.identity_writing import identity_statements
from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.releases import WRITES, writes_releases
from infra.identity.pipeline.table import TYPES
from infra.identity.policies import Statement, allow
from infra.identity.scope import GLOBAL_REGION, Scope

# Creations that name no resource: their tags say whose it will be.
UNNAMED = (
    *("acm:RequestCertificate", "cloudfront:CreateDistribution", "eks:CreateCluster"),
    *("kms:CreateKey", "backup:CreateBackupPlan"),
)
# Tagging what is being made, for services that know the new one by an id alone.
_TAGGING = (
    *("acm:AddTagsToCertificate", "backup:TagResource", "cloudfront:TagResource"),
    "kms:TagResource",
)
# Of these nothing says whose they are: neither name nor tag.
_NAMELESS = ("sns:SetSubscriptionAttributes", "sns:Unsubscribe", "backup-storage:MountCapsule")
_ZONES = ("route53:CreateHostedZone",)
# What it takes to push an image.
PUSHES = (
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload"),
    *("ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload"),
    *("ecr:PutImage", "ecr:UploadLayerPart"),
)
# What services do under the caller's name: ElastiCache in its subnets, endpoints with private DNS.
_THROUGH = (
    *("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    "route53:AssociateVPCWithHostedZone",
)
# Of EC2: what makes a thing that takes tags with it.
_EC2_MAKES = ("ec2:Allocate", "ec2:Authorize", "ec2:Create", "ec2:Run")
_DATA_SERVICES = ("backup", "ec2", "ecr", "elasticache", "rds", "secretsmanager", "sns", "sqs")


def write_statements(scope: Scope) -> Mapping[str, tuple[Statement, ...]]:
    """Statements by group. Each group is a managed policy of its own (6,144 characters)."""
    return {
        "network": network_statements(scope),
        "data": (*named_statements(scope, _data_names(scope)), *_plans(scope)),
        "operations": named_statements(scope, _operations_names(scope)),
        "storage": (
            *named_statements(scope, _storage_names(scope)),
            *_keys(scope),
            *_images(scope),
        ),
        "release": (
            *writes_releases(scope),
            *(cdn_writing.cdn_statements(scope) if scope.cdn_region else ()),
        ),
        "identity": (*_made(scope), *_domain(scope), *identity_statements(scope)),
    }


def _writes(*services: str, but: Iterable[str] = ()) -> list[str]:
    left_out = {*but, *WRITES}
    return [
        action
        for action in all_of(TYPES, "writes")
        if action.split(":")[0] in services and action not in left_out
    ]


def network_statements(scope: Scope) -> tuple[Statement, ...]:
    """EC2 by tags: what is made gets a tag of ours, what is changed has one."""
    ec2 = f"arn:aws:ec2:{scope.region}:{scope.account}"
    makes = [a for a in all_of(TYPES, "make") if a.startswith(_EC2_MAKES)]
    made = [a for a in makes if a not in ("ec2:CreateRoute", "ec2:CreateTags")]
    made.append("ec2:CreateSnapshot")  # the last one of a volume that goes
    images = [f"arn:aws:ec2:{scope.region}::{kind}/*" for kind in ("image", "snapshot")]
    requested = scope.tagged("Request")
    while_made = {"StringLike": {**requested["StringLike"], "ec2:CreateAction": "*"}}
    return (
        allow("MakeTagged", sorted(made), [f"{ec2}:*"], requested),
        allow("TagWhatIsMade", ["ec2:CreateTags"], [f"{ec2}:*"], while_made),
        allow("ChangeOurs", _writes("ec2"), [f"{ec2}:*"], scope.tagged("Resource")),
        # A machine's network interface comes with it, and has no tag yet.
        allow("StartFromImages", ["ec2:RunInstances"], [*images, f"{ec2}:network-interface/*"]),
        allow(
            "ReadImageNames",
            ["ssm:GetParameters"],
            [f"arn:aws:ssm:{scope.region}::parameter/aws/service/*"],
        ),
        *named_statements(
            scope,
            {
                "autoscaling": [f"autoScalingGroup:*:autoScalingGroupName/{scope.prefix}*"],
                "elasticloadbalancing": [
                    f"{kind}/{scope.prefix}*"
                    for kind in ("loadbalancer/*", "listener/*", "targetgroup")
                ],
            },
        ),
    )


def named_statements(scope: Scope, named: Mapping[str, list[str]]) -> tuple[Statement, ...]:
    """What services do to things whose ARN says that they are ours."""
    listed: list[Statement] = []
    for service, names in named.items():
        arns = [
            arn
            for name in names
            for arn in ([name] if name.startswith("arn:") else scope.arns(service, name))
        ]
        actions = _writes(service, but=(*UNNAMED, *_NAMELESS, *cdn_writing.APART))
        listed.append(allow(f"Our{service.title().replace('-', '')}", actions, arns))
    return tuple(listed)


def _data_names(scope: Scope) -> dict[str, list[str]]:
    prefix, path = scope.prefix, scope.path
    kinds_of_rds = ("cluster", "db", "cluster-pg", "subgrp", "cluster-snapshot")
    kinds_of_cache = ("replicationgroup", "parametergroup", "subnetgroup", "user", "usergroup")
    return {
        # AWS's own groups are named in every creation.
        "rds": [*(f"{kind}:{prefix}*" for kind in kinds_of_rds), "og:default*", "pg:default*"],
        "elasticache": [f"{kind}:{prefix}*" for kind in (*kinds_of_cache, "cluster", "snapshot")],
        "secretsmanager": [f"secret:{path}*", "secret:rds!cluster-*"],
        "backup": [
            f"backup-vault:{prefix}*",
            f"restore-testing-plan:{prefix.replace('-', '_')}*",
        ],
    }


def _storage_names(scope: Scope) -> dict[str, list[str]]:
    return {"ecr": [f"repository/{scope.path}*"], "s3": [f"arn:aws:s3:::{scope.prefix}*"]}


def _plans(scope: Scope) -> tuple[Statement, ...]:
    """Plans of backups have ids; their selections are a plan's."""
    tags = ("backup:TagResource", "backup:UntagResource")
    plans = [a for a in _writes("backup", but=UNNAMED) if "BackupPlan" in a or "BackupSel" in a]
    arns = scope.arns("backup", "backup-plan:*")
    secrets = scope.arns("secretsmanager", f"secret:{scope.path}*")
    return (
        allow("ChangePlans", [*plans, *tags], arns, scope.tagged("Resource")),
        allow("GiveFirstSecrets", ["secretsmanager:PutSecretValue"], secrets),
    )


def _images(scope: Scope) -> tuple[Statement, ...]:
    return (
        allow("PushImages", PUSHES, scope.arns("ecr", f"repository/{scope.path}*")),
        allow("SignInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
    )


def _keys(scope: Scope) -> tuple[Statement, ...]:
    """Keys of ours are changed, and used by services for what is made; never by the caller."""
    ours = scope.tagged("Resource")
    keys, aliases = scope.arns("kms", "key/*"), scope.arns("kms", f"alias/{scope.prefix}*")
    through = [f"{s}.{region}.amazonaws.com" for s in _DATA_SERVICES for region in scope.regions]
    through += [f"logs.{scope.region}.amazonaws.com", f"eks.{scope.region}.amazonaws.com"]
    if scope.cdn_region:
        through += [f"{service}.{scope.cdn_region}.amazonaws.com" for service in ("logs", "sns")]
    use = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    use.append("kms:RetireGrant")
    named = [a for a in _writes("kms") if a.endswith("Alias")]
    return (
        allow("ChangeKeys", _writes("kms", but=UNNAMED), keys, ours),
        allow("NameKeys", named, aliases),
        allow(
            "EncryptThroughServices",
            use,
            keys,
            {"StringLike": {**ours["StringLike"], "kms:ViaService": through}},
        ),
        allow(
            "HandKeysToServices",
            ["kms:CreateGrant"],
            keys,
            {**ours, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )


def _made(scope: Scope) -> tuple[Statement, ...]:
    """What has no name: made with a tag of ours, and never a thing that has a tag already."""
    untagged = {"Null": {"aws:ResourceTag/Name": "true"}}
    return (
        allow("MakeUnnamed", UNNAMED, ["*"], scope.tagged("Request")),
        allow("TagUnnamed", _TAGGING, ["*"], {**scope.tagged("Request"), **untagged}),
        allow("WithoutNames", _NAMELESS, ["*"], scope.here()),
        allow("ThroughServices", _THROUGH, ["*"], {"Bool": {"aws:ViaAWSService": "true"}}),
    )


def _operations_names(scope: Scope) -> dict[str, list[str]]:
    prefix = scope.prefix
    return {
        "logs": [
            *(f"log-group:/{scope.path}*", f"log-group:/aws/*/{prefix}*"),
            *(cdn_writing.log_names(scope) if scope.cdn_region else ()),
        ],
        "cloudwatch": [
            f"alarm:{prefix}*",
            *scope.worldwide("cloudwatch", f"dashboard/{prefix}*"),
        ],
        "events": [f"rule/{prefix}*"],
        "sns": [f"{prefix}*"],
        "sqs": [f"{prefix}*"],
        "budgets": scope.worldwide("budgets", f"budget/{prefix}*"),
        "eks": [
            f"{kind}/{prefix}*"
            for kind in ("cluster", "nodegroup", "addon", "access-entry", "podidentityassociation")
        ],
        "wafv2": [
            *scope.arns("wafv2", f"*/webacl/{prefix}*"),
            f"arn:aws:wafv2:{GLOBAL_REGION}:{scope.account}:global/webacl/{prefix}*",
        ],
    }


def _domain(scope: Scope) -> tuple[Statement, ...]:
    """Certificates and distributions by tag; records of the domain alone; zones are nobody's."""
    if not scope.domain:
        return ()
    names = [scope.domain, f"*.{scope.domain}"]
    by_name = {
        "ForAllValues:StringLike": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": names}
    }
    ours = scope.tagged("Resource")
    owned = [*_writes("acm", "cloudfront", but=UNNAMED)]
    arns = [
        *scope.arns("acm", "certificate/*"),
        f"arn:aws:acm:{GLOBAL_REGION}:{scope.account}:certificate/*",
        *scope.worldwide("cloudfront", "distribution/*"),
    ]
    zones = ["arn:aws:route53:::hostedzone/*"]
    described = ["route53:ChangeTagsForResource", "route53:UpdateHostedZoneComment"]
    return (
        allow("ChangeDomain", owned, arns, ours),
        allow("PointDomain", ["route53:ChangeResourceRecordSets"], zones, by_name),
        allow("DescribeZones", described, zones),
        allow("MakeZones", _ZONES, ["*"], scope.here()),
    )
