"""A stack in somebody else's VPC, with somebody else's database: through its life, and refused
where the VPC is not as the platform needs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.config.keys import deep_merged
from tests.support.adopting import ATLAS
from tests.support.stacks import Engine, start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

OWNER = Path(__file__).with_name("network") / "owner"
# What an adopting stack must never make: it belongs to the VPC's owner.
OWNERS = (
    "ec2/vpc:",
    "ec2/subnet:",
    "ec2/routeTable",
    "ec2/route:",
    "NatGateway",
    "internetGateway",
)


class Owner(Engine):
    """Another program's stack in the same account."""

    @property
    def project(self) -> Path:
        return OWNER

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.fixture(scope="module")
def owner(tmp_path_factory) -> Owner:
    """The VPC, made."""
    folder = tmp_path_factory.mktemp("owner")
    made = start(folder, "dev", {"aws:region": "ap-southeast-1"}, kind=Owner)
    made.run("up", "--yes", "--skip-preview")
    return made


def adopted(owner: Engine) -> dict[str, object]:
    return json.loads(owner.run("stack", "output", "--json"))


@pytest.mark.parametrize("profile", ["host", "cluster"])
@pytest.mark.parametrize("database", [{}, ATLAS], ids=["documentdb", "external"])
def test_production_lives_in_an_adopted_vpc_and_leaves_it_as_it_was(
    tmp_path, configuration_of, owner, profile, database
):
    config = configuration_of("prod", profile)
    config["gacp:network"] = {"adopt": adopted(owner)}
    config["gacp:database"] = database
    before = owner.records("list")
    engine = start(tmp_path, "prod", config, owner.folder)
    assert "to create" in engine.run("preview")
    engine.run("up", "--yes", "--skip-preview")
    engine.run("preview", "--expect-no-changes")
    made = [row for row in owner.records("list") if row not in before]
    assert not [row for row in made for kind in OWNERS if kind.lower() in row[0].lower()]
    assert not [row for row in made if database and "docdb" in row[0]]
    retiring = {"gacp:safety": {"protect": False, "retiring": True}}
    engine.configure(deep_merged(config, retiring))
    engine.run("up", "--yes", "--skip-preview")
    engine.run("destroy", "--yes")
    assert owner.records("list") == before
    owner.run("refresh", "--yes", "--expect-no-changes")
    owner.run("preview", "--expect-no-changes")
