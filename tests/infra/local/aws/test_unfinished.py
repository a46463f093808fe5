"""A create whose engine was killed is taken over by the next one, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.store import Store
from infra.local.aws.tools import run as run_tool
from tests.infra.local.aws.client import Running

VPC = {"cidrBlock": "10.0.0.0/16"}


class Runs:
    """One record, and a provider process after another on it."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "world.sqlite"
        self.running: list[Running] = []

    def next(self) -> Running:
        """A process; the ones before were killed: they hear of no end."""
        running = Running(self.store)
        running.client.configure()
        self.running.append(running)
        return running

    def ids(self, token: str = tokens.VPC) -> list[str]:
        store = Store(self.store)
        try:
            return [record.id for record in store.of_type(token)]
        finally:
            store.close()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    found = Runs(tmp_path)
    yield found
    for running in found.running:
        running.stop()


def test_a_create_that_is_tried_again_gives_what_the_first_one_made(runs: Runs):
    first = runs.next().client.create(tokens.VPC, VPC)
    second = runs.next().client.create(tokens.VPC, VPC)
    assert second.id == first.id
    assert second.outputs == first.outputs
    assert runs.ids() == [first.id]


def test_it_is_brought_to_inputs_that_have_changed_meanwhile(runs: Runs):
    first = runs.next().client.create(tokens.VPC, VPC)
    second = runs.next().client.create(tokens.VPC, {**VPC, "tags": {"Name": "new"}})
    assert second.id == first.id
    assert second.outputs["tags"] == {"Name": "new"}


def test_where_the_inputs_make_it_another_resource_the_first_one_goes(runs: Runs):
    first = runs.next().client.create(tokens.VPC, VPC)
    second = runs.next().client.create(tokens.VPC, {"cidrBlock": "10.9.0.0/16"})
    assert runs.ids() == [second.id] != [first.id]


def test_it_keeps_the_name_that_check_gave_it_first(runs: Runs):
    client = runs.next().client
    first = client.create(tokens.BUCKET, {}, "docs")
    again = runs.next().client
    checked = again.check(tokens.BUCKET, {}, name="docs")
    assert checked["bucket"] == first.inputs["bucket"]
    assert again.create(tokens.BUCKET, {}, "docs").id == first.id


@pytest.mark.parametrize("how", ["diff", "read", "update"])
def test_an_engine_that_names_the_id_knows_it(runs: Runs, how: str):
    first = runs.next().client.create(tokens.VPC, VPC)
    client = runs.next().client
    if how == "diff":
        client.diff_raw(first, first.inputs, first.inputs)
    elif how == "read":
        client.read(tokens.VPC, first.id)
    else:
        client.update(first, VPC)
    second = runs.next().client.create(tokens.VPC, VPC)
    assert runs.ids() == [first.id, second.id]


def test_an_engine_that_ended_in_order_knows_what_it_was_told(runs: Runs):
    running = runs.next()
    first = running.client.create(tokens.VPC, VPC)
    running.client.cancel()
    second = runs.next().client.create(tokens.VPC, VPC)
    assert runs.ids() == [first.id, second.id]


def test_one_process_makes_two_where_it_is_asked_twice(runs: Runs):
    client = runs.next().client
    assert client.create(tokens.VPC, VPC).id != client.create(tokens.VPC, VPC).id


def test_the_tool_lists_what_no_engine_is_known_to_know(runs: Runs, capsys):
    running = runs.next()
    running.client.create(tokens.BUCKET, {"bucket": "known-bucket"}, "known")
    running.client.cancel()
    made = runs.next().client.create(tokens.VPC, VPC)
    assert run_tool(["list", "--unfinished", "--store", str(runs.store)]) == 0
    line = capsys.readouterr().out
    assert line == f"{tokens.VPC}\t{made.id}\turn:pulumi:dev::gacp::{tokens.VPC}::thing\n"
