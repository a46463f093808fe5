"""Columns of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """Left-aligned columns, two blanks between; a cell may have several lines."""
    widths = [
        max(len(line) for row in (head, *rows) for line in row[i].split("\n"))
        for i in range(len(head))
    ]
    out: list[str] = []
    for row in (head, *rows):
        cells = [cell.split("\n") for cell in row]
        for line in range(max(len(cell) for cell in cells)):
            parts = [
                (cell[line] if line < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            ]
            out.append((indent + "  ".join(parts)).rstrip())
    return "\n".join(out) + "\n"
