"""What every launch template of this platform has, whatever it starts."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def root_disk(
    device: str, key_arn: pulumi.Input[str], gib: int
) -> list[aws.ec2.LaunchTemplateBlockDeviceMappingArgs]:
    """The disk of the system. `device` is the image's root device."""
    return [disk(device, key_arn, gib)]


def disk(
    device: str, key_arn: pulumi.Input[str], gib: int
) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    """An encrypted gp3 disk that goes with its machine."""
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=device,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            encrypted="true",
            kms_key_id=key_arn,
            volume_size=gib,
            volume_type="gp3",
            delete_on_termination="true",
        ),
    )


def metadata_service(hops: int) -> aws.ec2.LaunchTemplateMetadataOptionsArgs:
    """IMDSv2 alone; who is more than `hops` away gets no answer (EC2.8, EC2.170)."""
    return aws.ec2.LaunchTemplateMetadataOptionsArgs(
        http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=hops
    )


def tagged(
    tags: Mapping[str, str], *kinds: str
) -> list[aws.ec2.LaunchTemplateTagSpecificationArgs]:
    """Tags of what a template starts: the engine tags the template alone."""
    return [
        aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=dict(tags))
        for kind in kinds
    ]
