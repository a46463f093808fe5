"""References that many rows share, and those that the rows' own modules leave out (pure table).

Sources: the error codes that each service's API reference lists for the call that makes the type.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.catalogue.tokens import (
    BUCKET,
    DEFAULT_GROUP,
    EIP,
    ENDPOINT,
    GATEWAY,
    INSTANCE,
    INTERFACE,
    KEY,
    KEY_ALIAS,
    KEY_PAIR,
    LAUNCH_TEMPLATE,
    NAT,
    QUEUE,
    ROLE,
    ROUTE,
    ROUTE_TABLE,
    SCALING_POLICY,
    SECRET,
    SECURITY_GROUP,
    SUBNET,
    TABLE_LINK,
    TOPIC,
    VOLUME,
    VPC,
)
from infra.local.aws.spec import Reference

_GROUP_CODE = "InvalidGroup.NotFound"


def key(path: str, code: str = "InvalidParameterValue") -> Reference:
    """A KMS key by id, ARN or alias. KMS schedules the deletion of a key that is in use."""
    return Reference(path, (KEY, KEY_ALIAS), ("arn", "id", "keyId"), code, holds=False)


def role(path: str, code: str = "InvalidParameterValue") -> Reference:
    """A role by ARN. IAM deletes a role that another service uses: only attachments hold it."""
    return Reference(path, (ROLE,), ("arn",), code, holds=False)


def groups(path: str, code: str = _GROUP_CODE, *, holds: bool = True) -> Reference:
    return Reference(path, (SECURITY_GROUP, DEFAULT_GROUP), code=code, holds=holds)


def subnets(path: str, code: str = "InvalidSubnetID.NotFound", *, holds: bool = True) -> Reference:
    """Subnets in which the resource keeps network interfaces."""
    return Reference(path, (SUBNET,), code=code, holds=holds)


def interface(path: str, *, holds: bool = False) -> Reference:
    code = "InvalidNetworkInterfaceID.NotFound"
    return Reference(path, (INTERFACE,), code=code, holds=holds)


def pair(path: str) -> Reference:
    """A key pair by name: EC2 copies the public key, so that the pair may go."""
    return Reference(path, (KEY_PAIR,), ("keyName",), "InvalidKeyPair.NotFound", holds=False)


def volume(path: str, *, holds: bool = False) -> Reference:
    return Reference(path, (VOLUME,), code="InvalidVolume.NotFound", holds=holds)


def _inline_routes() -> tuple[Reference, ...]:
    return (
        interface("routes[*].networkInterfaceId"),
        Reference(
            "routes[*].vpcEndpointId",
            (ENDPOINT,),
            code="InvalidVpcEndpointId.NotFound",
            holds=False,
        ),
    )


_FEEDBACK = ("application", "firehose", "http", "lambda", "sqs")

MORE: Mapping[str, tuple[Reference, ...]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        Reference(
            "insufficientDataActions[*]",
            (TOPIC, SCALING_POLICY),
            ("arn",),
            "ValidationError",
            holds=False,
        ),
    ),
    "aws:docdb/clusterInstance:ClusterInstance": (
        key("performanceInsightsKmsKeyId", "KMSKeyNotAccessibleFault"),
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": (
        *_inline_routes(),
        Reference("routes[*].gatewayId", (GATEWAY,), code="InvalidGatewayID.NotFound", holds=False),
        Reference(
            "routes[*].natGatewayId", (NAT,), code="InvalidNatGatewayID.NotFound", holds=False
        ),
        Reference(
            "routes[*].instanceId", (INSTANCE,), code="InvalidInstanceID.NotFound", holds=False
        ),
    ),
    DEFAULT_GROUP: (groups("ingress[*].securityGroups[*]"), groups("egress[*].securityGroups[*]")),
    EIP: (interface("networkInterface"),),
    "aws:ec2/eipAssociation:EipAssociation": (interface("networkInterfaceId"),),
    "aws:ec2/flowLog:FlowLog": (
        interface("eniId"),
        role("deliverCrossAccountRole", "InvalidParameter"),
        Reference("regionalNatGatewayId", (NAT,), code="InvalidNatGatewayID.NotFound", holds=False),
    ),
    INSTANCE: (
        pair("keyName"),
        key("rootBlockDevice.kmsKeyId"),
        key("ebsBlockDevices[*].kmsKeyId"),
        interface("networkInterfaces[*].networkInterfaceId", holds=True),
        interface("primaryNetworkInterface.networkInterfaceId", holds=True),
    ),
    LAUNCH_TEMPLATE: (
        pair("keyName"),
        key("blockDeviceMappings[*].ebs.kmsKeyId"),
        interface("networkInterfaces[*].networkInterfaceId"),
    ),
    NAT: (
        Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),
        Reference("secondaryAllocationIds[*]", (EIP,), code="InvalidAllocationID.NotFound"),
        Reference(
            "availabilityZoneAddresses[*].allocationIds[*]",
            (EIP,),
            code="InvalidAllocationID.NotFound",
        ),
    ),
    BUCKET: (
        Reference(
            "logging.targetBucket",
            (BUCKET,),
            ("id", "bucket"),
            "InvalidTargetBucketForLogging",
            holds=False,
        ),
        key(
            "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault"
            ".kmsMasterKeyId",
            "KMS.NotFoundException",
        ),
        role("replicationConfiguration.role", "InvalidRequest"),
        Reference(
            "replicationConfiguration.rules[*].destination.bucket",
            (BUCKET,),
            ("arn",),
            "InvalidRequest",
            holds=False,
            anywhere=True,
        ),
    ),
    ROUTE: (interface("networkInterfaceId"),),
    ROUTE_TABLE: _inline_routes(),
    TABLE_LINK: (
        Reference("gatewayId", (GATEWAY,), code="InvalidGatewayID.NotFound", holds=False),
    ),
    ENDPOINT: (subnets("subnetConfigurations[*].subnetId", "InvalidSubnetId.NotFound"),),
    SECRET: (
        Reference(
            "replicas[*].kmsKeyId",
            (KEY, KEY_ALIAS),
            ("arn", "id", "keyId"),
            "KMS.NotFoundException",
            holds=False,
            anywhere=True,
        ),
    ),
    TOPIC: tuple(
        role(f"{kind}{outcome}FeedbackRoleArn", "InvalidParameter")
        for kind in _FEEDBACK
        for outcome in ("Failure", "Success")
    ),
    "aws:sns/topicSubscription:TopicSubscription": (
        role("subscriptionRoleArn", "InvalidParameter"),
    ),
    "aws:ssm/parameter:Parameter": (key("keyId", "InvalidKeyId"),),
    "aws:s3/bucketNotification:BucketNotification": (
        Reference("queues[*].queueArn", (QUEUE,), ("arn",), "InvalidArgument", holds=False),
    ),
}
