"""The tracked stacks on the local engine with the provider that needs no account."""

from __future__ import annotations

import pytest
import yaml

from tests.support.stacks import start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


def test_local_comes_up_stays_as_it_is_and_goes_whole(tmp_path, configuration_of):
    engine = start(tmp_path, "local", configuration_of("local"))
    engine.run("up", "--yes")
    again = engine.run("up", "--yes", "--expect-no-changes")
    assert "unchanged" in again
    engine.run("destroy", "--yes")
    assert "to create" in engine.run("preview")


def test_prod_comes_up_stays_as_it_is_and_refuses_to_go(tmp_path, configuration_of):
    engine = start(tmp_path, "prod", configuration_of("prod"))
    assert "to create" in engine.run("preview")
    engine.run("up", "--yes")
    engine.run("up", "--yes", "--expect-no-changes")
    released = dict(configuration_of("prod"))
    released["gacp:workloads"] = {
        **released["gacp:workloads"],
        "imageDigest": "sha256:" + "1" * 64,
    }
    salted = yaml.safe_load(engine.file.read_text(encoding="utf-8"))
    release = tmp_path / "Pulumi.release.yaml"
    release.write_text(yaml.safe_dump({**salted, "config": released}), encoding="utf-8")
    # A new image touches the machine and nothing else.
    changed = engine.run("preview", "--diff", file=release)
    assert "launchTemplate" in changed
    assert "aws:docdb/" not in changed  # outputs are shown too, with the database's address
    assert "+-aws:ec2/instance:Instance" in changed  # a template's version makes a new instance
    refusal = engine.run("destroy", "--yes", code=1)
    assert "cannot be deleted" in refusal
    assert "because it is protected" in refusal
