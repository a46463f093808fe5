"""Examples of controls of the network and its security groups."""

from __future__ import annotations

from typing import Any

from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import Edit, add, cut, drop, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.examples_compute import SUBNETS
from tests.infra.policy.whole import _id, res

EDGE, GATEWAY = "SecurityGroupIngressRule::edge-in-443", "VpcEndpoint::endpoint-s3"
STS = "VpcEndpoint::endpoint-sts"
RULES = (t.GROUP, t.INGRESS_RULE, t.EGRESS_RULE, t.GROUP_RULE)
OUT = "SecurityGroupEgressRule::workloads-out"
DATABASE_IN = "SecurityGroupIngressRule::database-in"
NATS = (t.VPC, *SUBNETS, t.NAT_GATEWAY, *t.SUBNET_GROUPS)


def _to_all(edit: Edit) -> Edit:
    """The edge's rule with a change, and open to the world instead of to CloudFront."""
    return lambda graph: edit(put(EDGE, "cidrIpv4", "0.0.0.0/0")(graph))


def inline(**more: Any):
    entry = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": "x", **more}
    return put("SecurityGroup::workloads", "ingress", [entry])


EXAMPLES: dict[str, Example] = {
    "A16": example(
        *(t.VPC, t.FLOW_LOG, t.LOG_GROUP),
        red={
            **values("FlowLog::flow-logs", "trafficType", "ACCEPT"),
            "none": drop("FlowLog::flow-logs"),
            "of another VPC": put("FlowLog::flow-logs", "vpcId", "vpc-0123"),
            **values("FlowLog::flow-logs", "logDestination", "arn:aws:logs:x"),
        },
        green={
            "refused traffic alone": put("FlowLog::flow-logs", "trafficType", "REJECT"),
            "none on a laptop": Red(drop("FlowLog::flow-logs"), "local"),
            "into a bucket": put("FlowLog::flow-logs", "logDestinationType", "s3"),
        },
    ),
    "A17": example(
        *(t.VPC, t.DEFAULT_GROUP, t.GROUP, t.INGRESS_RULE),
        red={
            "not adopted": drop("DefaultSecurityGroup::vpc-default"),
            "an ingress": put("DefaultSecurityGroup::vpc-default", "ingress", [{"self": True}]),
            "an egress": put("DefaultSecurityGroup::vpc-default", "egress", [{"protocol": "-1"}]),
            "an unknown ingress": put("DefaultSecurityGroup::vpc-default", "ingress", UNKNOWN),
            "a rule of its own": put(EDGE, "securityGroupId", _id("vpc-default")),
        },
        green={"nothing said": cut("DefaultSecurityGroup::vpc-default", "ingress")},
    ),
    "A18": example(
        t.SUBNET,
        red={
            "given out": put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", True),
            "unknown": put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", UNKNOWN),
        },
        green={"AWS's own": cut("Subnet::public-subnet-a", "mapPublicIpOnLaunch")},
    ),
    "A19": example(
        *RULES,
        red={
            "another port": _to_all(put(EDGE, "fromPort", 22)),
            "to a higher port": _to_all(put(EDGE, "toPort", 8443)),
            "an unknown port": _to_all(put(EDGE, "toPort", UNKNOWN)),
            "an unknown range": put("SecurityGroupIngressRule::redis-in", "cidrIpv4", UNKNOWN),
            "every protocol": _to_all(put(EDGE, "ipProtocol", "-1")),
            "another group": _to_all(put(EDGE, "securityGroupId", _id("workloads"))),
            "an unknown group": _to_all(put(EDGE, "securityGroupId", UNKNOWN)),
            "half the world": put(DATABASE_IN, "cidrIpv4", "128.0.0.0/1"),
            "the world of IPv6": put(DATABASE_IN, "cidrIpv6", "::/0"),
            "in the old kind of rule": put(
                "SecurityGroupRule::workloads-in", "cidrBlocks", ["0.0.0.0/0"]
            ),
            "in the group itself": inline(cidrBlocks=["0.0.0.0/0"]),
            "in the group itself, IPv6": inline(ipv6CidrBlocks=["::/0"]),
            "unknown in the group": put("SecurityGroup::workloads", "ingress", UNKNOWN),
        },
        green={
            "a private range": put(DATABASE_IN, "cidrIpv4", "10.0.0.0/8"),
            "somebody's network": put(DATABASE_IN, "cidrIpv4", "198.51.100.0/24"),
            "the way out": put("SecurityGroupEgressRule::workloads-out", "fromPort", 22),
            "everybody on the edge's port": put(EDGE, "cidrIpv4", "0.0.0.0/0"),
        },
    ),
    "A20": example(
        *RULES,
        red={
            **values("SecurityGroup::edge", "description", "", "Managed by Pulumi"),
            **values(EDGE, "description", ""),
            **values("SecurityGroupEgressRule::workloads-out", "description", ""),
            **values("SecurityGroupRule::workloads-in", "description", ""),
            "every port to the world": put(OUT, "fromPort", 0),
            "an unknown port": put(OUT, "toPort", UNKNOWN),
            "every protocol to the world": put(OUT, "ipProtocol", "-1"),
            "no ports": put(OUT, "fromPort", None),
            "many ports from addresses": add(
                res(
                    t.GROUP_RULE,
                    "wide",
                    securityGroupId=_id("workloads"),
                    type="ingress",
                    protocol="tcp",
                    fromPort=8000,
                    toPort=9000,
                    cidrBlocks=["10.0.0.0/8"],
                    description="a range of ports",
                    tags={},
                )
            ),
        },
    ),
    "A21": example(
        *(t.DATABASE, t.REDIS, *RULES, *t.SUBNET_GROUPS),
        red={
            "a range": put(DATABASE_IN, "cidrIpv4", "10.20.0.0/16"),
            "no source": cut(DATABASE_IN, "referencedSecurityGroupId"),
            "Redis by range": put("SecurityGroupIngressRule::redis-in", "cidrIpv4", "10.0.0.1/32"),
            "in another group": add(
                res(
                    t.INGRESS_RULE,
                    "wide",
                    securityGroupId=_id("workloads"),
                    ipProtocol="tcp",
                    fromPort=6000,
                    toPort=7000,
                    cidrIpv4="10.0.0.0/8",
                    description="a range of ports",
                )
            ),
            "in the group itself": put(
                "SecurityGroup::database",
                "ingress",
                [{"protocol": "tcp", "fromPort": 1, "toPort": 65535, "cidrBlocks": ["10.0.0.0/8"]}],
            ),
            "more ports from a group": put(DATABASE_IN, "fromPort", 0),
            "another port from a group": put("SecurityGroupIngressRule::redis-in", "toPort", 6380),
            "every protocol from a group": put(DATABASE_IN, "ipProtocol", "-1"),
            **values("Cluster::database", "dbSubnetGroupName", "default"),
            "no group": cut("Cluster::database", "vpcSecurityGroupIds"),
            "a strange group": put("ReplicationGroup::redis-queue", "securityGroupIds", ["sg-1"]),
        },
        green={"another port from a range": put(EDGE, "cidrIpv4", "10.0.0.0/8")},
    ),
    "A22": example(
        *(t.VPC, t.ENDPOINT),
        red={
            "no s3": drop(GATEWAY),
            "s3 on no table": put(GATEWAY, "routeTableIds", []),
            "s3 as an interface": put(GATEWAY, "vpcEndpointType", "Interface"),
            "s3 of another VPC": put(GATEWAY, "vpcId", "vpc-0123"),
            "no s3 in dev": Red(drop(GATEWAY), "dev"),
            **{
                f"no {service}": drop(f"VpcEndpoint::endpoint-{service}")
                for service in ("ecr.api", "ecr.dkr", "sts", "secretsmanager", "logs")
            },
            **values(STS, "privateDnsEnabled", False),
        },
        green={"no sts in dev": Red(drop(STS), "dev")},
    ),
    "A23": example(
        *NATS,
        red={
            "two zones": drop(
                "Subnet::public-subnet-c",
                "Subnet::private-subnet-c",
                "Subnet::data-subnet-c",
                "NatGateway::nat-c",
            ),
            "nodes in two zones": drop("Subnet::private-subnet-c"),
            "data in two zones": drop("Subnet::data-subnet-c"),
            "Redis in two zones": put(
                "SubnetGroup::redis", "subnetIds", [_id(f"data-subnet-{z}") for z in "ab"]
            ),
            "a zone without": drop("NatGateway::nat-c"),
            "through another zone": put("Route::private-a", "natGatewayId", _id("nat-b")),
            "through a strange one": put("Route::private-a", "natGatewayId", "nat-0123"),
            "a gateway in the wrong zone": put(
                "NatGateway::nat-c", "subnetId", _id("public-subnet-a")
            ),
            "two in dev": Red(drop("NatGateway::nat-c"), "dev"),
        },
        green={
            "one in dev": Red(drop("NatGateway::nat-c", "NatGateway::nat-b"), "dev"),
            "no way out at all": drop(
                *(f"NatGateway::nat-{zone}" for zone in "abc"),
                *(f"Route::private-{zone}" for zone in "abc"),
            ),
        },
    ),
}

# A23: a cluster's nodes need a way out, and the cluster is what tells that there are nodes.
NO_GATEWAYS = drop(
    *(f"NatGateway::nat-{zone}" for zone in "abc"), *(f"Route::private-{zone}" for zone in "abc")
)
