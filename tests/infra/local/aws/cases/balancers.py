"""Cases of load balancers, target groups and listeners (pure table)."""

from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

NETWORK = {"loadBalancerType": "network", "internal": True, "subnets": ["$subnet-a"]}
OUTSIDE = {**NETWORK, "internal": False}
TARGETS: dict[str, Any] = {"port": 443, "protocol": "TCP", "vpcId": "$vpc"}
FORWARD = [{"type": "forward", "targetGroupArn": "$targets:arn"}]
TCP = {
    "loadBalancerArn": "$balancer:arn",
    "port": 80,
    "protocol": "TCP",
    "defaultActions": FORWARD,
}
WEB = [{"type": "forward", "targetGroupArn": "$targets-web:arn"}]
HTTPS = {
    "loadBalancerArn": "$balancer-web:arn",
    "port": 443,
    "protocol": "HTTPS",
    "certificateArn": "$issued:certificateArn",
    "defaultActions": WEB,
}

CASES = (
    Case(
        tokens.BALANCER,
        least=NETWORK,
        full={
            "name": "gacp-full",
            "loadBalancerType": "network",
            "subnetMappings": [{"subnetId": "$subnet-a", "allocationId": "$address"}],
            "securityGroups": ["$group"],
            "ipAddressType": "ipv4",
            "enableDeletionProtection": True,
            "enableCrossZoneLoadBalancing": True,
            "dnsRecordClientRoutingPolicy": "availability_zone_affinity",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
            "accessLogs": {"bucket": "$log-policy:bucket", "enabled": True, "prefix": "edge"},
            "tags": {"Behind": "$gateway"},
        },
        update={"subnets": ["$subnet-a", "$subnet-b"], "enableCrossZoneLoadBalancing": True},
        replace={"subnets": ["$subnet-b"]},
        drift="enableDeletionProtection=true",
        rejected=({"subnets": ["$subnet-a", "$subnet-a2"]}, "same Availability Zone"),
        outputs=("arn", "arnSuffix", "dnsName", "zoneId", "vpcId", "name", "subnetMappings"),
    ),
    Case(
        tokens.TARGET_GROUP,
        least=TARGETS,
        full={
            "name": "gacp-full",
            "port": 8080,
            "protocol": "HTTP",
            "protocolVersion": "HTTP2",
            "targetType": "ip",
            "vpcId": "$vpc",
            "deregistrationDelay": 30,
            "slowStart": 60,
            "loadBalancingAlgorithmType": "least_outstanding_requests",
            "healthCheck": {
                "path": "/healthz",
                "matcher": "200-299",
                "port": "8081",
                "protocol": "HTTP",
                "interval": 10,
                "timeout": 5,
                "healthyThreshold": 2,
                "unhealthyThreshold": 2,
            },
            "stickiness": {"type": "lb_cookie", "cookieDuration": 60},
            "tags": {"Name": "a"},
        },
        update={"deregistrationDelay": 30},
        replace={"port": 444},
        drift="deregistrationDelay=1",
        rejected=({"vpcId": None}, "needs vpcId"),
        outputs=("arn", "arnSuffix", "healthCheck", "name", "loadBalancerArns"),
    ),
    Case(
        tokens.LISTENER,
        least=TCP,
        full={
            **TCP,
            "port": 443,
            "protocol": "TLS",
            "certificateArn": "$issued:certificateArn",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "alpnPolicy": "HTTP2Preferred",
            "tags": {"Name": "a"},
        },
        update={"defaultActions": [{"type": "forward", "targetGroupArn": "$targets-2:arn"}]},
        replace={"loadBalancerArn": "$balancer-web:arn"},
        drift="port=81",
        rejected=({"protocol": "TLS"}, "a certificate must be specified"),
        outputs=("arn",),
    ),
)

