"""Writes the golden lists of logical names anew: `python -m tests.infra.golden`."""

from pathlib import Path

from tests.support.recording import run_program
from tests.support.stacks import STACKS, stack_configuration

for stack in STACKS:
    graph = run_program(stack, stack_configuration(stack))
    lines = sorted(f"{each.type} {each.name}" for each in graph.resources)
    target = Path(__file__).parent / f"names-{stack}.txt"
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{target.name}: {len(lines)} names")
