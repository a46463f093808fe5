import json

import pytest

from infra.local.services.layout import Layout
from scripts.lib.command import RefusedError, changing, lock_holder


@pytest.fixture
def layout(tmp_path):
    return Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path)})


def audit(layout):
    lines = (layout.log / "audit.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_change_leaves_a_line(layout):
    with changing(layout, "up", ["local"]):
        pass
    (line,) = audit(layout)
    assert (line["command"], line["arguments"], line["outcome"]) == ("up", ["local"], "done")
    assert line["user"]
    assert line["time"].endswith("Z")


@pytest.mark.parametrize(
    ("error", "outcome"), [(ValueError, "failed"), (KeyboardInterrupt, "stopped")]
)
def test_a_change_that_fails_leaves_a_line_too(layout, error, outcome):
    with pytest.raises(error), changing(layout, "up", []):
        raise error
    assert audit(layout)[0]["outcome"] == outcome


def test_two_changes_at_once_are_refused_naming_the_other(layout):
    with changing(layout, "up", []):
        assert lock_holder(layout.run / "gacp.lock").startswith("gacp up (process ")
        with pytest.raises(RefusedError, match="gacp up"), changing(layout, "down", []):
            pass
    assert lock_holder(layout.run / "gacp.lock") is None
    assert [line["command"] for line in audit(layout)] == ["up"]


def test_the_lock_is_free_after_a_failure(layout):
    with pytest.raises(ValueError), changing(layout, "up", []):
        raise ValueError
    with changing(layout, "down", []):
        pass
