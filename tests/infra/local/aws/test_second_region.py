"""Resources of a second region: by the input `region`, beside those of the provider's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.replication import LEAST
from tests.infra.local.aws.client import Client, Running
from tests.infra.local.aws.ground import Ground


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return str(refused.value.details())


def test_arns_and_addresses_are_of_the_resources_region(client: Client):
    queue = client.create(tokens.QUEUE, {"name": "jobs", "region": "us-east-1"})
    assert queue.id == "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    vault = client.create(tokens.VAULT, {"name": "copies", "region": "us-east-1"})
    assert vault.outputs["arn"] == "arn:aws:backup:us-east-1:123456789012:backup-vault:copies"
    assert vault.outputs["region"] == "us-east-1"


@pytest.mark.parametrize("token", [tokens.QUEUE, tokens.TOPIC])
def test_two_regions_may_have_one_name(client: Client, token: str):
    here = client.create(token, {"name": "jobs"})
    there = client.create(token, {"name": "jobs", "region": "us-east-1"})
    assert here.id != there.id
    assert "exists already" in refusal(client.create, token, {"name": "jobs"})
    client.delete(there)
    assert client.read(token, here.id)


def test_a_buckets_name_is_taken_everywhere(client: Client):
    client.create(tokens.BUCKET, {"bucket": "gacp-only-one"})
    far = {"bucket": "gacp-only-one", "region": "us-east-1"}
    assert refusal(client.create, tokens.BUCKET, far).startswith("BucketAlreadyOwnedByYou")


def test_another_region_replaces(client: Client):
    vault = client.create(tokens.VAULT, {"name": "copies"})
    answer = client.diff(vault, {"name": "copies", "region": "us-east-1"})
    assert list(answer.replaces) == ["region"]
    assert not client.diff(vault, {"name": "copies", "region": "ap-southeast-1"}).diffs


def test_another_region_of_the_provider_replaces_what_has_none_of_its_own(tmp_path: Path):
    here, there = Running(tmp_path / "world.sqlite"), Running(tmp_path / "world.sqlite")
    try:
        here.client.configure()
        there.client.configure("us-east-1")
        vault = here.client.create(tokens.VAULT, {"name": "copies"})
        assert list(there.client.diff(vault, {"name": "copies"}).replaces) == ["region"]
        fixed = {"name": "copies", "region": "ap-southeast-1"}
        assert not there.client.diff(vault, fixed).diffs
    finally:
        here.stop()
        there.stop()


def test_a_replicated_bucket_stays_versioned(client: Client, ground: Ground):
    replication = client.create(tokens.REPLICATION, ground.fill(LEAST))
    versioning = ground["versioned"]
    suspended = {**versioning.inputs, "versioningConfiguration": {"status": "Suspended"}}
    for call, args in ((client.update, (versioning, suspended)), (client.delete, (versioning,))):
        said = refusal(call, *args)
        assert said.startswith("InvalidBucketState")
        assert "A replication configuration is present" in said
    client.delete(replication)
    client.delete(client.update(versioning, suspended))
