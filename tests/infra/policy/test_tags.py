"""Which types take tags, and what looks like a secret."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from infra.policy.secrets import looks_secret, plain_secrets
from infra.policy.untaggable import NOT_TAGGABLE
from tests.infra.policy.whole import res
from tests.infra.policy.whole_data import whole_graph

SDK = Path(str(find_spec("pulumi_aws").origin)).parent


def source_of(token: str) -> str:
    """The SDK's text of a type's class. Files are named after the type, or nearly so."""
    module = SDK / token.split(":")[1].split("/")[0].replace("lambda", "lambda_")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", token.rpartition(":")[2]).lower()
    squeezed = snake.replace("_", "")
    for path in (module / f"{snake}.py", *sorted(module.glob("*.py"))):
        if path.exists() and path.stem.replace("_", "") == squeezed:
            return path.read_text(encoding="utf-8")
    raise AssertionError(f"the SDK has no {token}")


@pytest.mark.parametrize("service", sorted({t.split(":")[1].split("/")[0] for t in NOT_TAGGABLE}))
def test_only_types_without_tags_are_excused_from_them(service):
    for token in sorted(
        each for each in NOT_TAGGABLE if each.split(":")[1].startswith(f"{service}/")
    ):
        assert "def tags(" not in source_of(token), token


def test_a_type_with_tags_is_known_by_its_source():
    assert "def tags(" in source_of("aws:ec2/vpc:Vpc")
    # Whatever the complete stack leaves untagged is listed.
    untagged = {each.type for each in whole_graph().resources if "tags" not in each.properties}
    assert untagged <= NOT_TAGGABLE


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "x=AKIA" + "ABCDEFGHIJKLMNOP",
        "bearer eyJhbGciOiJI.eyJzdWIiOiIx",
        "mongodb://me:pw@host/db",
    ],
)
def test_texts_that_look_like_secrets(text):
    assert looks_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://host:8080/path@v1",
        "arn:aws:iam::123456789012:role/x",
        "AKIA is what keys begin with",
        "https://docs.aws.amazon.com/@latest",
        "a private key is not here",
    ],
)
def test_texts_that_do_not(text):
    assert not looks_secret(text)


def test_a_secret_is_known_by_the_name_of_its_property():
    user = res("aws:elasticache/user:User", "x", passwords=["a"], passwordsWoVersion=1)
    assert [path for path, _ in plain_secrets(user)] == ["passwords"]
