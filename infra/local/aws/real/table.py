"""The realisers of all types."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.real import buckets, identities, keys, messages, networks, routes
from infra.local.aws.realising import Realiser

_PARTS = (networks, routes, buckets, keys, identities, messages)

REALISERS: Mapping[str, Realiser] = {
    token: realiser for part in _PARTS for token, realiser in part.REALISERS.items()
}
