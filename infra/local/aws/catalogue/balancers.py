"""Load balancers and target groups (pure table).

Sources: `internal/service/elbv2` of hashicorp/terraform-provider-aws, and the API reference of
Elastic Load Balancing (2015-12-01).
"""

from __future__ import annotations

from infra.local.aws.catalogue import balancer_rules, balancer_zones, target_rules
from infra.local.aws.catalogue.pointing import groups, subnets
from infra.local.aws.catalogue.provider_source import (
    after_name,
    arn_of,
    named,
    says,
)
from infra.local.aws.catalogue.tokens import BALANCER, BUCKET, EIP, TARGET_GROUP, VPC
from infra.local.aws.rules.basic import at_most_one, between, count, exactly_one, one_of, pattern
from infra.local.aws.spec import Autoname, Reference, Sometimes, TypeSpec, always

_FILE, _GROUP_FILE = "elbv2/load_balancer.go", "elbv2/target_group.go"
_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/{}.html"
_BALANCER_API = _API.format("API_CreateLoadBalancer")
_ATTRIBUTES = _API.format("API_LoadBalancerAttribute")
_GROUP_API = _API.format("API_CreateTargetGroup")
_GROUP_ATTRIBUTES = _API.format("API_TargetGroupAttribute")
_NAME = r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?"
_NAME_SAYS = "32 letters, digits and hyphens, no hyphen at an end, not beginning with internal-"
_GROUP_NAME = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?"
_LOGS = ("accessLogs", "connectionLogs", "healthCheckLogs")
_PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")

