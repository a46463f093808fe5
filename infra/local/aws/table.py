"""The one table of types, from the services' parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from infra.local.aws.catalogue import (
    cache_access,
    caches,
    clusters,
    computing,
    database_groups,
    databases,
    dns,
    ec2_access,
    ec2_compute,
    ec2_network,
    ec2_routes,
    ec2_watch,
    federation,
    identities,
    messages,
    node_groups,
    objects,
    pointing,
    security,
    services,
    storage,
)
from infra.local.aws.names import known_of_service, service_of
from infra.local.aws.spec import AwsError, TypeSpec

_PARTS = (
    ec2_network,
    ec2_routes,
    ec2_access,
    ec2_watch,
    ec2_compute,
    computing,
    storage,
    objects,
    databases,
    database_groups,
    caches,
    cache_access,
    security,
    identities,
    federation,
    services,
    messages,
    dns,
    clusters,
    node_groups,
)

TABLE: Mapping[str, TypeSpec] = MappingProxyType(
    {
        spec.token: replace(spec, references=spec.references + pointing.MORE.get(spec.token, ()))
        for part in _PARTS
        for spec in part.TYPES
    }
)


def spec_of(token: str) -> TypeSpec:
    """The row of a type. Raises `AwsError` that names an unknown type and lists those of its
    service.
    """
    spec = TABLE.get(token)
    if spec is None:
        service = service_of(token)
        known = ", ".join(known_of_service(service)) or "none"
        raise AwsError(
            "UnknownResourceType",
            f"{token} is not modelled by the local AWS provider (infra/local/aws); of service"
            f" {service} it knows: {known}. Run this program with the Pulumi CLI, or add a row to"
            " the table",
        )
    return spec
