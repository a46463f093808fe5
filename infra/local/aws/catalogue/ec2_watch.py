"""Network ACLs and flow logs (pure table).

Sources: `internal/service/ec2` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import access_rules
from infra.local.aws.catalogue.ec2_network import ARN, TF
from infra.local.aws.catalogue.tokens import (
    BUCKET,
    LOG_GROUP,
    ROLE,
    SUBNET,
    VPC,
)
from infra.local.aws.rules.basic import between, exactly_one, one_of
from infra.local.aws.rules.network import cidr
from infra.local.aws.spec import Reference, TypeSpec, always

_FLOW_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html"


TYPES = (
    TypeSpec(
        "aws:ec2/networkAcl:NetworkAcl",
        id="acl-{hex}",
        computed={
            "arn": ARN + "network-acl/{id}",
            "ownerId": "{account}",
            "ingress": always([]),
            "egress": always([]),
            "subnetIds": always([]),
        },
        rules=(
            one_of(
                "ingress[*].action",
                ("allow", "deny"),
                TF.format("vpc_network_acl.go", "ValidateFunc"),
            ),
            one_of(
                "egress[*].action",
                ("allow", "deny"),
                TF.format("vpc_network_acl.go", "ValidateFunc"),
            ),
            between(
                "ingress[*].ruleNo",
                1,
                32766,
                "as number",
                TF.format("vpc_network_acl.go", "ValidateFunc"),
            ),
            between(
                "egress[*].ruleNo",
                1,
                32766,
                "as number",
                TF.format("vpc_network_acl.go", "ValidateFunc"),
            ),
            cidr("ingress[*].cidrBlock"),
            cidr("egress[*].cidrBlock"),
        ),
        references=(
            Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),
            Reference("subnetIds[*]", (SUBNET,), code="InvalidSubnetID.NotFound", holds=False),
        ),
    ),
    TypeSpec(
        "aws:ec2/flowLog:FlowLog",
        id="fl-{hex}",
        computed={
            "arn": ARN + "vpc-flow-log/{id}",
            "logFormat": always(access_rules.FLOW_FORMAT),
        },
        rules=(
            exactly_one(
                (
                    "vpcId",
                    "subnetId",
                    "eniId",
                    "transitGatewayId",
                    "transitGatewayAttachmentId",
                    "regionalNatGatewayId",
                ),
                TF.format("vpc_flow_log.go", "ExactlyOneOf"),
            ),
            one_of("maxAggregationInterval", (60, 600), _FLOW_DOC),
            one_of("trafficType", ("ACCEPT", "REJECT", "ALL"), _FLOW_DOC),
            one_of(
                "logDestinationType", ("cloud-watch-logs", "s3", "kinesis-data-firehose"), _FLOW_DOC
            ),
            access_rules.flow_destination,
        ),
        references=(
            Reference("vpcId", (VPC,), code="InvalidVpcId.NotFound", holds=False),
            Reference("subnetId", (SUBNET,), code="InvalidSubnetId.NotFound", holds=False),
            Reference("iamRoleArn", (ROLE,), by=("arn",), code="InvalidParameter", holds=False),
            Reference(
                "logDestination",
                (LOG_GROUP, BUCKET),
                by=("arn",),
                code="LogDestinationNotFound",
                holds=False,
                anywhere=True,
            ),
        ),
    ),
)