TYPES = (
    TypeSpec(
        BALANCER,
        id="{out.arn}",
        computed={
            "name": named,
            "arn": balancer_rules.arn,
            "arnSuffix": balancer_rules.suffix("loadbalancer/"),
            "dnsName": balancer_rules.dns_name,
            "zoneId": balancer_zones.zone_of,
            "vpcId": balancer_rules.vpc,
            "internal": always(False),
            "ipAddressType": "ipv4",
            "securityGroups": balancer_rules.default_groups,
            "subnets": balancer_rules.subnets_of_mappings,
            "subnetMappings": balancer_rules.mappings_of_subnets,
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": balancer_rules.enforced,
        },
        live=("subnets", "subnetMappings"),
        sometimes={
            "subnets": Sometimes(
                balancer_rules.network_loses("subnets"), says(_FILE, "customizeDiffLoadBalancerNLB")
            ),
            "subnetMappings": Sometimes(
                balancer_rules.mappings_differ, says(_FILE, "customizeDiffLoadBalancerNLB")
            ),
            "securityGroups": Sometimes(
                balancer_rules.network_groups_begin_or_end,
                says(_FILE, "customizeDiffLoadBalancerNLB"),
            ),
        },
        autoname=Autoname(longest=32, unless=("namePrefix",)),
        unique=("name",),
        exists="DuplicateLoadBalancerName",
        rules=(
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            exactly_one(("subnetMappings", "subnets"), says(_FILE, "ExactlyOneOf")),
            pattern("name", _NAME, _NAME_SAYS, _BALANCER_API),
            pattern("namePrefix", r"[a-zA-Z0-9-]{1,6}", "6 characters", says(_FILE)),
            one_of("loadBalancerType", ("application", "network", "gateway"), _BALANCER_API),
            one_of(
                "ipAddressType",
                ("ipv4", "dualstack", "dualstack-without-public-ipv4"),
                _BALANCER_API,
            ),
            between("idleTimeout", 1, 4000, "seconds", _ATTRIBUTES),
            between("clientKeepAlive", 60, 604800, "seconds", _ATTRIBUTES),
            one_of("desyncMitigationMode", ("monitor", "defensive", "strictest"), _ATTRIBUTES),
            one_of("xffHeaderProcessingMode", ("append", "preserve", "remove"), _ATTRIBUTES),
            one_of("enablePrefixForIpv6SourceNat", ("on", "off"), _BALANCER_API),
            one_of(
                "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
                ("on", "off"),
                _API.format("API_SetSecurityGroups"),
            ),
            one_of(
                "dnsRecordClientRoutingPolicy",
                (
                    "any_availability_zone",
                    "availability_zone_affinity",
                    "partial_availability_zone_affinity",
                ),
                _ATTRIBUTES,
            ),
            balancer_rules.of_kind(_BALANCER_API),
            balancer_rules.addresses(_API.format("API_SubnetMapping")),
        ),
        references=(
            subnets("subnets[*]", "SubnetNotFound"),
            subnets("subnetMappings[*].subnetId", "SubnetNotFound"),
            groups("securityGroups[*]", "InvalidSecurityGroup"),
            Reference("subnetMappings[*].allocationId", (EIP,), code="AllocationIdNotFound"),
            *(
                Reference(
                    f"{logs}.bucket",
                    (BUCKET,),
                    by=("id", "bucket"),
                    code="InvalidConfigurationRequest",
                    holds=False,
                )
                for logs in _LOGS
            ),
        ),
        world=(
            balancer_rules.zones_of_one_vpc,
            balancer_rules.groups_of_vpc,
            balancer_rules.reachable_from_outside,
            balancer_rules.bucket_takes_logs,
        ),
        keep=(balancer_rules.may_go, balancer_rules.takes_listeners_along),
    ),
    TypeSpec(
        TARGET_GROUP,
        id="{out.arn}",
        computed={
            "name": named,
            "arn": after_name(arn_of("elasticloadbalancing:targetgroup/{out.name}/{sixteen}")),
            "arnSuffix": balancer_rules.suffix("targetgroup/", keep=True),
            "loadBalancerArns": always([]),
            "connectionTermination": always(False),
            "healthCheck": target_rules.health_check,
            "ipAddressType": target_rules.address_type,
            "loadBalancingAlgorithmType": target_rules.of_http("round_robin"),
            "loadBalancingAnomalyMitigation": target_rules.of_http("off"),
            "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
            "preserveClientIp": target_rules.preserves_address,
            "protocolVersion": target_rules.of_http("HTTP1"),
            "stickiness": target_rules.stickiness,
        },
        autoname=Autoname(longest=32, unless=("namePrefix",)),
        unique=("name",),
        exists="DuplicateTargetGroupName",
        rules=(
            at_most_one(("name", "namePrefix"), says(_GROUP_FILE, "ConflictsWith")),
            pattern("name", _GROUP_NAME, "32 letters, digits and hyphens", _GROUP_API),
            pattern("namePrefix", r"[a-zA-Z0-9-]{1,6}", "6 characters", says(_GROUP_FILE)),
            one_of("targetType", ("instance", "ip", "lambda", "alb"), _GROUP_API),
            one_of("protocol", _PROTOCOLS, _GROUP_API),
            one_of("protocolVersion", ("HTTP1", "HTTP2", "GRPC"), _GROUP_API),
            one_of("ipAddressType", ("ipv4", "ipv6"), _GROUP_API),
            between("port", 1, 65535, "(a port)", _GROUP_API),
            between("deregistrationDelay", 0, 3600, "seconds", _GROUP_ATTRIBUTES),
            target_rules.slow_start(_GROUP_ATTRIBUTES),
            target_rules.network_or_lambda(says(_GROUP_FILE, "CustomizeDiff")),
            target_rules.for_balancers_only(_GROUP_API),
            between("healthCheck.healthyThreshold", 2, 10, "checks", _GROUP_API),
            between("healthCheck.unhealthyThreshold", 2, 10, "checks", _GROUP_API),
            between("healthCheck.interval", 5, 300, "seconds", _GROUP_API),
            between("healthCheck.timeout", 2, 120, "seconds", _GROUP_API),
            one_of("healthCheck.protocol", ("HTTP", "HTTPS", "TCP"), _GROUP_API),
            pattern("healthCheck.path", r"/.{0,1023}", "a path such as /healthz", _GROUP_API),
            target_rules.check_fits(says(_GROUP_FILE, "CustomizeDiff")),
            one_of(
                "loadBalancingAlgorithmType",
                ("round_robin", "least_outstanding_requests", "weighted_random"),
                _GROUP_ATTRIBUTES,
            ),
            one_of("loadBalancingAnomalyMitigation", ("on", "off"), _GROUP_ATTRIBUTES),
            one_of(
                "loadBalancingCrossZoneEnabled",
                ("true", "false", "use_load_balancer_configuration"),
                _GROUP_ATTRIBUTES,
            ),
            one_of("preserveClientIp", ("true", "false"), _GROUP_ATTRIBUTES),
            target_rules.sticky(_GROUP_ATTRIBUTES),
            between("stickiness.cookieDuration", 0, 604800, "seconds", _GROUP_ATTRIBUTES),
            count("targetHealthStates", 0, 1, says(_GROUP_FILE)),
            between(
                "targetHealthStates[*].unhealthyDrainingInterval",
                0,
                360000,
                "seconds",
                _GROUP_ATTRIBUTES,
            ),
            one_of(
                "targetFailovers[*].onDeregistration",
                ("rebalance", "no_rebalance"),
                _GROUP_ATTRIBUTES,
            ),
            one_of(
                "targetFailovers[*].onUnhealthy", ("rebalance", "no_rebalance"), _GROUP_ATTRIBUTES
            ),
        ),
        references=(Reference("vpcId", (VPC,), code="ValidationError", holds=False),),
        in_use="ResourceInUse",
    ),
)