REFUSED = (
    Refused(tokens.BALANCER, {"subnets": None}, "exactly one of subnetMappings, subnets"),
    Refused(tokens.BALANCER, {"subnets": []}, "at least one subnet"),
    Refused(tokens.BALANCER, {"loadBalancerType": "application"}, "at least two subnets"),
    Refused(tokens.BALANCER, {"name": "internal-one"}, "not beginning with internal-"),
    Refused(tokens.BALANCER, {"name": "a" * 33}, "32 letters"),
    Refused(tokens.BALANCER, {"internal": False}, "no internet gateway"),
    Refused(tokens.BALANCER, {"subnets": ["$subnet-a", "$subnet-other"]}, "are of 2 VPCs"),
    Refused(tokens.BALANCER, {"idleTimeout": 5000}, "not between 1 and 4000"),
    Refused(tokens.BALANCER, {"clientKeepAlive": 10}, "not between 60"),
    Refused(tokens.BALANCER, {"ipAddressType": "ipv6"}, "none of ipv4"),
    Refused(tokens.BALANCER, {"connectionLogs": {"bucket": "$bucket"}}, "for application"),
    Refused(
        tokens.BALANCER,
        {"accessLogs": {"bucket": "$bucket", "enabled": True}},
        "Access Denied for bucket",
    ),
    Refused(
        tokens.BALANCER,
        {
            "subnets": None,
            "subnetMappings": [{"subnetId": "$subnet-a", "allocationId": "$address"}],
        },
        "internal load balancer takes no allocationId",
    ),
    Refused(
        tokens.BALANCER,
        {
            "loadBalancerType": "application",
            "subnets": None,
            "subnetMappings": [
                {"subnetId": "$subnet-a", "allocationId": "$address"},
                {"subnetId": "$subnet-b"},
            ],
        },
        "for network load balancers",
    ),
    Refused(tokens.BALANCER, {"securityGroups": ["$group-other"]}, "security groups are invalid"),
    Refused(tokens.TARGET_GROUP, {"targetType": "lambda"}, "takes no port"),
    Refused(tokens.TARGET_GROUP, {"protocol": "SCTP"}, "none of HTTP"),
    Refused(tokens.TARGET_GROUP, {"port": 0}, "not between 1 and 65535"),
    Refused(tokens.TARGET_GROUP, {"protocolVersion": "GRPC"}, "goes with HTTP and HTTPS"),
    Refused(tokens.TARGET_GROUP, {"slowStart": 10}, "neither 0 nor between"),
    Refused(
        tokens.TARGET_GROUP,
        {"healthCheck": {"protocol": "TCP", "path": "/"}},
        "path conflicts with TCP",
    ),
    Refused(tokens.TARGET_GROUP, {"healthCheck": {"port": "any"}}, "neither traffic-port"),
    Refused(tokens.TARGET_GROUP, {"healthCheck": {"interval": 5, "timeout": 5}}, "must be smaller"),
    Refused(tokens.TARGET_GROUP, {"healthCheck": {"path": "healthz"}}, "a path such as"),
    Refused(tokens.TARGET_GROUP, {"stickiness": {"type": "lb_cookie"}}, "does not go with TCP"),
    Refused(tokens.TARGET_GROUP, {"targetType": "alb", "protocol": "TLS"}, "reached by TCP"),
    Refused(
        tokens.TARGET_GROUP,
        {"protocol": "HTTP", "stickiness": {"type": "app_cookie"}},
        "needs cookieName",
    ),
    Refused(tokens.TARGET_GROUP, {"protocol": "HTTP", "proxyProtocolV2": True}, "for network"),
    Refused(tokens.LISTENER, {"protocol": "HTTP"}, "does not go with this load balancer"),
    Refused(tokens.LISTENER, {"port": None}, "a port must be specified"),
    Refused(tokens.LISTENER, {"port": 70000}, "not between 1 and 65535"),
    Refused(tokens.LISTENER, {"protocol": "UDP"}, "cannot pass on"),
    Refused(tokens.LISTENER, {"sslPolicy": "ELBSecurityPolicy-2016-08"}, "goes with HTTPS and TLS"),
    Refused(tokens.LISTENER, {"alpnPolicy": "HTTP2Only"}, "goes with TLS"),
    Refused(
        tokens.LISTENER, {"certificateArn": "$certificate-2:arn"}, "pending validation", full=True
    ),
    Refused(tokens.LISTENER, {"sslPolicy": "modern"}, "a security policy such as", full=True),
    Refused(tokens.LISTENER, {"defaultActions": []}, "0 elements"),
    Refused(tokens.LISTENER, {"defaultActions": [{"type": "forward"}]}, "needs targetGroupArn"),
    Refused(
        tokens.LISTENER,
        {"defaultActions": [{"type": "redirect", "redirect": {"statusCode": "HTTP_301"}}]},
        "for application load balancers",
    ),
    Refused(
        tokens.LISTENER,
        {"defaultActions": [{"type": "forward", "targetGroupArn": "$targets-other:arn"}]},
        "and the load balancer of",
    ),
    Refused(
        tokens.LISTENER,
        {**HTTPS, "defaultActions": [*WEB, {"type": "authenticate-oidc"}]},
        "needs authenticateOidc",
    ),
)

HELD = (
    Held("subnet-b", tokens.BALANCER, {**NETWORK, "subnets": ["$subnet-b"]}, "DependencyViolation"),
    Held(
        "group", tokens.BALANCER, {**NETWORK, "securityGroups": ["$group"]}, "DependencyViolation"
    ),
    Held("targets", tokens.LISTENER, TCP, "ResourceInUse"),
)
