"""Cases of security groups, ACLs, flow logs, launch templates and instances (pure table)."""

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TAGS = {"tags": {"Name": "a"}}
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}
ANYWHERE = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
ALLOW = {
    "ruleNo": 100,
    "action": "allow",
    "protocol": "-1",
    "fromPort": 0,
    "toPort": 0,
    "cidrBlock": "0.0.0.0/0",
}


def _rule(token: str) -> Case:
    least = {"securityGroupId": "$group", "ipProtocol": "tcp", "fromPort": 6379, "toPort": 6379}
    return Case(
        token,
        least={**least, "cidrIpv4": "10.20.0.0/16"},
        full={
            **least,
            "referencedSecurityGroupId": "$group-2",
            "description": "from the workloads",
            **TAGS,
        },
        update={"description": "changed"},
        replace={"securityGroupId": "$group-2"},
        drift="cidrIpv4=0.0.0.0/0",
        rejected=({"toPort": 100}, "not an ascending range"),
        outputs=("arn", "securityGroupRuleId"),
    )


CASES = (
    Case(
        tokens.SECURITY_GROUP,
        least={"vpcId": "$vpc"},
        full={
            "vpcId": "$vpc",
            "name": "edge",
            "description": "the edge",
            "ingress": [HTTPS],
            "egress": [ANYWHERE],
            "revokeRulesOnDelete": True,
            **TAGS,
        },
        update={"ingress": [HTTPS]},
        replace={"description": "another"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"name": "sg-mine"}, "does not begin with sg-"),
        outputs=("arn", "name", "ownerId"),
    ),
    Case(
        tokens.DEFAULT_GROUP,
        least={"vpcId": "$vpc"},
        full={"vpcId": "$vpc", "ingress": [], "egress": [ANYWHERE], **TAGS},
        update=TAGS,
        replace={"vpcId": "$other-vpc"},
        drift='ingress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": true}]',
        rejected=({"ingress": [{**HTTPS, "cidrBlocks": ["10.0.0.1/8"]}]}, "not an IPv4 range"),
        outputs=("arn", "name"),
    ),
    Case(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        least={
            "type": "ingress",
            "securityGroupId": "$group",
            "protocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "cidrBlocks": ["10.20.0.0/16"],
        },
        full={
            "type": "egress",
            "securityGroupId": "$group",
            "protocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "sourceSecurityGroupId": "$group-2",
            "description": "out",
        },
        update={"description": "changed"},
        replace={"fromPort": 21},
        drift="description=changed",
        rejected=({"cidrBlocks": None}, "one of cidrBlocks"),
        outputs=("securityGroupRuleId",),
    ),
    _rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    _rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
    Case(
        "aws:ec2/networkAcl:NetworkAcl",
        least={"vpcId": "$vpc"},
        full={
            "vpcId": "$vpc",
            "subnetIds": ["$subnet-a"],
            "ingress": [ALLOW],
            "egress": [ALLOW],
            **TAGS,
        },
        update={"ingress": [ALLOW]},
        replace={"vpcId": "$other-vpc"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"ingress": [{**ALLOW, "ruleNo": 40000}]}, "between 1 and 32766"),
        outputs=("arn", "ownerId"),
    ),
    Case(
        "aws:ec2/flowLog:FlowLog",
        least={
            "vpcId": "$vpc",
            "trafficType": "ALL",
            "logDestination": "$logs:arn",
            "iamRoleArn": "$role-logs:arn",
        },
        full={
            "subnetId": "$subnet-a",
            "trafficType": "REJECT",
            "logDestinationType": "s3",
            "logDestination": "$bucket:arn",
            "maxAggregationInterval": 60,
            **TAGS,
        },
        update=TAGS,
        replace={"trafficType": "REJECT"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"iamRoleArn": None}, "DeliverLogsPermissionArn is needed"),
        outputs=("arn", "logFormat"),
    ),
    Case(
        tokens.LAUNCH_TEMPLATE,
        least={"imageId": "ami-0123456789abcdef0", "instanceType": "t4g.medium"},
        full={
            "name": "host",
            "description": "the host",
            "imageId": "ami-0123456789abcdef0",
            "instanceType": "t4g.medium",
            "vpcSecurityGroupIds": ["$group"],
            "iamInstanceProfile": {"arn": "$profile:arn"},
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "blockDeviceMappings": [
                {
                    "deviceName": "/dev/xvda",
                    "ebs": {
                        "volumeType": "gp3",
                        "volumeSize": 30,
                        "encrypted": "true",
                        "kmsKeyId": "$key:arn",
                    },
                }
            ],
            "userData": "IyEvYmluL3NoCg==",
            "updateDefaultVersion": True,
            "disableApiTermination": True,
            **TAGS,
        },
        update={"instanceType": "t4g.large"},
        replace={"name": "another"},
        drift="instanceType=t4g.large",
        rejected=({"instanceType": "t4g.huge"}, "not to be had in ap-southeast-1"),
        outputs=("arn", "latestVersion", "defaultVersion"),
    ),
    Case(
        tokens.INSTANCE,
        least={
            "ami": "ami-0123456789abcdef0",
            "instanceType": "t4g.medium",
            "subnetId": "$subnet-a",
        },
        full={
            "launchTemplate": {"id": "$template", "version": "$Latest"},
            "subnetId": "$subnet-b",
            "vpcSecurityGroupIds": ["$group"],
            "iamInstanceProfile": "$profile",
            "metadataOptions": {"httpTokens": "required"},
            "rootBlockDevice": {"volumeType": "gp3", "volumeSize": 30, "encrypted": True},
            "userData": "#!/bin/sh\n",
            "monitoring": True,
            **TAGS,
        },
        update={"instanceType": "t4g.large"},
        replace={"ami": "ami-0fedcba9876543210"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"ami": "debian-12"}, "an image is ami-"),
        outputs=(
            "arn",
            "privateIp",
            "availabilityZone",
            "instanceState",
            "primaryNetworkInterfaceId",
        ),
    ),
)
