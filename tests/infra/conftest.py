"""Graphs of the tracked stacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.support.recording import Graph, run_program
from tests.support.stacks import stack_configuration


@pytest.fixture(scope="session")
def graph_of() -> Callable[..., Graph]:
    """The graph of a tracked stack as its file says, or with another compute profile."""
    return cache(
        lambda stack, profile=None: run_program(stack, stack_configuration(stack, profile))
    )


@pytest.fixture(scope="session")
def local_graph(graph_of) -> Graph:
    return graph_of("local")


@pytest.fixture(scope="session")
def prod_graph(graph_of) -> Graph:
    return graph_of("prod")


@pytest.fixture(scope="session")
def configuration_of():
    return stack_configuration
