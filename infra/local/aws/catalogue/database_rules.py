"""Rules and computed values of DocumentDB."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import (
    DOC_CLUSTER,
    DOC_INSTANCE,
    DOC_SUBNETS,
    SECURITY_GROUP,
    SUBNET,
)
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known, pattern
from infra.local.aws.spec import ACCOUNT, AwsError, Computed, Failure, Rule, Scope
from infra.local.aws.world import World
from infra.regions.table import zones

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"

WINDOWS = (
    pattern(
        "preferredBackupWindow",
        f"{_TIME}-{_TIME}",
        "write it as 17:00-17:30 (UTC)",
        "ValidOnceADayWindowFormat",
    ),
    pattern(
        "preferredMaintenanceWindow",
        f"(?i){_DAY}:{_TIME}-{_DAY}:{_TIME}",
        "write it as sun:18:00-sun:18:30 (UTC)",
        "ValidOnceAWeekWindowFormat",
    ),
)


def endpoint(making: Making) -> Value:
    """The database that the launchers started, or a name as AWS would give it."""
    local = making.endpoints.get("database")
    return local.host if local else f"{making.id}.cluster-local.{making.region}.docdb.amazonaws.com"


def reader_endpoint(making: Making) -> Value:
    local = making.endpoints.get("database")
    return (
        local.host if local else f"{making.id}.cluster-ro-local.{making.region}.docdb.amazonaws.com"
    )


def port(making: Making) -> Value:
    """The port of the local database wins over what the program asks for: it is the one that
    answers.
    """
    local = making.endpoints.get("database")
    return local.port if local else making.given("port", 27017)


def default_parameters(making: Making) -> Value:
    version = str(making.given("engineVersion", "5.0.0"))
    return f"default.docdb{'.'.join(version.split('.')[:2])}"


def own_key(making: Making) -> Value:
    """An encrypted cluster without a key uses AWS's own."""
    if not making.given("storageEncrypted"):
        return None
    return f"arn:aws:kms:{making.region}:{ACCOUNT}:key/aws-rds-{making.region}"


def zones_of_group(making: Making) -> Value:
    return list(zones(making.region)[:3])


def master_secret(making: Making) -> Value:
    """The secret that the service manages: none where the local database asks for nothing."""
    if not making.given("manageMasterUserPassword"):
        return []
    kept = making.outputs.get("masterUserSecrets")
    if kept:
        return plain(kept)
    local = making.endpoints.get("database")
    if local and not local.username:
        return []
    name = f"rds!cluster-{secrets.token_hex(8)}"
    arn = f"arn:aws:secretsmanager:{making.region}:{ACCOUNT}:secret:{name}-{secrets.token_hex(3)}"
    return [{"kmsKeyId": making.given("kmsKeyId", ""), "secretArn": arn, "secretStatus": "active"}]


def master(source: str) -> Rule:
    """A new cluster needs a master user and a password of one kind; one that is restored takes
    none.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        name = inputs.get("masterUsername")
        restored = inputs.get("snapshotIdentifier") or inputs.get("restoreToPointInTime")
        if restored or inputs.get("globalClusterIdentifier"):
            return
        if name is None:
            yield Failure(
                "masterUsername", f"InvalidParameterValue: masterUsername is needed ({source})"
            )
        elif known(name) and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,62}", str(name)):
            yield Failure(
                "masterUsername",
                f"{name!r} is not 1 to 63 letters and digits after a letter ({source})",
            )
        elif name in ("admin", "root", "serviceadmin"):
            yield Failure(
                "masterUsername", f"InvalidParameterValue: {name!r} is a reserved word ({source})"
            )
        ways = ("manageMasterUserPassword", "masterPassword", "masterPasswordWo")
        if not any(inputs.get(way) for way in ways):
            yield Failure(
                "manageMasterUserPassword", f"one of {', '.join(ways)} is needed ({source})"
            )
        for way in ways[1:]:
            value = inputs.get(way)
            if (
                isinstance(value, str)
                and known(value)
                and (not 8 <= len(value) <= 100 or set(value) & set('/"@'))
            ):
                # The value itself is not shown: it is a password.
                yield Failure(
                    way, f'{way} must have 8 to 100 characters and none of / " @ ({source})'
                )

    return rule


def same_vpc(world: World, making: Making) -> None:
    """Groups of a cluster are of the VPC of its subnets."""
    group = world.find((DOC_SUBNETS,), making.given("dbSubnetGroupName"), ("name",))
    subnets = plain(group.inputs.get("subnetIds")) if group else []
    vpc = world.output(SUBNET, subnets[0], "vpcId") if subnets else None
    for member in making.given("vpcSecurityGroupIds", []):
        theirs = world.output(SECURITY_GROUP, member, "vpcId")
        if vpc and theirs and vpc != theirs:
            raise AwsError(
                "InvalidVPCNetworkStateFault",
                f"{member} is of {theirs}, the subnets of {group and group.id} of {vpc}",
            )


def cluster_may_go(_world: World, making: Making) -> None:
    """Deletion protection and the final snapshot."""
    if making.given("deletionProtection"):
        raise AwsError(
            "InvalidParameterCombination",
            f"Cannot delete protected Cluster {making.id}, please disable deletion protection and"
            " try again",
            state=True,
        )
    if not making.given("skipFinalSnapshot") and not making.given("finalSnapshotIdentifier"):
        raise AwsError(
            "InvalidParameterCombination",
            f"finalSnapshotIdentifier is required to delete {making.id} when skipFinalSnapshot is"
            " false",
            state=True,
        )


def of_cluster(name: str) -> Computed:
    return lambda making: making.world.output(DOC_CLUSTER, making.given("clusterIdentifier"), name)


def cluster_encrypted(making: Making) -> Value:
    return bool(
        making.world.output(DOC_CLUSTER, making.given("clusterIdentifier"), "storageEncrypted")
    )


def instance_zone(making: Making) -> Value:
    """Zones in turn, so that a second instance stands in another one."""
    cluster = making.given("clusterIdentifier")
    places = zones(making.region)
    return places[len(making.world.where(DOC_INSTANCE, "clusterIdentifier", cluster)) % len(places)]


def instance_endpoint(making: Making) -> Value:
    local = making.endpoints.get("database")
    return local.host if local else f"{making.id}.local.{making.region}.docdb.amazonaws.com"


def is_writer(making: Making) -> Value:
    """The first instance of a cluster writes."""
    others = making.world.where(
        DOC_INSTANCE, "clusterIdentifier", making.given("clusterIdentifier")
    )
    return not any(other.outputs.get("writer") for other in others if other.id != making.id)


def room_for_instance(world: World, making: Making) -> None:
    """A cluster has up to 16 instances."""
    others = world.where(DOC_INSTANCE, "clusterIdentifier", making.given("clusterIdentifier"))
    if len([other for other in others if other.id != making.id]) >= 16:
        raise AwsError(
            "InstanceQuotaExceeded", f"{making.given('clusterIdentifier')} has 16 instances already"
        )
