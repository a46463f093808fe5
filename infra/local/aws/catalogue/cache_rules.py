"""Rules and computed values of ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.local.aws.catalogue.cache_shards import is_cluster
from infra.local.aws.catalogue.tokens import (
    CACHE_PARAMETERS,
    CACHE_SUBNETS,
    SECURITY_GROUP,
)
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.endpoints import Endpoint
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known, pattern
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_DURABILITY_DOC = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/durability.html"
_VERSIONS_DOC = (
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html"
)
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"

WINDOWS = (
    pattern(
        "snapshotWindow",
        f"{_TIME}-{_TIME}",
        "write it as 17:00-18:00 (UTC)",
        "ValidOnceADayWindowFormat",
    ),
    pattern(
        "maintenanceWindow",
        f"(?i){_DAY}:{_TIME}-{_DAY}:{_TIME}",
        "write it as sun:18:00-sun:19:00 (UTC)",
        "ValidOnceAWeekWindowFormat",
    ),
)


def _local(making: Making) -> Endpoint | None:
    """The local server that stands for this group, by the end of its id."""
    group = str(making.given("replicationGroupId"))
    for role in ("queue", "cache"):
        if group.endswith(role):
            return making.endpoints.get(f"redis-{role}")
    return None


def _address(making: Making, beginning: str) -> Value:
    local = _local(making)
    if local:
        return local.host
    tail = f"{making.id}.local.{making.region}.cache.amazonaws.com"
    return None if is_cluster(making) else f"{beginning}.{tail}"


def primary(making: Making) -> Value:
    return _address(making, "master")


def reader(making: Making) -> Value:
    return _address(making, "replica")


def configuration(making: Making) -> Value:
    if not is_cluster(making):
        return None
    local = _local(making)
    return (
        local.host if local else f"clustercfg.{making.id}.local.{making.region}.cache.amazonaws.com"
    )


def port(making: Making) -> Value:
    """The local server's port wins over what the program asks for: it is the one that answers."""
    local = _local(making)
    return local.port if local else making.given("port", 6379)


def newest_version(making: Making) -> Value:
    return "9.0" if making.given("engine") == "valkey" else "7.1"


def actual_version(making: Making) -> Value:
    version = str(making.given("engineVersion") or newest_version(making))
    return version if version.count(".") == 2 else f"{version.replace('.x', '.2')}.0"


def default_parameters(making: Making) -> Value:
    engine = making.given("engine", "redis")
    major = str(making.given("engineVersion") or newest_version(making)).split(".")[0]
    tail = ".cluster.on" if is_cluster(making) else ""
    return f"default.{engine}{major}{tail}"


def transit_mode(making: Making) -> Value:
    encrypted = making.given("transitEncryptionEnabled", making.given("engine") == "valkey")
    return "required" if encrypted else None


def is_downgrade(old: Properties, new: Properties) -> bool:
    def parts(inputs: Properties) -> list[int]:
        return [int(part) for part in re.findall(r"\d+", str(inputs.get("engineVersion") or ""))]

    same_engine = old.get("engine") == new.get("engine")
    return same_engine and bool(parts(new)) and parts(new) < parts(old)


