"""CloudFront in front of production: it comes, stays as it is, and goes again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.config.keys import deep_merged
from tests.support.stacks import Engine, start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

CDN = {"gacp:edge": {"cdn": {"enabled": True}}}
OF_CDN = ("cloudfront/", "wafv2/", "logDelivery")


def of_cdn(engine: Engine) -> list[str]:
    """Types of what stands in front, one for each resource."""
    return [row[0] for row in engine.records("list") if any(kind in row[0] for kind in OF_CDN)]


def deletes(log: Path) -> list[str]:
    """Types in the order in which they were deleted."""
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    done = [each["resOutputsEvent"]["metadata"] for each in events if "resOutputsEvent" in each]
    return [each["type"].rpartition(":")[2] for each in done if each["op"] == "delete"]


@pytest.mark.parametrize("profile", ["host", "cluster"])
def test_it_comes_stays_goes_again_and_leaves_nothing(tmp_path, configuration_of, profile):
    plain = configuration_of("prod", profile)
    engine = start(tmp_path, "prod", deep_merged(plain, CDN))
    assert "cloudfront" in engine.run("preview")
    engine.run("up", "--yes", "--skip-preview")
    engine.run("preview", "--expect-no-changes")
    assert len(of_cdn(engine)) == 6

    # Its key is protected like every other: the preview refuses before anything is touched.
    engine.configure(plain)
    assert "because it is protected" in engine.run("up", "--yes", code=1)
    assert len(of_cdn(engine)) == 6
    retiring = {"gacp:safety": {"protect": False, "retain": False, "retiring": True}}
    engine.configure({**deep_merged(plain, CDN), **retiring})
    engine.run("up", "--yes", "--skip-preview")
    engine.configure({**plain, **retiring})
    engine.run("up", "--yes", "--skip-preview")
    assert of_cdn(engine) == []
    engine.run("preview", "--expect-no-changes")

    engine.configure({**deep_merged(plain, CDN), **retiring})
    engine.run("up", "--yes", "--skip-preview")
    assert len(of_cdn(engine)) == 6
    log = tmp_path / "events.jsonl"
    engine.run("destroy", "--yes", "--skip-preview", "--event-log", str(log))
    order = deletes(log)
    gone = order.index("Distribution")
    assert order.index("LogDelivery") < gone
    assert gone < min(order.index("WebAcl"), order.index("CertificateValidation"))
    assert engine.records("list") == []
