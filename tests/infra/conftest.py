"""Graphs of the tracked stacks, each run once a session: importing the SDK costs seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from infra.config.placeholders import with_examples
from tests.support.recording import Graph, run_program

ROOT = Path(__file__).parents[2]


def stack_configuration(stack: str) -> dict[str, object]:
    """`config` of a tracked stack file, with examples where the owner has yet to write."""
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    return with_examples(yaml.safe_load(text)["config"])


@pytest.fixture(scope="session")
def local_graph() -> Graph:
    return run_program("local", stack_configuration("local"))


@pytest.fixture(scope="session")
def prod_graph() -> Graph:
    return run_program("prod", stack_configuration("prod"))


@pytest.fixture(scope="session")
def configuration_of():
    return stack_configuration
