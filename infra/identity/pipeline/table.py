"""Every type with what it needs (pure table)."""

from __future__ import annotations

from collections.abc import Mapping

from infra.identity.pipeline import (
    cluster_needs,
    data_needs,
    network_needs,
    operations_needs,
    release_needs,
    source_needs,
    storage_needs,
)
from infra.identity.pipeline.needs import Needs

TYPES: Mapping[str, Needs] = {
    **network_needs.TYPES,
    **cluster_needs.TYPES,
    **data_needs.TYPES,
    **storage_needs.TYPES,
    **operations_needs.TYPES,
    **release_needs.TYPES,
    **source_needs.TYPES,
}
