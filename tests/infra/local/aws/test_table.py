"""The table against what the SDK declares, and the frozen files against the packages."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from infra.local.aws import freeze, provided, shapes
from infra.local.aws.names import KNOWN_TYPES
from infra.local.aws.provenance.agreement import differences, unused_reasons
from infra.local.aws.provenance.explained import EXPLAINED
from infra.local.aws.rules.places import zone_id
from infra.local.aws.table import TABLE
from infra.regions.table import regions, zones


def top(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def test_every_known_type_has_a_row_and_the_reverse():
    assert sorted(TABLE) == sorted(KNOWN_TYPES)


@pytest.mark.parametrize("token", sorted(TABLE))
def test_a_row_speaks_of_properties_that_the_sdk_has(token: str):
    spec, inputs = TABLE[token], set(shapes.declared_inputs(token))
    everything = inputs | set(shapes.declared_outputs(token))
    asked = [*spec.sometimes, *provided.defaults(token), *spec.unique]
    asked += [reference.path for reference in spec.references]
    asked += [spec.autoname.property] if spec.autoname else []
    assert {top(path) for path in asked} <= inputs
    assert {*spec.computed, *spec.live, *spec.local_wins} <= everything
    assert set(spec.live) <= set(spec.computed)


@pytest.mark.parametrize("token", sorted(TABLE))
def test_a_row_agrees_with_the_source_that_was_read(token: str):
    found = provided.provided()["types"][token]
    assert list(differences(TABLE[token], found)) == []
    assert unused_reasons(TABLE[token], found) == set()


def test_the_source_that_was_read_is_named_by_version_commit_and_date():
    about = provided.provided()
    assert about["project"] == "hashicorp/terraform-provider-aws"
    assert re.fullmatch(r"v\d+\.\d+\.\d+", about["version"])
    assert re.fullmatch(r"[0-9a-f]{40}", about["commit"])
    assert date.fromisoformat(about["committed"]) > date(2026, 1, 1)


def test_every_reason_for_a_difference_is_of_a_known_type():
    assert {token for token, _ in EXPLAINED} <= set(TABLE)
    assert all(len(reason) > 15 for reason in EXPLAINED.values())


@pytest.mark.parametrize("token", sorted(TABLE))
def test_what_replaces_only_sometimes_says_where_it_comes_from(token: str):
    assert all(len(some.source) > 30 for some in TABLE[token].sometimes.values())


@pytest.mark.parametrize("token", sorted(TABLE))
def test_computed_outputs_say_where_they_come_from(token: str):
    spec, outputs = TABLE[token], set(shapes.declared_outputs(token))
    if spec.outputs is None:
        assert not spec.computed
        return
    assert spec.outputs.only | spec.outputs.filled == set(spec.computed)
    assert spec.outputs.only <= outputs
    assert not spec.outputs.filled & outputs
    assert len(spec.outputs.source) > 40


@pytest.mark.parametrize("token", sorted(TABLE))
def test_every_type_has_a_rule_or_a_reference_of_its_own(token: str):
    assert TABLE[token].rules or TABLE[token].references


# The SDK warns of its own deprecated classes when a module of it is loaded.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_frozen_schema_is_the_installed_sdks():
    frozen = json.loads((freeze.DATA / "schema.json").read_text("utf-8"))
    assert frozen == freeze.frozen_schema()


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        ("pulumi.Input[_builtins.str]", "s"),
        ("pulumi.Input[Optional[_builtins.int]]", "i"),
        ("pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]]", "[s]"),
        ("pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]]", "{s}"),
        ("pulumi.Input[Optional[Sequence[pulumi.Input['RouteArgs']]]]", "[#RouteArgs]"),
        ("pulumi.Input[Optional[Union[_builtins.str, 'Region']]]", "s"),
        ("pulumi.Input[Optional[Sequence[pulumi.Input['Metric']]]]", "[s]"),
        ("pulumi.Input[Optional[Union[_builtins.str, 'PolicyDocumentArgs']]]", "j"),
    ],
)
def test_a_type_of_the_sdk_has_a_shape(annotation: str, shape: str):
    assert freeze.shape(annotation) == shape


def test_zones_are_of_their_region():
    assert zones("ap-southeast-7") == ("ap-southeast-7a", "ap-southeast-7b", "ap-southeast-7c")
    assert zone_id("ap-southeast-1b") == "apse1-az2"
    assert zone_id("us-east-1a") == "use1-az1"
    assert "ap-southeast-7" in regions()
