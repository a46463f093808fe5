"""Every tracked stack in every profile, through its life, on the local engine with the provider
that needs no account."""

from __future__ import annotations

import os

import pytest

from infra.config.keys import deep_merged
from tests.support.stacks import ON_AWS, Engine, start, with_pipeline

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

PRODUCTION = [cell for cell in ON_AWS if cell[0] == "prod"]
# `make soak` takes all of them through the whole.
WHOLE = ON_AWS if os.environ.get("GACP_LIFE_CELLS") == "all" else PRODUCTION
# What holds data or stands for it: an update must never make another one of these.
STATEFUL = (
    *("docdb/cluster:Cluster", "s3/bucket:Bucket", "kms/key:Key", "elasticache/replication"),
    *("ebs/volume:Volume", "ec2/eip:Eip"),  # an address that moves takes the domain with it
)


def holding(engine: Engine) -> set[tuple[str, ...]]:
    return set().union(*(rows(engine, kind) for kind in STATEFUL))


def rows(engine: Engine, kind: str) -> set[tuple[str, ...]]:
    return {row for row in engine.records("list") if kind in row[0]}


def one(engine: Engine, kind: str) -> str:
    return next(row[1] for row in engine.records("list") if kind in row[0])


def settled(engine: Engine) -> None:
    engine.run("preview", "--expect-no-changes")


def test_local_comes_up_stays_as_it_is_and_goes_whole(tmp_path, configuration_of):
    engine = start(tmp_path, "local", configuration_of("local"))
    engine.run("up", "--yes")
    again = engine.run("up", "--yes", "--expect-no-changes")
    assert "unchanged" in again
    engine.run("destroy", "--yes")
    assert engine.records("list") == []


@pytest.mark.parametrize(("stack", "profile"), [cell for cell in ON_AWS if cell not in PRODUCTION])
def test_a_stack_comes_up_and_stays_as_it_is(tmp_path, configuration_of, stack, profile):
    engine = start(tmp_path, stack, configuration_of(stack, profile))
    assert "to create" in engine.run("preview")
    engine.run("up", "--yes", "--skip-preview")
    settled(engine)


@pytest.mark.parametrize(("stack", "profile"), WHOLE)
def test_a_stack_lives_a_whole_life(tmp_path, configuration_of, stack, profile):
    engine = start(tmp_path, stack, configuration_of(stack, profile))
    engine.run("up", "--yes")
    settled(engine)
    drift_is_found_and_set_right(engine)
    protection_holds(engine)
    it_goes_whole_when_it_is_retired(engine, configuration_of(stack, profile))


def drift_is_found_and_set_right(engine: Engine) -> None:
    engine.records("drift", one(engine, "ec2/vpc:Vpc"), "tags.owner=somebody")
    engine.records("drift", one(engine, "cloudwatch/logGroup:LogGroup"), "retentionInDays=3")
    found = engine.run("refresh", "--preview-only")
    assert "somebody" not in engine.run("stack", "export")
    assert "~ 2" in found
    engine.run("refresh", "--yes")
    assert "~ 2 updated" in engine.run("up", "--yes")
    settled(engine)


def protection_holds(engine: Engine) -> None:
    before = holding(engine)
    refusal = engine.run("destroy", "--yes", code=1)
    assert "because it is protected" in refusal
    assert holding(engine) == before


def it_goes_whole_when_it_is_retired(engine: Engine, config: dict[str, object]) -> None:
    retired = {"protect": False, "retain": False, "retiring": True}
    engine.configure({**config, "gacp:safety": retired})
    engine.run("up", "--yes")
    engine.run("destroy", "--yes")
    assert engine.records("list") == []


def test_what_holds_data_outlives_a_stack_that_retains_it(tmp_path, configuration_of):
    config = configuration_of("dev")
    engine = start(tmp_path, "dev", {**config, "gacp:safety": {"retain": True, "protect": False}})
    engine.run("up", "--yes", "--skip-preview")
    said = engine.run("destroy", "--yes")
    assert "[retain]" in said
    kinds = {kind for kind, *_ in engine.records("list")}
    assert {kind for kind in kinds if not kind.startswith("aws:s3/")} == {
        "aws:backup/vault:Vault",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:kms/key:Key",
    }
    # A bucket that stays is as closed as it was.
    assert {
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    } < kinds


