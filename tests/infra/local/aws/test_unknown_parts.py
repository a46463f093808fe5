"""A preview may not know any part of an input yet: no rule refuses for that, and none breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.aws.checking import refusals
from infra.local.aws.codec import UNKNOWN
from infra.local.aws.spec import Scope
from infra.local.aws.table import TABLE
from tests.infra.local.aws.test_types import ALL

SCOPE = Scope("ap-southeast-1")


def with_one_unknown(value: Any) -> Iterator[Any]:
    """The value with each of its parts unknown in turn, itself first."""
    yield UNKNOWN
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: hidden} for hidden in with_one_unknown(item))
    if isinstance(value, list):
        for place, item in enumerate(value):
            before, after = value[:place], value[place + 1 :]
            yield from ([*before, hidden, *after] for hidden in with_one_unknown(item))


def reasons(token: str, inputs: dict[str, Any]) -> set[str]:
    found = refusals(TABLE[token], inputs, inputs, SCOPE)
    # `$thing` stands for another resource's output, which nobody fills in here.
    return {each.reason for each in found if "'$" not in each.reason}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.token.rsplit(":")[-1])
def test_a_part_that_is_not_known_yet_is_not_refused(case: Any):
    for given in (case.least, {**case.least, **case.full}):
        said = reasons(case.token, given)
        for key, value in given.items():
            for hidden in with_one_unknown(value):
                more = reasons(case.token, {**given, key: hidden}) - said
                assert not more, (key, hidden)
