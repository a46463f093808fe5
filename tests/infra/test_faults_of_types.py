"""A call of any type that goes wrong leaves a stack that the documented commands finish.

Some types here, all of the provider's in `make soak` (`python -m tests.infra.faults`).
"""

import pytest

from infra.local.aws.catalogue import tokens
from tests.infra.faults.cells import outcomes
from tests.infra.faults.harness import CALLS, MODES
from tests.infra.local.aws.cases.every import ALL

pytestmark = pytest.mark.engine

# One with a generated id and a named one, a setting of another resource, what makes versions, what
# waits for others, and what holds data.
SAMPLE = (
    tokens.VPC,
    tokens.BUCKET,
    tokens.PUBLIC_ACCESS,
    tokens.LAUNCH_TEMPLATE,
    tokens.NODE_GROUP,
    tokens.DOC_CLUSTER,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
)


def test_calls_that_go_wrong_are_put_right_by_the_same_command(tmp_path):
    cases = [case for case in ALL if case.token in SAMPLE]
    found = list(outcomes(tmp_path / "stack", cases))
    assert [one for one in found if one.wrong] == []
    ways = {(one.call, one.mode) for one in found}
    assert ways == {(call, mode) for call in CALLS for mode in MODES}
    assert {one.token for one in found} == set(SAMPLE)
