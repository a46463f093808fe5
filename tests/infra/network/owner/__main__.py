"""A VPC as its owner would make it: three zones, a public, a private and a data tier, one NAT.

The private tier uses the VPC's own main route table, as many a grown network does.
"""

import pulumi
import pulumi_aws as aws

ZONES = ("ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c")
TIERS = ("public", "private", "data")

vpc = aws.ec2.Vpc(
    "office",
    cidr_block="172.20.0.0/16",
    enable_dns_support=True,
    enable_dns_hostnames=True,
    tags={"Name": "office"},
)
gateway = aws.ec2.InternetGateway("office", vpc_id=vpc.id)
subnets = {
    (tier, zone[-1]): aws.ec2.Subnet(
        f"office-{tier}-{zone[-1]}",
        vpc_id=vpc.id,
        cidr_block=f"172.20.{16 * row + column}.0/24",
        availability_zone=zone,
        map_public_ip_on_launch=tier == "public",
    )
    for row, tier in enumerate(TIERS)
    for column, zone in enumerate(ZONES)
}
public = aws.ec2.RouteTable(
    "office-public",
    vpc_id=vpc.id,
    routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
)
data = aws.ec2.RouteTable("office-data", vpc_id=vpc.id)
for (tier, letter), subnet in subnets.items():
    if tier != "private":
        table = public if tier == "public" else data
        aws.ec2.RouteTableAssociation(
            f"office-{tier}-{letter}", subnet_id=subnet.id, route_table_id=table.id
        )
address = aws.ec2.Eip("office", domain="vpc")
nat = aws.ec2.NatGateway(
    "office",
    allocation_id=address.allocation_id,
    subnet_id=subnets["public", "a"].id,
    opts=pulumi.ResourceOptions(depends_on=[gateway]),
)
main = aws.ec2.DefaultRouteTable(
    "office",
    default_route_table_id=vpc.default_route_table_id,
    routes=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.id}],
)
aws.ec2.VpcEndpoint(
    "office-s3",
    vpc_id=vpc.id,
    service_name="com.amazonaws.ap-southeast-1.s3",
    route_table_ids=[main.id, data.id],
)
pulumi.export("vpcId", vpc.id)
for tier in TIERS:
    pulumi.export(
        f"{tier}Subnets", {letter: s.id for (of, letter), s in subnets.items() if of == tier}
    )
