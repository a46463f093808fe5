"""What a case of the provider's table says about one type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

type Inputs = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Inputs of one type; `$name` stands for a prerequisite (see ground.py).

    `update` and `replace` are changes to the least inputs; None, with the reason in `fixed`, where
    AWS has no such change. `drift` is `path=value` as the tool takes it. `rejected` are changes to
    the least inputs that are refused, with a part of the refusal.
    """

    token: str
    least: Inputs
    full: Inputs
    rejected: tuple[Inputs, str]
    drift: str
    update: Inputs | None = None
    replace: Inputs | None = None
    fixed: str = ""
    outputs: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Refused:
    """A change to a type's least inputs that AWS refuses, and a part of what it says.

    None takes an input out. With `full`, the change is to the fullest inputs.
    """

    token: str
    changes: Inputs
    says: str
    full: bool = False


@dataclass(frozen=True)
class Held:
    """A prerequisite that cannot go while a resource of `token` with these inputs uses it."""

    held: str
    token: str
    inputs: Inputs
    code: str
