"""The table against what the SDK declares, and the frozen files against the packages."""

from __future__ import annotations

import json

import pytest

from infra.local.aws import freeze, shapes
from infra.local.aws.names import KNOWN_TYPES
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
    asked = [*spec.force_new, *spec.sometimes, *spec.defaults, *spec.unique]
    asked += [reference.path for reference in spec.references]
    asked += [spec.autoname.property] if spec.autoname else []
    assert {top(path) for path in asked} <= inputs
    assert {*spec.computed, *spec.live, *spec.local_wins} <= everything
    assert set(spec.live) <= set(spec.computed)


@pytest.mark.parametrize("token", sorted(TABLE))
def test_force_new_and_defaults_say_where_they_come_from(token: str):
    spec = TABLE[token]
    sources = [*spec.force_new.values(), *(default.source for default in spec.defaults.values())]
    sources += [some.source for some in spec.sometimes.values()]
    assert all(len(source) > 10 for source in sources)


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
