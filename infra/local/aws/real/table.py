"""How types are made for real, and how what became of them is seen."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.real import (
    buckets,
    groups,
    identities,
    keys,
    messages,
    networks,
    registries,
    routes,
)
from infra.local.aws.real.seen import accounts, services, stores
from infra.local.aws.real.seen import networks as seen_networks
from infra.local.aws.real.seen.common import See
from infra.local.aws.realising import Realiser

_PARTS = (networks, groups, routes, buckets, keys, identities, messages, registries)

REALISERS: Mapping[str, Realiser] = {
    token: realiser for part in _PARTS for token, realiser in part.REALISERS.items()
}

_SEEN = (seen_networks, stores, accounts, services)

SEEN: Mapping[str, See] = {token: see for part in _SEEN for token, see in part.SEEN.items()}
