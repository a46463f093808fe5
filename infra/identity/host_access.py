"""What a machine of profile `host` may do on AWS beside its workloads, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from infra.identity.policies import Statement, allow
from infra.identity.workloads import publishes_metrics
from infra.observability.machine_alarms import RELEASE_NAMESPACE

RELEASES = "host/"  # folder of the bundles in the bucket of releases


@dataclass(frozen=True, slots=True)
class HostAccess:
    """`group` and `known_as` are names: of the machines' group, and the Name tag of its machines.

    `volume` and `address` are ARNs of what the machine claims, empty where there is neither;
    `disk_key` encrypts the volume.
    """

    region: str
    account: str
    releases_bucket: str
    parameter: str
    group: str
    known_as: str
    disk_key: str
    volume: str = ""
    address: str = ""


def host_statements(access: HostAccess) -> tuple[Statement, ...]:
    """The release, the word that it serves, and claiming exactly what belongs to its stack."""
    here = f"{access.region}:{access.account}"
    return (
        allow("TakeRelease", ["s3:GetObject"], [f"{access.releases_bucket}/{RELEASES}*"]),
        allow("ReadRelease", ["ssm:GetParameter"], [access.parameter]),
        allow(
            "SayReady",
            ["autoscaling:CompleteLifecycleAction"],
            [f"arn:aws:autoscaling:{here}:autoScalingGroup:*:autoScalingGroupName/{access.group}"],
        ),
        allow(
            "LookAround",
            [
                "autoscaling:DescribeAutoScalingInstances",
                "ec2:DescribeAddresses",
                "ec2:DescribeVolumes",
            ],
            ["*"],  # these calls take no resource
        ),
        *publishes_metrics(RELEASE_NAMESPACE, access.region),
        *(_claims(access, here) if access.volume else ()),
    )


def _claims(access: HostAccess, here: str) -> tuple[Statement, ...]:
    """The volume and the address of this stack, given to machines of this stack alone.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html; who
    attaches an encrypted volume hands its key to EC2 by a grant:
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    """
    mine = {"StringEquals": {"aws:ResourceTag/Name": access.known_as}}
    by_ec2 = {"kms:ViaService": f"ec2.{access.region}.amazonaws.com"}
    machines = [f"arn:aws:ec2:{here}:instance/*"]
    return (
        allow("ClaimVolume", ["ec2:AttachVolume"], [access.volume]),
        allow("ClaimAddress", ["ec2:AssociateAddress"], [access.address]),
        allow("ToOwnMachines", ["ec2:AttachVolume", "ec2:AssociateAddress"], machines, mine),
        allow(
            "ToOwnInterfaces",
            ["ec2:AssociateAddress"],
            [f"arn:aws:ec2:{here}:network-interface/*"],
            mine,
        ),
        allow(
            "GrantDisk",
            ["kms:CreateGrant"],
            [access.disk_key],
            {"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringEquals": by_ec2},
        ),
        allow(
            "UseDisk",
            ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
            [access.disk_key],
            {"StringEquals": by_ec2},
        ),
    )
