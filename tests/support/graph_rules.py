"""What the graph of a program may not be. Each rule names what breaks it; none repairs anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from infra.policy import secrets
from infra.policy.untaggable import NOT_TAGGABLE
from infra.tags import REQUIRED
from tests.support.policy_graphs import plainly
from tests.support.recording import Graph, Registered

# What a stateful type must say where the stack is protected; beside `protect` itself.
STATEFUL: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "aws:docdb/cluster:Cluster": {
        "deletionProtection": lambda value: value is True,
        "skipFinalSnapshot": lambda value: value is False,
        "finalSnapshotIdentifier": bool,
        "storageEncrypted": lambda value: value is True,
    },
    "aws:backup/vault:Vault": {"forceDestroy": lambda value: not value},
    "aws:docdb/clusterInstance:ClusterInstance": {},
    "aws:eks/cluster:Cluster": {"deletionProtection": lambda value: value is True},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "finalSnapshotIdentifier": bool,
        "snapshotRetentionLimit": lambda value: value > 0,
    },
    "aws:ebs/volume:Volume": {
        "encrypted": lambda value: value is True,
        "finalSnapshot": lambda value: value is True,
    },
    "aws:s3/bucket:Bucket": {"forceDestroy": lambda value: not value},
    "aws:kms/key:Key": {"deletionWindowInDays": lambda value: value == 30},
    "aws:secretsmanager/secret:Secret": {"recoveryWindowInDays": lambda value: value >= 7},
    "aws:ecr/repository:Repository": {"forceDelete": lambda value: not value},
    "aws:route53/zone:Zone": {"forceDestroy": lambda value: not value},
}

# What outlives a stack that keeps its data, with all that guards it; keys are by their name.
LASTING = ("aws:s3/", "aws:backup/vault")
ENDS = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"  # with the role that it works by
LASTING_KEYS = ("data", "backup-copy", "storage-copy", "host-key")

ZONES: Mapping[str, str] = {"ap-southeast-1": "abc", "ap-southeast-7": "abc"}


def duplicate_urns(graph: Graph) -> Iterator[str]:
    seen: set[str] = set()
    for each in graph.resources:
        if each.urn in seen:
            yield f"{each.urn} is registered twice: the engine refuses the second"
        seen.add(each.urn)


def unknown_parents(graph: Graph) -> Iterator[str]:
    known = {each.urn for each in graph.resources}
    for each in graph.resources:
        is_root = each.parent.split("::")[2:3] == ["pulumi:pulumi:Stack"]
        if not is_root and each.parent not in known:
            yield f"{each.urn} has the parent {each.parent or '(none)'}, which nobody registered"
        if each.custom and is_root:
            yield f"{each.urn} stands outside of every component"


def missing_tags(graph: Graph) -> Iterator[str]:
    for each in graph.custom:
        if each.type in NOT_TAGGABLE:
            continue
        tags = each.inputs.get("tags", {})
        if isinstance(tags, list):  # of an auto scaling group
            tags = {tag["key"]: tag["value"] for tag in tags}
        missing = [tag for tag in REQUIRED if not tags.get(tag)]
        if missing:
            yield f"{each.urn} has no tag {', '.join(missing)}"


def plain_secrets(graph: Graph) -> Iterator[str]:
    for each in graph.custom:
        for path, why in secrets.plain_secrets(plainly(each)):
            yield f"{each.urn} has a plain value in {path}, which {why}"


def impossible_addresses(graph: Graph) -> Iterator[str]:
    ranges = [each.inputs.get("cidrBlock") for each in graph.of_type("ec2/vpc:Vpc")]
    vpcs = [IPv4Network(cidr) for cidr in ranges if cidr]
    taken: list[tuple[IPv4Network, str]] = []
    for each in graph.of_type("ec2/subnet:Subnet"):
        try:
            network = IPv4Network(each.inputs["cidrBlock"])
        except ValueError as error:
            yield f"{each.urn}: {error}"
            continue
        if not any(network.subnet_of(vpc) for vpc in vpcs):
            yield f"{each.urn}: {network} lies in no VPC of the stack"
        yield from (
            f"{each.urn}: {network} overlaps {other} of {name}"
            for other, name in taken
            if network.overlaps(other)
        )
        taken.append((network, each.name))


def impossible_zones(graph: Graph) -> Iterator[str]:
    for each in graph.custom:
        zone = each.inputs.get("availabilityZone")
        if zone and zone[-1] not in ZONES.get(zone[:-1], ""):
            yield f"{each.urn}: no region has a zone {zone}"


def unprotected_state(graph: Graph) -> Iterator[str]:
    """For stacks that are protected by configuration."""
    for each in graph.custom:
        wanted = STATEFUL.get(each.type)
        if wanted is None:
            continue
        if not each.protect:
            yield f"{each.urn} holds data and is not protected"
        yield from (
            f"{each.urn}: {name} is {each.inputs.get(name)!r}"
            for name, holds in wanted.items()
            if not holds(each.inputs.get(name))
        )


def lost_with_the_stack(graph: Graph) -> Iterator[str]:
    """For stacks that keep their data when they are taken down."""
    for each in graph.custom:
        is_key = each.type == "aws:kms/key:Key" and each.name in LASTING_KEYS
        if (is_key or (each.type.startswith(LASTING) and each.type != ENDS)) and not (
            each.retain_on_delete
        ):
            yield f"{each.urn} would go with the stack"


def hard_to_destroy(graph: Graph) -> Iterator[str]:
    """For stacks that have to be destroyed whole, contents and all."""
    for each in graph.custom:
        if each.protect or each.retain_on_delete:
            yield f"{each.urn} is protected or kept"
        if each.inputs.get("deletionProtection"):
            yield f"{each.urn} refuses to be deleted"
        if each.type == "aws:docdb/cluster:Cluster" and not each.inputs.get("skipFinalSnapshot"):
            yield f"{each.urn} leaves a snapshot"
        if each.type == "aws:s3/bucket:Bucket" and not each.inputs.get("forceDestroy"):
            yield f"{each.urn} stays while it holds an object"
        if each.type == "aws:secretsmanager/secret:Secret":
            days = each.inputs.get("recoveryWindowInDays")
            if days != 0:
                yield f"{each.urn} keeps its name for {days} days"


ALWAYS = (
    duplicate_urns,
    unknown_parents,
    missing_tags,
    plain_secrets,
    impossible_addresses,
    impossible_zones,
)


def problems(graph: Graph, protected: bool, lasting: bool = False) -> list[str]:
    """Everything that is wrong with a stack's graph."""
    rules = [*ALWAYS, unprotected_state if protected else hard_to_destroy]
    if lasting:
        rules.append(lost_with_the_stack)
    return [problem for rule in rules for problem in rule(graph)]


def resource(type_: str, name: str = "it", **inputs: Any) -> Registered:
    """A custom resource as the monitor would record it, for examples."""
    options = {
        key: inputs.pop(key)
        for key in ("urn", "parent", "protect", "custom", "retain_on_delete")
        if key in inputs
    }
    return Registered(
        **{
            "urn": f"urn:pulumi:t::gacp::{type_}::{name}",
            "type": type_,
            "name": name,
            "parent": "urn:pulumi:t::gacp::gacp:room:Part::part",
            "custom": True,
            **options,
        },
        inputs=inputs,
    )
