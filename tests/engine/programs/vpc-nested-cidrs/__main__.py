"""A VPC of which each zone gets an eighth, and each tier a quarter of its zone's eighth."""

import ipaddress

import pulumi
import pulumi_aws as aws

TIERS = ("public", "private", "data")


class Network(pulumi.ComponentResource):
    """VPC, gateways, and a subnet for each tier in each zone."""

    def __init__(self, name, cidr, zones, nat, opts=None):
        super().__init__("example:network:Network", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            name, cidr_block=cidr, enable_dns_hostnames=True, tags={"Name": name}, opts=inside
        )
        gateway = aws.ec2.InternetGateway(f"{name}-igw", vpc_id=self.vpc.id, opts=inside)
        public = aws.ec2.RouteTable(
            f"{name}-public",
            vpc_id=self.vpc.id,
            routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
            opts=inside,
        )
        self.subnets = {tier: [] for tier in TIERS}
        eighths = ipaddress.ip_network(cidr).subnets(prefixlen_diff=3)
        nats = []
        for number, (zone, eighth) in enumerate(zip(zones, eighths, strict=False)):
            for tier, quarter in zip(TIERS, eighth.subnets(prefixlen_diff=2), strict=False):
                subnet = aws.ec2.Subnet(
                    f"{name}-{tier}-{number}",
                    vpc_id=self.vpc.id,
                    cidr_block=str(quarter),
                    availability_zone=zone,
                    map_public_ip_on_launch=tier == "public",
                    tags={"Name": f"{name}-{tier}-{zone[-1]}", "Tier": tier},
                    opts=inside,
                )
                self.subnets[tier].append(subnet)
            aws.ec2.RouteTableAssociation(
                f"{name}-public-{number}",
                subnet_id=self.subnets["public"][number].id,
                route_table_id=public.id,
                opts=inside,
            )
            if nat == "each" or (nat == "one" and number == 0):
                address = aws.ec2.Eip(f"{name}-nat-{number}", domain="vpc", opts=inside)
                nats.append(
                    aws.ec2.NatGateway(
                        f"{name}-nat-{number}",
                        allocation_id=address.id,
                        subnet_id=self.subnets["public"][number].id,
                        opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
                    )
                )
        for number in range(len(self.subnets["private"])):
            table = aws.ec2.RouteTable(f"{name}-private-{number}", vpc_id=self.vpc.id, opts=inside)
            if nats:
                aws.ec2.Route(
                    f"{name}-private-{number}-out",
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=nats[number % len(nats)].id,
                    opts=inside,
                )
            aws.ec2.RouteTableAssociation(
                f"{name}-private-{number}",
                subnet_id=self.subnets["private"][number].id,
                route_table_id=table.id,
                opts=inside,
            )
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=self.vpc.id,
            service_name=pulumi.Output.concat(
                "com.amazonaws.", aws.get_region_output().region, ".s3"
            ),
            route_table_ids=[self.vpc.main_route_table_id],
            opts=inside,
        )
        self.register_outputs({"vpcId": self.vpc.id})


config = pulumi.Config()
available = aws.get_availability_zones(state="available")
network = Network(
    "example",
    config.require("cidr"),
    available.names[: config.require_int("zones")],
    config.get("natGateways") or "none",
)
pulumi.export("vpcId", network.vpc.id)
for tier in TIERS:
    cidrs = [subnet.cidr_block for subnet in network.subnets[tier]]
    pulumi.export(f"{tier}Cidrs", pulumi.Output.all(*cidrs))
