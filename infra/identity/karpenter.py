"""What Karpenter may do: make machines for this cluster and end those, nothing else.

After the five scopes of Karpenter's own reference
(https://karpenter.sh/docs/reference/cloudformation/); narrower where this platform allows it: the
nodes' instance profile is made here, so Karpenter makes none.
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.identity.policies import Statement, allow

POOL_TAG = "karpenter.sh/nodepool"
_TEMPLATE = "launch-template/*"
_MADE = (
    *("fleet/*", "instance/*", "volume/*", "network-interface/*"),
    *(_TEMPLATE, "spot-instances-request/*"),
)
_OWNED = ("instance/*", _TEMPLATE)
_GIVEN = ("security-group/*", "subnet/*", "capacity-reservation/*")


@dataclass(frozen=True, slots=True)
class KarpenterScope:
    """ARNs and names that Karpenter is bound to."""

    region: str
    account: str
    cluster_name: str
    cluster_arn: str
    node_role_arn: str
    queue_arn: str
    key_arn: str


def karpenter_statements(scope: KarpenterScope) -> tuple[Statement, ...]:
    """Least privilege by tags: what it makes carries the cluster's tag, and only such it ends."""
    owner = f"kubernetes.io/cluster/{scope.cluster_name}"
    requested = {
        "StringEquals": {f"aws:RequestTag/{owner}": "owned"},
        "StringLike": {f"aws:RequestTag/{POOL_TAG}": "*"},
    }
    owned = {
        "StringEquals": {f"aws:ResourceTag/{owner}": "owned"},
        "StringLike": {f"aws:ResourceTag/{POOL_TAG}": "*"},
    }
    launch = ["ec2:CreateFleet", "ec2:RunInstances"]
    return (
        allow("StartFromImages", launch, _images(scope)),
        allow("StartInNetwork", launch, _ec2(scope, _GIVEN)),
        allow("StartFromOwnTemplates", launch, _ec2(scope, (_TEMPLATE,)), owned),
        allow("MakeTagged", [*launch, "ec2:CreateLaunchTemplate"], _ec2(scope, _MADE), requested),
        allow(
            "TagWhatIsMade",
            ["ec2:CreateTags"],
            _ec2(scope, _MADE),
            {
                **requested,
                "StringEquals": {
                    f"aws:RequestTag/{owner}": "owned",
                    "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"],
                },
            },
        ),
        allow(
            "NameOwnMachines",
            ["ec2:CreateTags"],
            _ec2(scope, ("instance/*",)),
            {
                **owned,
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"]
                },
            },
        ),
        allow(
            "EndOwnMachines",
            ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
            _ec2(scope, _OWNED),
            owned,
        ),
        *_readings(scope),
        *_uses(scope),
    )


def _readings(scope: KarpenterScope) -> tuple[Statement, ...]:
    """Describing takes no resource; it is bound to the region instead."""
    parameters = f"arn:aws:ssm:{scope.region}::parameter/aws/service/*"
    return (
        allow(
            "LookAround",
            [
                *("ec2:DescribeCapacityReservations", "ec2:DescribeImages"),
                *("ec2:DescribeInstances", "ec2:DescribeInstanceTypeOfferings"),
                *("ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates"),
                *("ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory"),
                "ec2:DescribeSubnets",
            ],
            ["*"],
            {"StringEquals": {"aws:RequestedRegion": scope.region}},
        ),
        allow("ReadImageNames", ["ssm:GetParameter"], [parameters]),
        allow("ReadPrices", ["pricing:GetProducts"], ["*"]),
        allow("ReadCluster", ["eks:DescribeCluster"], [scope.cluster_arn]),
        allow("ReadInstanceProfiles", ["iam:GetInstanceProfile"], [_profiles(scope)]),
    )


def _uses(scope: KarpenterScope) -> tuple[Statement, ...]:
    return (
        allow(
            "GiveNodesTheirRole",
            ["iam:PassRole"],
            [scope.node_role_arn],
            {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        allow(
            "HearOfInterruptions",
            ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            [scope.queue_arn],
        ),
        allow(
            "EncryptDisks",
            ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
            [scope.key_arn],
            {"StringEquals": {"kms:ViaService": f"ec2.{scope.region}.amazonaws.com"}},
        ),
        allow(
            "HandDisksOver",
            ["kms:CreateGrant"],
            [scope.key_arn],
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )


def _profiles(scope: KarpenterScope) -> str:
    return f"arn:aws:iam::{scope.account}:instance-profile/{scope.cluster_name}-*"


def _images(scope: KarpenterScope) -> list[str]:
    """Images and snapshots are Amazon's or the account's: their ARNs name no account."""
    return [f"arn:aws:ec2:{scope.region}::{kind}/*" for kind in ("image", "snapshot")]


def _ec2(scope: KarpenterScope, kinds: tuple[str, ...]) -> list[str]:
    return [f"arn:aws:ec2:{scope.region}:{scope.account}:{kind}" for kind in kinds]
