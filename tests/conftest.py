"""For every test: the order of the tiers, and the embedded services when a test asks for them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import remembered
from tests.support.matrices import matrix_tables
from tests.support.ports import claim_range
from tests.support.tiers import tier_of, tier_table

if TYPE_CHECKING:
    from tests.support.platform import Services


def pytest_configure(config: pytest.Config) -> None:
    """Before anything chooses a port, and before other processes of this run start."""
    claim_range()
    if folder := remembered.begin():
        config.add_cleanup(lambda: remembered.end(folder))


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: looking through them again and again for
    garbage takes a sixth of the unit tier's time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tier after tier, in random order within each: what is quick fails first."""
    items.sort(key=tier_of)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each tier, above pytest's own closing line. With GACP_MATRIX_TABLE (`make soak`):
    a row for each cell of a matrix.
    """
    if os.environ.get("GACP_MATRIX_TABLE"):
        for text in matrix_tables(terminalreporter.stats):
            terminalreporter.write_line(text)
    for line in tier_table(terminalreporter.stats):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Database (in memory), two Redis servers, AWS API and mail sink of this test run."""
    # Imported late: a unit test shall not need what the services need.
    from tests.support.platform import start_services

    running = start_services(tmp_path_factory.mktemp("services"))
    yield running
    running.processes.stop()
