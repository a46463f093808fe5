"""`python -m tests.infra.faults`: each call of each type goes wrong in each way, as one table.

Exit code 0 where the documented commands ended every cell well.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.infra.faults.cells import outcomes, side_by_side
from tests.infra.faults.harness import CALLS, MODES, Outcome
from tests.infra.local.aws.cases.every import ALL


def main() -> int:
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="gacp-faults-") as name:
        for number, batch in enumerate(side_by_side(Path(name), ALL)):
            found += outcomes(Path(name, f"stack{number}"), batch)
    say(table(found))
    for case in ALL:
        if not case.update:
            say(f"no update of {case.token}: {case.fixed}")
    wrong = [one for one in found if one.wrong]
    types = len({one.token for one in found} - {"*"})
    say(f"faults: {len(found) - len(wrong)} of {len(found)} cells end well, {types} types")
    for one in wrong:
        say(f"MISS {one.token} {one.call} {MODES[one.mode]}: {one.left}: {one.wrong}")
    return 1 if wrong else 0


def table(found: Sequence[Outcome]) -> str:
    """A line a type: what was left in state and account after each call went wrong each way."""
    ways = [(call, mode) for call in CALLS for mode in MODES]
    cells = {(one.token, one.call, one.mode): one for one in found}
    lines = [
        "left in state/account after a call went wrong; ok: the command again ends it whole",
        f"{'type':50}" + "".join(f"{call} {mode:12}"[:14].ljust(15) for call, mode in ways),
    ]
    for token in sorted({one.token for one in found} - {"*"}):
        row = [cells.get((token, *way)) for way in ways]
        lines.append(f"{token:50}" + "".join(word(one).ljust(15) for one in row))
    return "\n".join(lines)


def word(one: Outcome | None) -> str:
    if one is None:
        return "-"
    if one.wrong:
        return "WRONG"
    return one.left.replace("state ", "").replace(", account ", "/") + " ok"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
