"""A stack in somebody else's VPC, with somebody else's database: through its life, and refused
where the VPC is not as the platform needs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.config.keys import deep_merged
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import judge
from infra.policy.state import graph_of_state, profile_of_state
from scripts.lib.assumed import assume_network
from tests.support.adopting import ADOPT, ATLAS, VPC
from tests.support.policy_graphs import TODAY
from tests.support.stacks import Engine, start

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

EXCEPTIONS = read_exceptions(FILE, [control.id for control in CONTROLS])
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
    export = json.loads(engine.run("stack", "export"))
    judged = judge(graph_of_state(export), profile_of_state(export, TODAY), EXCEPTIONS)
    assert judged.violations == []
    assert list(judged.problems) == []
    made = [row for row in owner.records("list") if row not in before]
    assert not [row for row in made for kind in OWNERS if kind.lower() in row[0].lower()]
    assert not [row for row in made if database and "docdb" in row[0]]
    retiring = {"gacp:safety": {"protect": False, "retain": False, "retiring": True}}
    engine.configure(deep_merged(config, retiring))
    engine.run("up", "--yes", "--skip-preview")
    engine.run("destroy", "--yes")
    assert owner.records("list") == before
    owner.run("refresh", "--yes", "--expect-no-changes")
    owner.run("preview", "--expect-no-changes")


@pytest.mark.parametrize("profile", ["host", "cluster"])
def test_an_offline_preview_takes_the_vpc_as_the_stack_file_says_it(
    tmp_path, configuration_of, profile
):
    config = configuration_of("prod", profile)
    config["gacp:network"] = {"adopt": ADOPT, "interfaceEndpoints": ["sts"]}
    config["gacp:database"] = ATLAS
    engine = start(tmp_path, "prod", config)
    refusal = engine.run("preview", code=1)
    assert f"gacp:network.adopt.vpcId is '{VPC}': must be there" in refusal
    assert "looks at them" in assume_network(engine.world, config)
    pack = Path(__file__).parents[2] / "infra/policy/pack"
    said = engine.run("preview", "--policy-pack", str(pack))
    assert "to create" in said
    assert "mandatory" not in said


def test_a_stack_that_adopts_nothing_or_breaks_rules_assumes_nothing(tmp_path, configuration_of):
    config = configuration_of("prod")
    assert assume_network(tmp_path / "world.sqlite", config) == ""
    wrong = {**config, "gacp:network": {"adopt": {"vpcId": VPC}}}
    assert assume_network(tmp_path / "world.sqlite", wrong) == ""
    assert not (tmp_path / "world.sqlite").exists()


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (lambda named: named["dataSubnets"].update(a="subnet-00000000"), "data", "must be there"),
        (
            lambda named: named["privateSubnets"].update(
                a=named["privateSubnets"]["b"], b=named["privateSubnets"]["a"]
            ),
            "private",
            "put it under b",
        ),
        (
            lambda named: named.update(
                privateSubnets=named["publicSubnets"], publicSubnets=named["privateSubnets"]
            ),
            "private",
            "must not route to the internet",
        ),
    ],
)
def test_a_preview_refuses_subnets_that_are_others_than_the_stack_file_says(
    tmp_path, configuration_of, owner, change, key, says
):
    named = adopted(owner)
    change(named)
    config = configuration_of("prod", "cluster")
    config["gacp:network"] = {"adopt": named}
    engine = start(tmp_path, "prod", config, owner.folder)
    refusal = engine.run("preview", code=1)
    assert f"gacp:network.adopt.{key}Subnets.a" in refusal
    assert says in refusal