def failover(source: str) -> Rule:
    """Failover needs a replica, and several zones need failover."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        automatic, several = inputs.get("automaticFailoverEnabled"), inputs.get("multiAzEnabled")
        nodes, replicas = inputs.get("numCacheClusters"), inputs.get("replicasPerNodeGroup")
        if several is True and automatic is False:
            yield Failure(
                "multiAzEnabled",
                "InvalidParameterCombination: multiAzEnabled needs automaticFailoverEnabled"
                f" ({source})",
            )
        few = isinstance(nodes, int) and nodes < 2
        none = nodes is None and not replicas and inputs.get("nodeGroupConfigurations") is None
        if automatic is True and (few or (none and inputs.get("globalReplicationGroupId") is None)):
            yield Failure(
                "automaticFailoverEnabled",
                "InvalidParameterCombination: automatic failover needs numCacheClusters of 2 or"
                f" more, or replicas ({source})",
            )

    return rule


def node_type_is_needed(inputs: Properties, _: Scope) -> Iterator[Failure]:
    if inputs.get("nodeType") is None and inputs.get("globalReplicationGroupId") is None:
        yield Failure(
            "nodeType",
            "InvalidParameterValue: nodeType is needed unless the group joins a global one"
            " (API_CreateReplicationGroup)",
        )


def version_of_engine(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Valkey begins with 7.2; Redis OSS ends with 7.1."""
    version, engine = inputs.get("engineVersion"), inputs.get("engine") or "redis"
    if not known(version) or not known(engine):
        return
    allowed = {
        "valkey": r"(7\.2|8\.\d|9\.\d)(\.\d+)?",
        "redis": r"(5\.0\.6|6\.x|6\.[02]|7\.[01])(\.\d+)?",
    }
    if engine in allowed and not re.fullmatch(allowed[engine], str(version)):
        yield Failure(
            "engineVersion",
            f"InvalidParameterValue: {engine} has no version {version!r} ({_VERSIONS_DOC})",
        )


def durable(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Durability is for Valkey 9 in cluster mode over several zones with TLS, and not for burstable
    nodes.
    """
    wanted = inputs.get("durability")
    if wanted in (None, "disabled", "default") or not known(wanted):
        return
    if wanted not in ("sync", "async"):
        yield Failure(
            "durability",
            f"durability: {wanted!r} is none of sync, async, disabled ({_DURABILITY_DOC})",
        )
    node = str(inputs.get("nodeType"))
    checks = (
        (
            inputs.get("engine") == "valkey"
            and str(inputs.get("engineVersion", "9")).startswith("9"),
            "Valkey 9.0 or newer",
        ),
        (
            inputs.get("clusterMode") == "enabled" or (inputs.get("numNodeGroups") or 0) >= 1,
            "cluster mode",
        ),
        (inputs.get("multiAzEnabled") is True, "multiAzEnabled"),
        (inputs.get("transitEncryptionEnabled") is True, "transitEncryptionEnabled"),
        (
            bool(re.match(r"cache\.(m|r)[678]g|cache\.c[78]gn", node)),
            "a node of m6g–m8g, r6g–r8g, c7gn or c8gn",
        ),
    )
    for holds, needed in checks:
        if not holds:
            yield Failure(
                "durability",
                f"InvalidParameterCombination: durability {wanted} needs {needed}"
                f" ({_DURABILITY_DOC})",
            )


_FAMILIES = {("redis", "5"): "redis5.0", ("redis", "6"): "redis6.x"}


def family_of_parameters(world: World, making: Making) -> None:
    """The parameter group's family is of the engine's version."""
    group = world.find((CACHE_PARAMETERS,), making.given("parameterGroupName"), ("name",))
    if group is None:
        return
    engine = making.given("engine", "redis")
    major = str(making.given("engineVersion") or newest_version(making)).split(".")[0]
    wanted = _FAMILIES.get((engine, major), f"{engine}{major}")
    family = plain(group.inputs.get("family"))
    if family != wanted:
        raise AwsError(
            "InvalidParameterCombination",
            f"{group.id} is of family {family}, but {engine} {making.given('engineVersion')} needs"
            f" {wanted}",
        )


def same_vpc(world: World, making: Making) -> None:
    """Groups are of the VPC of the subnets."""
    group = world.find((CACHE_SUBNETS,), making.given("subnetGroupName"), ("name",))
    vpc = plain(group.outputs.get("vpcId")) if group else None
    for member in making.given("securityGroupIds", []):
        theirs = world.output(SECURITY_GROUP, member, "vpcId")
        if vpc and theirs and vpc != theirs:
            raise AwsError(
                "InvalidParameterValue",
                f"security group {member} is of {theirs}, the subnets are of {vpc}",
            )
