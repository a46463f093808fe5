"""The graph, and values as engines write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.policy.graph import Graph
from infra.policy.model import NOT_GIVEN, UNKNOWN, Finding, Resource, Secret
from infra.policy.state import StateError, graph_of_state, profile_of_state
from infra.policy.values import (
    SECRET,
    SIGNATURE,
    plain,
    plain_properties,
    resource_of,
    without_computed,
)
from tests.support.policy_graphs import TODAY

THING, OTHER = "aws:x/thing:Thing", "aws:x/other:Other"


def made(name, type_=THING, identities=(), dependencies=None, **properties):
    return Resource(
        f"urn::{name}",
        type_,
        name,
        properties,
        frozenset(identities),
        dependencies=dependencies or {},
    )


def test_a_path_goes_through_blocks_and_secrets_and_ends_at_an_unknown():
    it = made("a", block={"in": Secret({"x": 1})}, list=[1], gone=UNKNOWN)
    assert it.get("block.in.x") == 1
    assert it.get("block.no.x") is None
    assert it.get("list.x") is None
    assert it.get("gone.x") is UNKNOWN


def test_items_of_a_list_of_a_single_block_and_of_nothing():
    it = made("a", list=[1, Secret(2)], block={"x": 1}, empty="")
    assert it.items("list") == [1, 2]
    assert it.items("block") == [{"x": 1}]
    assert it.items("empty") == it.items("none") == []


def test_a_known_value_names_by_identity_and_not_by_what_it_waited_for():
    a, b = made("a", identities=["arn:a"]), made("b", identities=["arn:b"])
    user = made("u", OTHER, ref=["arn:b"], dependencies={"ref": ("urn::a",)})
    graph = Graph([a, b, user])
    assert graph.linked(user, "ref", THING) == [b]
    assert graph.linked(user, "ref", OTHER) == []
    assert graph.users(b, "ref", OTHER) == [user]
    assert graph.users(a, "ref", OTHER) == []


def test_a_value_that_may_be_an_id_that_nobody_tells_is_told_by_what_it_came_from():
    there = made("a")
    user = made("u", OTHER, ref="i-1", dependencies={"ref": ("urn::a",)})
    untold = replace(there, has_id=False)
    assert Graph([untold, user]).linked(user, "ref", THING) == [untold]
    assert Graph([there, user]).linked(user, "ref", THING) == []


def test_an_unknown_value_is_told_by_what_it_waits_for():
    a, b = made("a"), made("b", OTHER)
    user = made("u", ref={"in": [UNKNOWN]}, dependencies={"ref": ("urn::a", "urn::b", "urn::z")})
    graph = Graph([a, b, user])
    assert graph.linked(user, "ref.in", THING) == [a]
    assert graph.linked(user, "ref.in", THING, OTHER) == [a, b]


def test_values_of_the_wire_become_plain():
    mark = {SIGNATURE: SECRET, "value": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    given = {
        "n": 3.0,
        "half": 1.5,
        "u": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "list": [mark, {SIGNATURE: SECRET, "plaintext": '"x"'}],
        "hidden": {SIGNATURE: SECRET, "ciphertext": "v1:x"},
        "__defaults": [],
    }
    found = plain_properties(given)
    assert found == {
        "n": 3,
        "half": 1.5,
        "u": UNKNOWN,
        "list": [Secret(UNKNOWN), Secret("x")],
        "hidden": Secret(UNKNOWN),
    }
    assert isinstance(plain(3.0), int)


def test_a_secret_is_never_shown():
    assert "hunter2" not in repr(Secret("hunter2"))
    assert "hunter2" not in Finding("urn::a", "p", Secret("hunter2"), "must not", "don't").message


def test_a_message_names_value_rule_and_way_out():
    said = Finding("urn::a", "size", 3, "must be 4", "set it").message
    assert said == "a.size is 3: must be 4; set it"
    assert Finding("urn::a", "size", NOT_GIVEN, "must be 4", "x").message.startswith(
        "a.size is not given: must"
    )
    assert Finding("urn::a", "", None, "must be there", "add it").message == (
        "a must be there; add it"
    )
    assert len(Finding("urn::a", "p", "x" * 900, "must", "y").message) < 200


def test_what_aws_computes_in_a_preview_counts_as_not_given():
    found = without_computed({"a": UNKNOWN, "b": UNKNOWN, "c": 1}, {"b": ("urn::x",), "a": ()})
    assert found == {"b": UNKNOWN, "c": 1}


ENTRY = {
    "urn": "urn:pulumi:prod::gacp::aws:s3/bucket:Bucket::logs",
    "type": "aws:s3/bucket:Bucket",
    "id": "gacp-logs",
    "inputs": {"bucket": "gacp-logs"},
    "outputs": {"bucket": "gacp-logs", "arn": "arn:aws:s3:::gacp-logs", "acl": "private"},
    "protect": True,
    "propertyDependencies": {"bucket": None},
}


def test_an_entry_of_a_state_is_judged_by_what_was_asked_for():
    found = resource_of(ENTRY)
    assert found is not None
    assert found.properties == {"bucket": "gacp-logs"}
    assert found.identities == {"gacp-logs", "arn:aws:s3:::gacp-logs"}
    assert found.options.protect
    assert found.dependencies == {"bucket": ()}


@pytest.mark.parametrize("mark", ["delete", "external"])
def test_what_is_going_or_of_others_is_not_judged(mark):
    assert resource_of({**ENTRY, mark: True}) is None


def export(**outputs):
    stack = {"urn": "urn::stack", "type": "pulumi:pulumi:Stack", "outputs": outputs}
    return {"version": 3, "deployment": {"resources": [stack, ENTRY]}}


def test_an_export_becomes_a_graph_and_its_outputs_the_profile():
    document = export(environment="prod", region="ap-southeast-1", computeProfile="host")
    assert [each.name for each in graph_of_state(document).of("aws:s3/bucket:Bucket")] == ["logs"]
    found = profile_of_state(document, TODAY)
    assert (found.is_prod, found.compute, found.region) == (True, "host", "ap-southeast-1")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "must be an object"),
        ({}, "its version is None and must be 3"),
        ({"version": 4, "deployment": {}}, "its version is 4"),
        ({"version": 3, "deployment": []}, "with a deployment"),
        ({"version": 3, "deployment": {"resources": [{}]}}, "must each have a urn"),
    ],
)
def test_what_is_no_export_is_refused_with_the_way_to_one(document, says):
    with pytest.raises(StateError, match="stack export") as raised:
        graph_of_state(document)
    assert says in str(raised.value)


def test_an_export_that_names_no_environment_wants_the_stack():
    with pytest.raises(StateError, match="environment is 'moon'"):
        profile_of_state(export(environment="moon"), TODAY)
