"""Writes the golden lists of logical names anew: `python -m tests.infra.golden`."""

from pathlib import Path

from tests.support.recording import run_program
from tests.support.stacks import CELLS, stack_configuration

for stack, profile in CELLS:
    graph = run_program(stack, stack_configuration(stack, profile))
    lines = sorted(f"{each.type} {each.name}" for each in graph.resources)
    target = Path(__file__).parent / f"names-{stack}-{profile}.txt"
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{target.name}: {len(lines)} names")
