"""What AWS refuses about the types that have more than one refusal in their cases."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from infra.local.aws.codec import UNKNOWN
from tests.infra.local.aws.cases import (
    backups,
    balancers,
    delivery,
    log_deliveries,
    managing,
    queues,
    replication,
    scaling,
    watching,
)
from tests.infra.local.aws.cases.case import Held, Refused
from tests.infra.local.aws.client import Client, RefusedError
from tests.infra.local.aws.ground import Ground
from tests.infra.local.aws.test_types import ALL, changed

PARTS = (
    *(queues, balancers, watching, backups, replication, scaling, delivery),
    *(log_deliveries, managing),
)
EACH = [refused for part in PARTS for refused in part.REFUSED]
USED = [held for part in PARTS for held in part.HELD]
CODES = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION)


@pytest.mark.parametrize(
    "refused", EACH, ids=lambda each: f"{each.token.rsplit(':')[-1]}-{each.says[:30]}"
)
def test_it_is_refused_with_what_is_wrong(client: Client, ground: Ground, refused: Refused):
    case = next(case for case in ALL if case.token == refused.token)
    base = case.full if refused.full else case.least
    inputs = changed(ground, case, {**base, **refused.changes})
    with pytest.raises((RefusedError, grpc.RpcError)) as refusal:
        client.create(refused.token, inputs)
    if isinstance(refusal.value, grpc.RpcError):
        assert refusal.value.code() in CODES
        assert refused.says in str(refusal.value.details())
    else:
        assert refused.says in str(refusal.value)


def blank(value: Any) -> Any:
    """The value with everything unknown at its ends."""
    if isinstance(value, dict):
        return {key: blank(item) for key, item in value.items()}
    return [blank(item) for item in value] if isinstance(value, list) else UNKNOWN


@pytest.mark.parametrize("token", sorted({refused.token for refused in EACH}))
@pytest.mark.parametrize("unknown", [lambda _: UNKNOWN, blank], ids=["whole", "ends"])
def test_what_is_not_known_yet_is_no_error(client: Client, token: str, unknown: Any):
    case = next(case for case in ALL if case.token == token)
    for inputs in (case.least, case.full):
        given = {name: unknown(value) for name, value in inputs.items()}
        assert client.create(token, given, preview=True).id == ""


@pytest.mark.parametrize("used", USED, ids=lambda each: f"{each.held}-{each.code}")
def test_what_is_used_stays_until_its_user_goes(client: Client, ground: Ground, used: Held):
    holder = client.create(used.token, ground.fill(used.inputs))
    with pytest.raises(grpc.RpcError) as refusal:
        client.delete(ground[used.held])
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert str(refusal.value.details()).startswith(used.code)
    assert "depends on it" in str(refusal.value.details())
    client.delete(holder)
    client.delete(ground[used.held])
