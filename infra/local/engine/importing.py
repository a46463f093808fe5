"""The option import_: an existing resource is read and taken over (`step_generator.go`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.planner import Step
from infra.local.engine.render import scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.engine.state import Resource


def wants_import(old: Resource | None, new: Resource) -> bool:
    """Whether the option still has something to do: once imported, it may be left in place."""
    if not new.custom or not new.importID:
        return False
    return old is None or old.external or (old.importID or old.id) != new.importID


def import_steps(old: Resource | None, new: Resource) -> tuple[list[Step], Resource]:
    """The steps that take it over, and the resource that they fill in: what `new` is compared
    with afterwards. An old one of another id is replaced by it, and deleted last."""
    imported = new.copy()
    if old is None:
        return [Step("import", new.urn, None, imported)], imported
    return [
        Step("import-replacement", new.urn, old, imported, logical=False, old_stays=True),
        Step("replace", new.urn, old, imported),
    ], imported


def taken_over(imported: Resource | None, new: Resource, steps: list[Step]) -> list[Step]:
    """What is left to do after an import (if there was one): nothing where it is as wanted."""
    if imported is None or steps[0].op != "same":
        return steps
    new.become(imported)
    return []


def irreplaceable_import(old: Resource, new: Resource, keys: Sequence[str]) -> str:
    """Why a resource whose program still names an id can't become another one."""
    changes = "\n".join(
        f"{key}: {scalar(old.inputs.get(key))} => {scalar(new.inputs.get(key))}" for key in keys
    )
    return (
        "previously-imported resources that still specify an ID may not be replaced; please remove "
        f"the `import` declaration from your program;\n{changes}"
    )
