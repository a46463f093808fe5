"""The one table of types, from the services' parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from infra.local.aws.catalogue import (
    backups,
    balancers,
    budgets,
    cache_access,
    caches,
    clusters,
    computing,
    database_groups,
    databases,
    delivery_policies,
    distributions,
    dns,
    documented,
    ec2_access,
    ec2_compute,
    ec2_network,
    ec2_routes,
    ec2_watch,
    events,
    federation,
    identities,
    listeners,
    log_deliveries,
    managing,
    messages,
    neighbours,
    node_groups,
    objects,
    outputs_delivery,
    outputs_infrastructure,
    outputs_operations,
    outputs_services,
    pointing,
    queues,
    replacing,
    replication,
    restore_tests,
    rotation,
    scaling,
    security,
    services,
    snapshots,
    storage,
    watching,
    web_filters,
)
from infra.local.aws.names import is_token, known_of_service, service_of
from infra.local.aws.spec import AwsError, TypeSpec
from infra.local.aws.unchecked import SWITCH, unchecked

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
    managing,
    dns,
    clusters,
    node_groups,
    queues,
    events,
    balancers,
    listeners,
    watching,
    budgets,
    backups,
    restore_tests,
    replication,
    scaling,
    snapshots,
    delivery_policies,
    distributions,
    web_filters,
    log_deliveries,
    rotation,
)

_OUTPUTS = {
    **outputs_infrastructure.ROWS,
    **outputs_services.ROWS,
    **outputs_delivery.ROWS,
    **outputs_operations.ROWS,
}

TABLE: Mapping[str, TypeSpec] = MappingProxyType(
    {
        spec.token: replace(
            spec,
            sometimes={**spec.sometimes, **replacing.MORE.get(spec.token, {})},
            rules=spec.rules + documented.more(spec.token),
            world=spec.world + neighbours.MORE.get(spec.token, ()),
            references=spec.references + pointing.MORE.get(spec.token, ()),
            outputs=_OUTPUTS.get(spec.token),
        )
        for part in _PARTS
        for spec in part.TYPES
    }
)


def spec_of(token: str, *, record_unknown: bool = False) -> TypeSpec:
    """The row of a type; a row without checks for an unknown one if that is asked for.

    Raises `AwsError` that names an unknown type, lists those of its service and says the switch.
    """
    spec = TABLE.get(token)
    if spec is None and record_unknown and is_token(token):
        return unchecked(token)
    if spec is None:
        service = service_of(token) if is_token(token) else "?"
        known = ", ".join(known_of_service(service)) or "none"
        raise AwsError(
            "UnknownResourceType",
            f"{token} is not modelled by the local AWS provider (infra/local/aws); of service"
            f" {service} it knows: {known}. Run this program with the Pulumi CLI, add a row to the"
            f" table, or set {SWITCH}=true to have it recorded without checks",
        )
    return spec
