"""The README's table is the controls."""

import re

import pytest

from infra.policy.controls import CONTROLS
from infra.policy.reference import README, render_table, with_table


def test_the_page_is_up_to_date():
    text = README.read_text(encoding="utf-8")
    assert with_table(text) == text, "run `python -m infra.policy.reference`"


def test_every_control_has_a_row_with_all_cells():
    rows = render_table().splitlines()[2:]
    assert len(rows) == len(CONTROLS)
    assert all(len(re.split(r"(?<!\\)\|", row)) == 9 for row in rows)
    assert all("| |" not in row for row in rows)


def test_a_page_without_a_place_is_refused():
    with pytest.raises(ValueError, match="no place"):
        with_table("# nothing")


def test_every_file_that_the_page_names_is_there():
    text = README.read_text(encoding="utf-8")
    section = text.partition("## How it is built")[2].partition("\nThree things")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and "`" in line]
    cells = [row.split(" | ")[1] for row in rows]
    named = [
        word for cell in cells for part in re.findall(r"`([^`]+)`", cell) for word in part.split()
    ]
    assert len(named) > 15
    assert [name for name in named if not (README.parent / name).exists()] == []
