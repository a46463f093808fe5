"""Rules of the provider's schema: each one is seen to refuse, and says value, rule and source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.aws import provided
from infra.local.aws.codec import UNKNOWN
from infra.local.aws.rules.declared import FORMATS, broken, declared, failures
from infra.local.aws.table import TABLE
from tests.infra.local.aws.client import Client, RefusedError

WRONG_FORMAT = "a b"  # has none of the formats


def wrong(rule: dict[str, Any]) -> list[Any]:
    """Values that break a rule, one for each way in which it can be broken."""
    (kind, asked), *_ = rule.items()
    match kind:
        case "oneOf":
            return [-7 if isinstance(asked[0], int) else "no-such-choice"]
        case "between":
            return [bound for bound in (_below(asked[0]), _above(asked[1])) if bound is not None]
        case "length":
            short = ["x" * (asked[0] - 1)] if asked[0] else []
            return short + (["x" * (asked[1] + 1)] if asked[1] else [])
        case "multipleOf":
            return [asked + 1]
        case "above":
            return [asked]
        case "format":
            return [WRONG_FORMAT]
        case "all":
            return next((found for each in asked if (found := wrong(each))), [])
        case "any":
            tried = [value for each in asked for value in wrong(each)]
            return [value for value in tried if broken(rule, value) is not None][:1]
        case _:
            return []


def _below(bound: float | None) -> float | None:
    return None if bound is None else bound - 1


def _above(bound: float | None) -> float | None:
    return None if bound is None else bound + 1


def nested(path: str, value: Any) -> dict[str, Any]:
    """`rules[*].status`, x → {"rules": [{"status": x}]}."""
    for step in reversed(path.split(".")):
        value = {step.removesuffix("[*]"): [value] if step.endswith("[*]") else value}
    return value


def examples() -> Iterator[Any]:
    for token in sorted(TABLE):
        for path in sorted(declared(token)):
            facts = provided.attributes(token)[path]
            for value in wrong(facts["rule"]) if "rule" in facts else ():
                name = f"{token.rsplit(':', 1)[1]}.{path}-{str(value)[:12]}"
                yield pytest.param(token, path, value, id=name)


@pytest.mark.parametrize(("token", "path", "value"), list(examples()))
def test_a_value_that_breaks_the_schemas_rule_is_refused_with_its_place(
    token: str, path: str, value: Any
):
    inputs = nested(path, value)
    said = [each.reason for each in failures(token, inputs, inputs) if each.reason.startswith(path)]
    assert said
    assert all(provided.source_of(token, path) in reason for reason in said)


def related(name: str) -> list[Any]:
    return [
        pytest.param(token, path, facts[name], id=f"{token.rsplit(':', 1)[1]}.{path}")
        for token in sorted(TABLE)
        for path, facts in provided.attributes(token).items()
        if name in facts and "[*]" not in path and all("?" not in each for each in facts[name])
    ]


def merged(*paths: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path in paths:
        inside = whole
        *outer, last = path.split(".")
        for step in outer:
            inside = inside.setdefault(step, {})
        inside.setdefault(last, "x")
    return whole


@pytest.mark.parametrize(("token", "path", "others"), related("conflicts"))
def test_what_excludes_each_other_is_refused_together(token: str, path: str, others: list[str]):
    for other in others:
        if other != path and "[*]" not in other:
            given = merged(path, other)
            said = [each.reason for each in failures(token, {}, given)]
            assert any("exclude each other" in reason and path in reason for reason in said)


@pytest.mark.parametrize(("token", "path", "others"), related("needs"))
def test_what_needs_another_is_refused_alone(token: str, path: str, others: list[str]):
    said = [each.reason for each in failures(token, {}, merged(path))]
    wanted = [other for other in others if other != path]
    assert not wanted or any(f"{path} needs" in reason for reason in said)


@pytest.mark.parametrize(("token", "path", "others"), related("exactlyOne"))
def test_exactly_one_is_neither_none_nor_two(token: str, path: str, others: list[str]):
    if "." in path:  # asked only where the block around it is written
        return
    for given in ({}, merged(*others[:2])):
        said = [each.reason for each in failures(token, {}, given)]
        assert any("exactly one of" in reason for reason in said)


@pytest.mark.parametrize(("token", "path", "others"), related("exactlyOne"))
def test_one_of_a_block_that_is_not_known_yet_is_not_missed(
    token: str, path: str, others: list[str]
):
    said = [each.reason for each in failures(token, {}, {path.partition(".")[0]: UNKNOWN})]
    assert not [reason for reason in said if f"exactly one of {', '.join(others)}" in reason]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("account", "123456789012"),
        ("address", "10.0.0.1"),
        ("address4", "10.0.0.1"),
        ("address6", "fe80::1"),
        ("arn", "arn:aws:iam::123456789012:role/x"),
        ("arn", "arn:aws:s3:::bucket"),
        ("arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("base64", "YQ=="),
        ("boolean", "true"),
        ("cidr", "10.0.0.1/16"),
        ("daily", "17:00-17:30"),
        ("https", "https://example.com/x"),
        ("json", "[]"),
        ("network", "10.0.0.0/16"),
        ("network4", "10.0.0.0/16"),
        ("network6", "fd00::/8"),
        ("policy", "{}"),
        ("time", "2026-01-02T03:04:05Z"),
        ("weekly", "sun:18:00-Sun:18:30"),
    ],
)
def test_a_text_of_the_format_is_taken(name: str, good: str):
    assert broken({"format": name}, good) is None
    assert broken({"format": name}, WRONG_FORMAT) is not None


def test_every_format_has_an_example():
    used = {
        rule["format"]
        for token in TABLE
        for facts in provided.attributes(token).values()
        for rule in _rules(facts.get("rule", {}))
        if "format" in rule
    }
    assert used <= set(FORMATS)


def _rules(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield rule
    for each in (*rule.get("all", ()), *rule.get("any", ())):
        yield from _rules(each)


@pytest.mark.parametrize("rule", [{"code": "f"}, {"any": [{"code": "f"}, {"oneOf": ["a"]}]}])
def test_what_only_code_knows_is_not_refused(rule: dict[str, Any]):
    assert broken(rule, "anything") is None


def test_a_refusal_by_the_schema_reaches_the_engine(client: Client):
    with pytest.raises(RefusedError, match=r"networkType: 'IPV9' is none of .*terraform-provider"):
        client.check("aws:docdb/cluster:Cluster", {"networkType": "IPV9"})


def test_a_secret_value_is_not_shown(client: Client):
    with pytest.raises(RefusedError) as refused:
        client.check(
            "aws:elasticache/user:User",
            {
                "userId": "u",
                "userName": "u",
                "engine": "redis",
                "accessString": "on ~* +@all",
                "passwords": ["short-secret"],
            },
        )
    assert "short-secret" not in str(refused.value)


def test_defaults_fill_blocks_and_keep_what_is_given():
    filled = provided.with_defaults(
        "aws:eks/cluster:Cluster", {"vpcConfig": {"endpointPublicAccess": False}}
    )
    assert filled["vpcConfig"] == {"endpointPublicAccess": False, "endpointPrivateAccess": False}
    assert filled["bootstrapSelfManagedAddons"] is True


def test_an_absent_block_gets_no_defaults():
    assert "accessConfig" not in provided.with_defaults("aws:eks/cluster:Cluster", {})


def test_a_default_that_is_written_down_is_no_change(client: Client):
    made = client.create("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    old = {key: value for key, value in made.inputs.items() if key != "enableDnsSupport"}
    assert not client.diff_raw(made, old, made.inputs).detailedDiff
