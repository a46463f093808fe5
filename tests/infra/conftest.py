"""Graphs of the tracked stacks, each run once a session: importing the SDK costs seconds."""

from __future__ import annotations

import pytest

from tests.support.recording import Graph, run_program
from tests.support.stacks import stack_configuration


@pytest.fixture(scope="session")
def local_graph() -> Graph:
    return run_program("local", stack_configuration("local"))


@pytest.fixture(scope="session")
def prod_graph() -> Graph:
    return run_program("prod", stack_configuration("prod"))


@pytest.fixture(scope="session")
def configuration_of():
    return stack_configuration
