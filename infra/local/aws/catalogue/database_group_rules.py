"""Rules of DocumentDB subnet and parameter groups."""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import (
    SUBNET,
)
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Scope
from infra.local.aws.world import World

_PARAMETERS_DOC = "https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html"


def two_zones(world: World, making: Making) -> None:
    """A subnet group of DocumentDB covers at least two zones, in one VPC."""
    subnets: list[str] = making.given("subnetIds", [])
    found = {world.output(SUBNET, subnet, "availabilityZone") for subnet in subnets} - {None}
    if len(found) < 2:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            f"the subnets are in {', '.join(sorted(map(str, found))) or 'no zone'}; at least two"
            " zones are needed",
        )
    vpcs = {world.output(SUBNET, subnet, "vpcId") for subnet in subnets}
    if len(vpcs) > 1:
        raise AwsError(
            "InvalidSubnet", f"the subnets are of several VPCs: {', '.join(sorted(map(str, vpcs)))}"
        )


_ALLOWED: dict[str, tuple[str, ...]] = {
    "audit_logs": ("enabled", "disabled", "ddl", "dml_read", "dml_write", "all", "none"),
    "change_stream_log_retention_duration": (),
    "default_collection_compression": ("enabled", "disabled"),
    "planner_version": ("1.0", "2.0", "3.0"),
    "profiler": ("enabled", "disabled"),
    "profiler_sampling_rate": (),
    "profiler_threshold_ms": (),
    "tls": ("enabled", "disabled", "fips-140-3", "tls1.2+", "tls1.3+"),
    "ttl_monitor": ("enabled", "disabled"),
}


def parameters(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Names and values of cluster parameters."""
    for entry in blocks(inputs, "parameters[*]"):
        name, value = entry.get("name"), entry.get("value")
        if not known(name):
            continue
        if name not in _ALLOWED:
            yield Failure(
                "parameters",
                f"InvalidParameterValue: {name!r} is none of {', '.join(_ALLOWED)}"
                f" ({_PARAMETERS_DOC})",
            )
        elif (
            _ALLOWED[name]
            and known(value)
            and not set(str(value).split(",")) <= set(_ALLOWED[name])
        ):
            yield Failure(
                "parameters",
                f"InvalidParameterValue: {name} is {value!r}; it may be {', '.join(_ALLOWED[name])}"
                f" ({_PARAMETERS_DOC})",
            )
