"""Route tables, routes and VPC endpoints (pure table).

Sources: `vpc_route_table.go`, `vpc_default_route_table.go`, `vpc_route.go`,
`vpc_route_table_association.go`, `vpc_endpoint.go`, `vpc_endpoint_route_table_association.go` of
hashicorp/terraform-provider-aws `internal/service/ec2`: ValidateFunc; CloudFormation's
createOnlyProperties (cfn-lint 1.58.0) agree.
"""

from __future__ import annotations

from infra.local.aws.catalogue import route_rules
from infra.local.aws.catalogue.ec2_network import ARN, TF
from infra.local.aws.catalogue.tokens import (
    ENDPOINT,
    ENDPOINT_ROUTE,
    GATEWAY,
    NAT,
    ROUTE,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    TABLE_LINK,
    VPC,
)
from infra.local.aws.rules.basic import exactly_one, needs, one_of, pattern
from infra.local.aws.rules.documents import policy
from infra.local.aws.rules.network import cidr, cidr6
from infra.local.aws.spec import Reference, TypeSpec, always

ROUTE_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)
ROUTE_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_ROUTE_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
_ENDPOINT_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html"

TYPES = (
    TypeSpec(
        ROUTE_TABLE,
        id="rtb-{hex}",
        computed={
            "arn": ARN + "route-table/{id}",
            "ownerId": "{account}",
            "routes": always([]),
            "propagatingVgws": always([]),
        },
        rules=(cidr("routes[*].cidrBlock"), route_rules.inline_routes),
        references=(
            Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),
            Reference(
                "routes[*].natGatewayId", (NAT,), code="InvalidNatGatewayID.NotFound", holds=False
            ),
            Reference(
                "routes[*].gatewayId", (GATEWAY,), code="InvalidGatewayID.NotFound", holds=False
            ),
        ),
        world=(route_rules.inline_gateways_of_vpc,),
    ),
    TypeSpec(
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        id="{in.defaultRouteTableId}",
        computed={
            "arn": ARN + "route-table/{id}",
            "ownerId": "{account}",
            "vpcId": route_rules.vpc_of_default_table,
            "routes": always([]),
        },
        rules=(cidr("routes[*].cidrBlock"), route_rules.inline_routes),
        references=(
            Reference(
                "defaultRouteTableId",
                (VPC,),
                by=("defaultRouteTableId",),
                code="InvalidRouteTableID.NotFound",
                holds=False,
            ),
        ),
        unique=("defaultRouteTableId",),
    ),
    TypeSpec(
        ROUTE,
        id=route_rules.route_id,
        computed={"origin": "CreateRoute", "state": "active"},
        rules=(
            exactly_one(ROUTE_DESTINATIONS, _ROUTE_API),
            exactly_one(ROUTE_TARGETS, _ROUTE_API),
            cidr("destinationCidrBlock"),
            cidr6("destinationIpv6CidrBlock"),
        ),
        references=(
            Reference(
                "routeTableId", (ROUTE_TABLE,), code="InvalidRouteTableID.NotFound", holds=False
            ),
            Reference("gatewayId", (GATEWAY,), code="InvalidGatewayID.NotFound", holds=False),
            Reference("natGatewayId", (NAT,), code="InvalidNatGatewayID.NotFound", holds=False),
            Reference(
                "vpcEndpointId", (ENDPOINT,), code="InvalidVpcEndpointId.NotFound", holds=False
            ),
        ),
        unique=("routeTableId", *ROUTE_DESTINATIONS),
        exists="RouteAlreadyExists",
        world=(route_rules.route_gateway_of_vpc, route_rules.route_is_not_local),
    ),
    TypeSpec(
        TABLE_LINK,
        id="rtbassoc-{hex}",
        rules=(
            exactly_one(
                ("subnetId", "gatewayId"),
                TF.format("vpc_route_table_association.go", "ExactlyOneOf"),
            ),
        ),
        references=(
            Reference("routeTableId", (ROUTE_TABLE,), code="InvalidRouteTableID.NotFound"),
            Reference("subnetId", (SUBNET,), code="InvalidSubnetID.NotFound", holds=False),
        ),
        unique=("subnetId", "gatewayId"),
        exists="Resource.AlreadyAssociated",
        world=(route_rules.same_vpc_as_table,),
    ),
    TypeSpec(
        ENDPOINT,
        id="vpce-{hex}",
        computed={
            "arn": ARN + "vpc-endpoint/{id}",
            "ownerId": "{account}",
            "state": "available",
            "requesterManaged": always(False),
            "ipAddressType": "ipv4",
            "prefixListId": route_rules.prefix_list,
            "cidrBlocks": always([]),
            "dnsEntries": route_rules.endpoint_names,
            "networkInterfaceIds": route_rules.endpoint_interfaces,
            "privateDnsEnabled": always(False),
            "routeTableIds": always([]),
            "securityGroupIds": always([]),
            "subnetIds": always([]),
            "policy": (
                '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
            ),
        },
        live=("networkInterfaceIds",),
        rules=(
            one_of(
                "vpcEndpointType",
                ("Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
                _ENDPOINT_API,
            ),
            pattern(
                "serviceName",
                r"(com\.amazonaws\.|aws\.|com\.amazonaws\.vpce\.)[a-z0-9.-]+",
                "a service is named like com.amazonaws.REGION.s3",
                _ENDPOINT_API,
            ),
            policy("policy", "InvalidPolicyDocument", principal=True, longest=20480),
            needs("vpcEndpointType", "subnetIds", _ENDPOINT_API, when=("Interface",)),
            route_rules.endpoint_kind,
        ),
        references=(
            Reference("vpcId", (VPC,), code="InvalidVpcId.NotFound"),
            Reference(
                "routeTableIds[*]", (ROUTE_TABLE,), code="InvalidRouteTableId.NotFound", holds=False
            ),
            Reference("subnetIds[*]", (SUBNET,), code="InvalidSubnetId.NotFound"),
            Reference(
                "securityGroupIds[*]", (SECURITY_GROUP,), code="InvalidSecurityGroupId.NotFound"
            ),
        ),
        world=(route_rules.endpoint_subnets_differ_in_zone,),
    ),
    TypeSpec(
        ENDPOINT_ROUTE,
        id="a-{in.vpcEndpointId}{in.routeTableId}",
        references=(
            Reference(
                "vpcEndpointId", (ENDPOINT,), code="InvalidVpcEndpointId.NotFound", holds=False
            ),
            Reference(
                "routeTableId", (ROUTE_TABLE,), code="InvalidRouteTableId.NotFound", holds=False
            ),
        ),
        unique=("vpcEndpointId", "routeTableId"),
        rules=(
            pattern(
                "vpcEndpointId",
                r"vpce-[0-9a-f]+",
                "an endpoint's id begins with vpce-",
                _ENDPOINT_API,
            ),
        ),
    ),
)
