"""VPC, subnets, gateways, routes and endpoints (pure table).

Sources: `vpc_.go`, `vpc_subnet.go`, `vpc_internet_gateway.go`, `ec2_eip.go`,
`ec2_eip_association.go`, `vpc_nat_gateway.go` of hashicorp/terraform-provider-aws
`internal/service/ec2`: ValidateFunc; and CloudFormation's createOnlyProperties (cfn-lint
1.58.0), which agree where both speak.
"""

from __future__ import annotations

from infra.local.aws.catalogue import net_rules
from infra.local.aws.catalogue.tokens import (
    EIP,
    GATEWAY,
    INSTANCE,
    INTERFACE,
    NAT,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)
from infra.local.aws.rules.basic import at_most_one, exactly_one, one_of
from infra.local.aws.rules.network import SUBNET_SOURCE, cidr, cidr6
from infra.local.aws.rules.places import zone
from infra.local.aws.spec import Reference, Sometimes, TypeSpec

TF = "terraform-provider-aws internal/service/ec2/{}: {}"
ARN = "arn:aws:ec2:{region}:{account}:"

_EIP_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html"
_NAT_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html"


TYPES = (
    TypeSpec(
        VPC,
        id="vpc-{hex}",
        computed={
            "arn": ARN + "vpc/{id}",
            "defaultNetworkAclId": "acl-{hex}",
            "defaultRouteTableId": "rtb-{hex}",
            "defaultSecurityGroupId": "sg-{hex}",
            "dhcpOptionsId": "dopt-{hex}",
            "mainRouteTableId": "{out.defaultRouteTableId}",
            "ownerId": "{account}",
            "enableDnsHostnames": lambda making: making.given(
                "enableDnsHostnames", otherwise=False
            ),
        },
        sometimes={
            "instanceTenancy": Sometimes(
                lambda _old, new: new.get("instanceTenancy") != "default",
                TF.format("vpc_.go", "resourceVPCCustomizeDiff"),
            )
        },
        rules=(
            exactly_one(
                ("cidrBlock", "ipv4IpamPoolId"), "CreateVpc needs CidrBlock or an IPAM pool"
            ),
            cidr("cidrBlock", 16, 28),
            one_of(
                "instanceTenancy", ("default", "dedicated"), TF.format("vpc_.go", "ValidateFunc")
            ),
        ),
        brings={SECURITY_GROUP: "defaultSecurityGroupId", ROUTE_TABLE: "mainRouteTableId"},
    ),
    TypeSpec(
        SUBNET,
        id="subnet-{hex}",
        computed={
            "arn": ARN + "subnet/{id}",
            "ownerId": "{account}",
            "availabilityZone": net_rules.subnet_zone,
            "availabilityZoneId": net_rules.subnet_zone_id,
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
        rules=(
            cidr("cidrBlock", 16, 28, SUBNET_SOURCE),
            cidr6("ipv6CidrBlock"),
            zone("availabilityZone"),
            at_most_one(
                ("availabilityZone", "availabilityZoneId"),
                TF.format("vpc_subnet.go", "ConflictsWith"),
            ),
        ),
        references=(Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),),
        world=(net_rules.subnet_fits,),
        keep=(net_rules.subnet_is_free,),
    ),
    TypeSpec(
        GATEWAY,
        id="igw-{hex}",
        computed={"arn": ARN + "internet-gateway/{id}", "ownerId": "{account}"},
        references=(Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),),
        world=(net_rules.one_gateway_a_vpc,),
        keep=(net_rules.no_public_addresses,),
    ),
    TypeSpec(
        EIP,
        id="eipalloc-{hex}",
        computed={
            "allocationId": "{id}",
            "arn": ARN + "elastic-ip/{id}",
            "domain": "vpc",
            "networkBorderGroup": "{region}",
            "publicIpv4Pool": "amazon",
            "publicIp": net_rules.public_address,
            "publicDns": net_rules.public_name,
        },
        rules=(one_of("domain", ("vpc", "standard"), TF.format("ec2_eip.go", "ValidateDiagFunc")),),
        references=(
            Reference("instance", (INSTANCE,), code="InvalidInstanceID.NotFound", holds=False),
        ),
        in_use="InvalidIPAddress.InUse",
    ),
    TypeSpec(
        "aws:ec2/eipAssociation:EipAssociation",
        id="eipassoc-{hex}",
        computed={
            "publicIp": lambda making: making.world.output(
                EIP, making.given("allocationId"), "publicIp"
            ),
            "networkInterfaceId": lambda making: making.world.output(
                INSTANCE, making.given("instanceId"), "primaryNetworkInterfaceId"
            ),
            "privateIpAddress": lambda making: making.world.output(
                INSTANCE, making.given("instanceId"), "privateIp"
            ),
        },
        rules=(
            exactly_one(("instanceId", "networkInterfaceId"), _EIP_API),
            exactly_one(("allocationId", "publicIp"), _EIP_API),
        ),
        references=(
            Reference("allocationId", (EIP,), code="InvalidAllocationID.NotFound"),
            Reference("instanceId", (INSTANCE,), code="InvalidInstanceID.NotFound", holds=False),
        ),
        world=(net_rules.address_is_free,),
    ),
    TypeSpec(
        NAT,
        id="nat-{hex}",
        computed={
            "associationId": "eipassoc-{hex}",
            "networkInterfaceId": "eni-{hex}",
            "privateIp": net_rules.inside_subnet,
            "publicIp": lambda making: making.world.output(
                EIP, making.given("allocationId"), "publicIp"
            ),
        },
        rules=(
            one_of("connectivityType", ("public", "private"), _NAT_API),
            net_rules.nat_address,
        ),
        references=(
            Reference("subnetId", (SUBNET,), code="InvalidSubnetID.NotFound"),
            Reference("allocationId", (EIP,), code="InvalidAllocationID.NotFound"),
        ),
        world=(net_rules.address_is_free, net_rules.nat_has_gateway),
        brings={INTERFACE: "networkInterfaceId"},
    ),
)
