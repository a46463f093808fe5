"""Configuration of policy packs: what the file may say, what wins, what a schema refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.local.engine.errors import EngineError
from infra.local.engine.policy_config import Policy, Setting, read_file, refusals, settle
from infra.local.engine.policy_pack import abbreviated
from infra.local.engine.policy_schema import problems

SIZE: dict[str, Any] = {"properties": {"size": {"type": "integer", "default": 3}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ('{"a": "mandatory"}', {"a": Setting("mandatory")}),
        (
            '{"a": {"enforcementLevel": "disabled", "size": 1}}',
            {"a": Setting("disabled", {"size": 1})},
        ),
        ('{"a": {"size": 1}, "b": {}}', {"a": Setting("", {"size": 1})}),
    ],
)
def test_a_file_maps_policies_to_levels_and_properties(
    tmp_path: Path, text: str, expected: dict[str, Setting]
) -> None:
    (tmp_path / "c.json").write_text(text)
    assert read_file(str(tmp_path / "c.json")) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no valid JSON"),
        ("[]", "must hold an object"),
        ('{"a": "strict"}', '"strict" is not a valid enforcement level; it is one of advisory'),
        ('{"a": {"enforcementLevel": 1}}', "1 is not a valid enforcement level"),
        ('{"a": 7}', "7 is not a valid value; must be a string or object"),
        ('{"environments": ["x"]}', "ESC `environments`"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_rule(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(EngineError) as raised:
        read_file(str(tmp_path / "c.json"))
    assert said in str(raised.value)
    assert "c.json" in str(raised.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match=r"nowhere\.json can't be read"):
        read_file("nowhere.json")


def test_defaults_give_way_to_the_pack_and_the_pack_to_the_file() -> None:
    policies = [Policy("a", "resource", "advisory", SIZE), Policy("b", "stack", "mandatory")]
    pack = {"a": Setting("mandatory", {"size": 4}), "all": Setting("remediate")}
    file = {"all": Setting("advisory"), "b": Setting("disabled", {"x": 1})}
    settled = settle(policies, pack, file)
    assert settled["a"] == Setting("advisory", {"size": 4})
    assert settled["b"] == Setting("disabled", {"x": 1})
    assert settle(policies)["a"] == Setting("advisory", {"size": 3})


def test_a_value_that_the_schema_does_not_allow_is_named_with_its_policy() -> None:
    policies = [Policy("a", "resource", "advisory", SIZE)]
    settings = settle(policies, {"a": Setting("", {"size": "big"})})
    assert refusals(policies, settings) == [
        "a: size: Invalid type. Expected: integer, given: string"
    ]


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"required": ["a"]}, {}, ["a is required"]),
        ({"additionalProperties": False}, {"x": 1}, ["Additional property x is not allowed"]),
        (
            {"properties": {"a": {"enum": ["p", 2]}}},
            {"a": "q"},
            ['a: a must be one of the following: "p", 2'],
        ),
        ({"properties": {"a": {"const": 1}}}, {"a": 2}, ["a: a does not match: 1"]),
        (
            {"properties": {"a": {"items": {"type": "string"}}}},
            {"a": ["x", 1]},
            ["a.1: Invalid type. Expected: string, given: integer"],
        ),
        ({"properties": {"a": {"minItems": 2}}}, {"a": [1]}, [
            "a: Array must have at least 2 items"
        ]),
        (
            {"properties": {"a": {"uniqueItems": True}}},
            {"a": [1, 1]},
            ["a: array items[0,1] must be unique"],
        ),
        (
            {"properties": {"a": {"maxLength": 1}}},
            {"a": "xy"},
            ["a: String length must be less than or equal to 1"],
        ),
        (
            {"properties": {"a": {"pattern": "^x"}}},
            {"a": "y"},
            ["a: Does not match pattern '^x'"],
        ),
        ({"properties": {"a": {"exclusiveMinimum": 1}}}, {"a": 1}, ["a: Must be greater than 1"]),
        ({"properties": {"a": {"multipleOf": 3}}}, {"a": 7}, ["a: Must be a multiple of 3"]),
        ({"properties": {"a": {"type": ["null", "number"]}}}, {"a": 3}, []),
        (
            {"properties": {"a": {"anyOf": [{"type": "string"}, {"minimum": 3}]}}},
            {"a": 1},
            ["a: Must validate at least one schema (anyOf)"],
        ),
        ({"properties": {"a": {"format": "ipv4"}}}, {"a": "x"}, [
            'a: Does not match format "ipv4"'
        ]),
        (
            {"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
            {"y": 1},
            ["'y' does not match any of the regexes: '^x'"],
        ),
        ({"properties": {"a": {"type": "integer"}}}, {"a": True}, [
            "a: Invalid type. Expected: integer, given: boolean"
        ]),
    ],
)  # fmt: skip
def test_each_rule_of_a_schema_is_checked(
    schema: dict[str, Any], value: dict[str, Any], said: list[str]
) -> None:
    assert problems(schema, value) == said


def test_a_rule_that_is_not_known_does_not_pass_for_one_that_holds() -> None:
    with pytest.raises(EngineError, match="of a uses 'minimun', which the local engine does not"):
        problems({"properties": {"a": {"minimun": 2}}}, {"a": 1})
    inside = {"properties": {"a": {"items": {"anyOf": [{"minimun": 2}]}}}}
    with pytest.raises(EngineError, match=r"of a\.items\.anyOf\.0 uses 'minimun'"):
        problems(inside, {})


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(EngineError, match=r"of a\.minimum is no JSON schema .*'2' is not of type"):
        problems({"properties": {"a": {"minimum": "2"}}}, {"a": 1})


def test_a_long_path_is_shortened_in_the_middle() -> None:
    assert abbreviated("packs/./house/") == "packs/house"
    long = "/".join(["packs", "a" * 30, "b" * 30, "c" * 30, "house"])
    assert abbreviated(long) == f"packs/{'a' * 30}/.../{'c' * 30}/house"
