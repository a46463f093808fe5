"""The table of controls in the README: `python -m infra.policy.reference` writes it anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from infra.policy.controls import CONTROLS
from infra.policy.model import Control

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table -->", "<!-- /table -->"


def render_table(controls: Sequence[Control] = CONTROLS) -> str:
    """A Markdown table with a row a control."""
    head = ["| id | room | control | holds when | where | severity | basis |", f"|{'---|' * 7}"]
    return "\n".join([*head, *(_row(control) for control in controls)])


def _row(control: Control) -> str:
    cells = (
        *(control.id, control.room, control.title, control.expects),
        *(str(control.where), str(control.severity), control.basis),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def with_table(text: str) -> str:
    """The page with the table as it is now. Raises `ValueError` where the page has no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the table: it needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{render_table()}\n{END}{after}"


def main() -> int:
    """Write the page; exit code 0."""
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
