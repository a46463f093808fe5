"""Rules of the provider's schema: each one is seen to refuse, and says value, rule and source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def ruled(token: str) -> Iterator[tuple[str, Any]]:
    """(path, value) for each way in which an input can break its rule."""
    for path in sorted(declared(token)):
        facts = provided.attributes(token)[path]
        for value in wrong(facts["rule"]) if "rule" in facts else ():
            yield path, value


def related(token: str, name: str) -> list[tuple[str, list[str]]]:
    """(path, other paths) of a relation; what stands inside lists or is uncertain is left out."""
    return [
        (path, facts[name])
        for path, facts in provided.attributes(token).items()
        if name in facts and "[*]" not in path and all("?" not in each for each in facts[name])
    ]


def of_types(having: Callable[[str], object]) -> pytest.MarkDecorator:
    """One test for each type that has something to test."""
    tokens = [token for token in sorted(TABLE) if having(token)]
    ids = [token.rsplit(":", 1)[1] for token in tokens]
    return pytest.mark.parametrize("token", tokens, ids=ids)


def reasons(token: str, olds: dict[str, Any], news: dict[str, Any]) -> list[str]:
    return [each.reason for each in failures(token, olds, news)]


@of_types(lambda token: list(ruled(token)))
def test_a_value_that_breaks_the_schemas_rule_is_refused_with_its_place(token: str):
    for path, value in ruled(token):
        inputs = nested(path, value)
        said = [each for each in reasons(token, inputs, inputs) if each.startswith(path)]
        assert said, (path, value)
        assert all(provided.source_of(token, path) in reason for reason in said)


def merged(*paths: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path in paths:
        inside = whole
        *outer, last = path.split(".")
        for step in outer:
            inside = inside.setdefault(step, {})
        inside.setdefault(last, "x")
    return whole


def conflicts(token: str) -> list[tuple[str, str]]:
    return [
        (path, other)
        for path, others in related(token, "conflicts")
        for other in others
        if other != path and "[*]" not in other
    ]


@of_types(conflicts)
def test_what_excludes_each_other_is_refused_together(token: str):
    for path, other in conflicts(token):
        said = reasons(token, {}, merged(path, other))
        assert any("exclude each other" in reason and path in reason for reason in said), path


def needs(token: str) -> list[str]:
    return [path for path, others in related(token, "needs") if set(others) - {path}]


@of_types(needs)
def test_what_needs_another_is_refused_alone(token: str):
    for path in needs(token):
        said = reasons(token, {}, merged(path))
        assert any(f"{path} needs" in reason for reason in said), path


def choices(token: str) -> list[tuple[str, list[str]]]:
    """Those at the top: inside a block they are asked only where the block is written."""
    return [found for found in related(token, "exactlyOne") if "." not in found[0]]


@of_types(choices)
def test_exactly_one_is_neither_none_nor_two(token: str):
    for path, others in choices(token):
        for given in ({}, merged(*others[:2])):
            said = reasons(token, {}, given)
            assert any("exactly one of" in reason for reason in said), (path, given)


@of_types(lambda token: related(token, "exactlyOne"))
def test_one_of_a_block_that_is_not_known_yet_is_not_missed(token: str):
    for path, others in related(token, "exactlyOne"):
        said = reasons(token, {}, {path.partition(".")[0]: UNKNOWN})
        missed = f"exactly one of {', '.join(others)}"
        assert not [reason for reason in said if missed in reason], path


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
