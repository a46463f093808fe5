"""What is wrong with a configuration, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: the full key, the value as written, the rule and the way out."""

    key: str
    value: object
    rule: str
    way_out: str = ""

    def __str__(self) -> str:
        said = f"{self.key} is {_shown(self.value)}: {self.rule}"
        return f"{said}; {self.way_out}" if self.way_out else said


class ConfigurationError(ValueError):
    """The stack file breaks rules; `problems` lists every one, in the order of the keys."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the stack's configuration has {count}:\n{lines}")


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