def test_two_stacks_of_one_account_do_not_collide(tmp_path, configuration_of):
    dev = start(tmp_path / "dev", "dev", configuration_of("dev", "cluster"))
    staging = start(tmp_path / "staging", "staging", configuration_of("staging"), dev.folder)
    dev.run("up", "--yes", "--skip-preview")
    staging.run("up", "--yes", "--skip-preview")
    settled(dev)
    settled(staging)


# What people change, and deployments leave as it is (docs/pipeline-identity.md).
OWN_RIGHTS = "**gacp:identity:Pipeline**"


def test_a_pipeline_is_added_to_a_stack_and_changed_by_people_alone(tmp_path, configuration_of):
    local = configuration_of("local")
    engine = start(tmp_path, "local", local)
    engine.run("up", "--yes", "--skip-preview")
    before = set(engine.records("list"))
    engine.configure(with_pipeline(local))
    engine.run("up", "--yes", "--skip-preview")
    settled(engine)
    added = {row[0] for row in set(engine.records("list")) - before}
    assert "aws:iam/openIdConnectProvider:OpenIdConnectProvider" in added
    assert all(kind.startswith("aws:iam/") for kind in added)
    engine.configure(deep_merged(with_pipeline(local), {"gacp:pipeline": {"branch": "trunk"}}))
    engine.run("up", "--yes", "--skip-preview", "--exclude", OWN_RIGHTS)
    assert "trunk" not in engine.run("stack", "export")
    engine.run("up", "--yes", "--skip-preview", "--target", OWN_RIGHTS)
    assert "refs/heads/trunk" in engine.run("stack", "export")
    settled(engine)
    engine.configure(local)
    engine.run("up", "--yes", "--skip-preview")
    assert set(engine.records("list")) == before


def test_a_second_stack_of_an_account_shares_the_first_ones_provider(tmp_path, configuration_of):
    local = with_pipeline(configuration_of("local"))
    first = start(tmp_path / "first", "local", local)
    first.run("up", "--yes", "--skip-preview")
    sharing = {"gacp:environment": "dev", "gacp:pipeline": {"createProvider": False}}
    second = start(tmp_path / "second", "second", deep_merged(local, sharing), first.folder)
    second.run("up", "--yes", "--skip-preview")
    providers = [row for row in first.records("list") if "openIdConnectProvider" in row[0]]
    assert len(providers) == 1


def test_several_machines_come_up_change_and_go_whole(tmp_path, configuration_of):
    config = deep_merged(configuration_of("dev", "host"), {"gacp:compute": {"machinesMax": 3}})
    engine = start(tmp_path, "dev", config)
    engine.run("up", "--yes", "--skip-preview")
    settled(engine)
    group = one(engine, "autoscaling/group:Group")
    engine.configure(deep_merged(config, {"gacp:compute": {"instanceType": "t4g.large"}}))
    assert "~ 2 updated" in engine.run("up", "--yes", "--skip-preview")  # template and group
    assert one(engine, "autoscaling/group:Group") == group
    it_goes_whole_when_it_is_retired(engine, config)


def test_a_release_reaches_the_machines_and_makes_no_new_one(tmp_path, configuration_of):
    config = configuration_of("prod")
    engine = start(tmp_path, "prod", config)
    engine.run("up", "--yes", "--skip-preview")
    bundles = rows(engine, "s3/bucketObjectv2:BucketObjectv2")
    machines, data = one(engine, "ec2/launchTemplate:LaunchTemplate"), holding(engine)
    workloads = {**config["gacp:workloads"], "imageDigest": "sha256:" + "1" * 64}
    engine.configure({**config, "gacp:workloads": workloads})
    changed = engine.run("preview", "--diff")
    assert "~ aws:ssm/parameter:Parameter" in changed
    for untouched in ("autoscaling/group", "ec2/launchTemplate", "ec2/eip", "ebs/volume", "docdb/"):
        assert f"aws:{untouched}" not in changed
    engine.run("up", "--yes", "--skip-preview")
    # The bundle before stays for a rollback.
    assert rows(engine, "s3/bucketObjectv2:BucketObjectv2") > bundles
    assert one(engine, "ec2/launchTemplate:LaunchTemplate") == machines
    assert holding(engine) == data
    settled(engine)
