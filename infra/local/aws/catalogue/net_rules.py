"""Rules and computed values of EC2 networking that ask about more than one input."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import (
    DOC_CLUSTER,
    DOC_SUBNETS,
    EIP_LINK,
    GATEWAY,
    INSTANCE,
    NAT,
    SUBNET,
    VPC,
)
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.places import zone_id
from infra.local.aws.spec import AwsError, Failure, Scope
from infra.local.aws.store import Record
from infra.local.aws.world import World
from infra.regions.table import zones

_NAT_DOC = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"


def subnet_zone(making: Making) -> Value:
    """AWS chooses a zone where none is asked for: here the first one, so that runs are alike."""
    wanted = making.given("availabilityZoneId")
    for zone in zones(making.region):
        if wanted in (None, zone_id(zone)):
            return zone
    return zones(making.region)[0]


def subnet_zone_id(making: Making) -> Value:
    return zone_id(making.given("availabilityZone") or subnet_zone(making))


def subnet_fits(world: World, making: Making) -> None:
    """A subnet lies inside its VPC and overlaps none of its neighbours (VPC user guide, subnet
    sizing).
    """
    vpc = world.store.get(VPC, making.given("vpcId", ""))
    cidr = making.given("cidrBlock")
    if vpc is None or cidr is None or not vpc.outputs.get("cidrBlock"):
        return
    network = ipaddress.IPv4Network(cidr)
    around = ipaddress.IPv4Network(plain(vpc.outputs["cidrBlock"]))
    if not network.subnet_of(around):
        raise AwsError(
            "InvalidSubnet.Range",
            f"the CIDR {cidr!r} is invalid: it is not inside {around} of {vpc.id}",
        )
    for other in world.where(SUBNET, "vpcId", vpc.id):
        theirs = plain(other.outputs.get("cidrBlock"))
        if other.id != making.id and theirs and network.overlaps(ipaddress.IPv4Network(theirs)):
            raise AwsError(
                "InvalidSubnet.Conflict",
                f"the CIDR {cidr!r} conflicts with {theirs} of {other.id}; choose a free range of"
                f" {around}",
            )


def interfaces_in(world: World, subnet: str) -> list[Record]:
    """Resources that keep a network interface in the subnet through a DocumentDB or ElastiCache
    subnet group.
    """
    groups = [
        group
        for group in world.store.of_type(DOC_SUBNETS, "aws:elasticache/subnetGroup:SubnetGroup")
        if subnet in (plain(group.inputs.get("subnetIds")) or [])
    ]
    names = {group.id for group in groups}
    users = world.store.of_type(DOC_CLUSTER, "aws:elasticache/replicationGroup:ReplicationGroup")
    asked = ("dbSubnetGroupName", "subnetGroupName")
    return [user for user in users if any(plain(user.inputs.get(key)) in names for key in asked)]


def subnet_is_free(world: World, making: Making) -> None:
    """A subnet with interfaces in it stays."""
    users = interfaces_in(world, making.id)
    if users:
        raise AwsError(
            "DependencyViolation",
            f"the subnet {making.id!r} has dependencies and cannot be deleted: {users[0].id} has"
            " interfaces in it",
            state=True,
        )


def one_gateway_a_vpc(world: World, making: Making) -> None:
    """A VPC has at most one internet gateway."""
    vpc = making.given("vpcId")
    for other in world.where(GATEWAY, "vpcId", vpc) if vpc else []:
        if other.id != making.id:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"{vpc} has the internet gateway {other.id} already",
                state=True,
            )


def no_public_addresses(world: World, making: Making) -> None:
    """A gateway cannot be detached while the VPC has mapped public addresses."""
    vpc = making.given("vpcId")
    inside = {subnet.id for subnet in world.where(SUBNET, "vpcId", vpc)}
    mapped = [
        nat
        for nat in world.store.of_type(NAT)
        if plain(nat.inputs.get("subnetId")) in inside and nat.inputs.get("allocationId")
    ]
    mapped += [
        link
        for link in world.store.of_type(EIP_LINK)
        if world.output(INSTANCE, plain(link.inputs.get("instanceId")), "subnetId") in inside
    ]
    if mapped:
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc} has some mapped public address(es) ({mapped[0].id}); unmap them before "
            f"detaching {making.id}",
            state=True,
        )


def public_address(making: Making) -> Value:
    """An address of 198.51.100.0/24 and 203.0.113.0/24 (RFC 5737): nobody's, and different for the
    first 508.
    """
    taken = {
        plain(other.outputs.get("publicIp")) for other in making.world.store.of_type(making.token)
    }
    for block in ("203.0.113", "198.51.100", "192.0.2"):
        for host in range(1, 255):
            if f"{block}.{host}" not in taken:
                return f"{block}.{host}"
    raise AwsError("AddressLimitExceeded", "762 documentation addresses are in use; release some")


def public_name(making: Making) -> Value:
    address = str(plain(making.outputs.get("publicIp")))
    return f"ec2-{address.replace('.', '-')}.{making.region}.compute.amazonaws.com"


def inside_subnet(making: Making) -> Value:
    """A private address of the subnet, after the five that AWS keeps."""
    cidr = making.world.output(SUBNET, making.given("subnetId"), "cidrBlock")
    if not cidr:
        return None
    network = ipaddress.IPv4Network(cidr)
    digest = int.from_bytes(hashlib.sha256(making.name.encode()).digest()[:4])
    return str(network[4 + digest % (network.num_addresses - 6)])


def address_is_free(world: World, making: Making) -> None:
    """A NAT gateway takes a free address and keeps it. An association moves one from another
    instance: the API does so unless it is told not to, which the provider for AWS never does
    (ec2_eip_association.go; API_AssociateAddress).
    """
    allocation = making.given("allocationId")
    if not allocation:
        return
    moved = [] if making.token == EIP_LINK else world.where(EIP_LINK, "allocationId", allocation)
    for other in [*world.where(NAT, "allocationId", allocation), *moved]:
        if other.id != making.id:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"{allocation} is associated with {other.id} already",
                state=True,
            )


def nat_address(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A public NAT gateway needs an address, a private one takes none; both stand in a subnet."""
    kind, mode = inputs.get("connectivityType"), inputs.get("availabilityMode")
    if mode != "regional" and inputs.get("subnetId") is None:
        yield Failure("subnetId", f"subnetId is needed for a zonal NAT gateway ({_NAT_DOC})")
    if kind == "public" and mode != "regional" and inputs.get("allocationId") is None:
        yield Failure("allocationId", f"a public NAT gateway needs allocationId ({_NAT_DOC})")
    if kind == "private" and inputs.get("allocationId") is not None:
        yield Failure("allocationId", f"a private NAT gateway takes no allocationId ({_NAT_DOC})")


def nat_has_gateway(world: World, making: Making) -> None:
    """A public NAT gateway fails to start in a VPC without internet gateway."""
    vpc = world.output(SUBNET, making.given("subnetId"), "vpcId")
    if (
        making.given("connectivityType") == "public"
        and vpc
        and not world.where(GATEWAY, "vpcId", vpc)
    ):
        raise AwsError(
            "Gateway.NotAttached",
            f"Network {vpc} has no Internet gateway attached; the NAT gateway must depend on it",
            state=True,
        )
