"""The tracked stack files of this repository."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from infra.local.services.layout import Layout
from scripts.lib.command import WrongUseError
from scripts.lib.platform.stack import read_yaml


def stack_file(layout: Layout, stack: str) -> Path:
    """`Pulumi.STACK.yaml`. Raises `WrongUseError` naming the nearest where there is none."""
    path = layout.repository / f"Pulumi.{stack}.yaml"
    if path.exists():
        return path
    known = sorted(each.name.split(".")[1] for each in layout.repository.glob("Pulumi.*.yaml"))
    near = difflib.get_close_matches(stack, known, n=1)
    hint = f"did you mean {near[0]}? There is" if near else "there is"
    raise WrongUseError(f"no stack {stack!r}: {hint} {', '.join(known)}")


def stack_configuration(layout: Layout, stack: str) -> Mapping[str, object]:
    """`config` of a stack file, `<CHANGE_ME>` and all."""
    return read_yaml(stack_file(layout, stack)).get("config") or {}
