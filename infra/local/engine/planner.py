"""What is to be done with a resource: pure functions, without provider or file.

The rules are those of the CLI's step generator (`pkg/resource/deploy/step_generator.go`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.engine.paths import matches, parse_path
from infra.local.engine.state import STACK_TYPE, Resource
from infra.local.engine.values import Properties, reveal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type DetailedDiff = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Diff:
    """A provider's answer to Diff. `changes` is None where it does not know."""

    changes: bool | None
    replaces: list[str] = field(default_factory=list[str])
    diffs: list[str] = field(default_factory=list[str])
    detailed: DetailedDiff | None = None
    delete_before_replace: bool = False

    @property
    def replace(self) -> bool:
        kinds = (entry["diffKind"] for entry in (self.detailed or {}).values())
        return bool(self.replaces) or any(kind.endswith("-replace") for kind in kinds)


@dataclass(frozen=True)
class Goal:
    """A registration: what the program wants. `new` holds the inputs as the program gave them."""

    new: Resource
    delete_before_replace: bool | None = None
    aliases: tuple[str, ...] = ()


@dataclass(eq=False)
class Step:
    """One operation. `logical` steps are counted and shown; the others are parts of a replace."""

    op: str
    urn: str
    old: Resource | None
    new: Resource | None
    keys: list[str] = field(default_factory=list[str])
    diffs: list[str] = field(default_factory=list[str])
    detailed: DetailedDiff | None = None
    logical: bool = True
    pending_replace: bool = False
    """A delete after which the entry says that a replacement is under way."""
    old_stays: bool = False
    """Of a replacement whose old half is deleted at the end."""
    untouched: bool = False
    """A `same` of what the operation isn't about: no provider is asked. Without an old side in
    the state it is a wish that stays one, and is not recorded."""

    @property
    def resource(self) -> Resource:
        return self.new or there(self.old)

    @property
    def was(self) -> Resource:
        """The old side of a step that has one."""
        return there(self.old)

    @property
    def wanted(self) -> Resource:
        """The new side of a step that has one."""
        return there(self.new)


def there(resource: Resource | None) -> Resource:
    if resource is None:
        message = "this kind of step lacks that side"
        raise TypeError(message)
    return resource


# ---- names


def make_urn(stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """The URN of a child: its type is prefixed with the types of its parents, the Stack aside."""
    prefix = ""
    if parent:
        above = parent.split("::", 3)[2]
        prefix = "" if above == STACK_TYPE else f"{above}$"
    return f"urn:pulumi:{stack}::{project}::{prefix}{kind}::{name}"


def root_urn(stack: str, project: str) -> str:
    """The URN of the Stack itself, which stands above everything."""
    return make_urn(stack, project, "", STACK_TYPE, f"{project}-{stack}")


# ---- differences


INIT_ERROR = "#initerror"
"""What replaceOnChanges may name where a resource did not come up whole."""


def with_replace_on_changes(diff: Diff, patterns: Sequence[str], init_errors: bool) -> Diff:
    """Turns changes at `patterns`, and init errors, into reasons to replace."""
    if not patterns or not (diff.changes or init_errors):
        return diff
    parsed = [parse_path(p) for p in patterns]

    def named(path: str) -> bool:
        return any(matches(p, parse_path(path)) for p in parsed)

    detailed = None if diff.detailed is None else dict(diff.detailed)
    for path, entry in (detailed or {}).items():
        if detailed is not None and named(path):
            kind = entry["diffKind"].removesuffix("-replace")
            detailed[path] = {**entry, "diffKind": f"{kind}-replace"}
    replaces = list(dict.fromkeys([*diff.replaces, *filter(named, diff.diffs)]))
    changes = diff.changes
    if init_errors and named(INIT_ERROR):
        changes = True
        replaces.append(INIT_ERROR)
        if detailed is not None:
            detailed[INIT_ERROR] = {"diffKind": "update-replace", "inputDiff": False}
    return Diff(changes, replaces, diff.diffs, detailed, diff.delete_before_replace)


def structural_diff(old: Properties, new: Properties) -> Diff:
    """Where a provider does not know: are the inputs equal?"""
    keys = sorted(
        k
        for k in {**old, **new}
        if reveal(old.get(k)) != reveal(new.get(k)) or (k in old) != (k in new)
    )
    return Diff(bool(keys), diffs=keys)


# ---- steps


def create_steps(new: Resource) -> list[Step]:
    return [Step("create", new.urn, None, new)]


def same_steps(old: Resource, new: Resource) -> list[Step]:
    return [Step("same", new.urn, old, new)]


def untouched_step(old: Resource, new: Resource | None = None) -> Step:
    """For what --target or --exclude leave as it is; `new` is filled from the old state."""
    left = new or old.copy()
    left.become(old)
    left.id = ""
    return Step("same", old.urn, old, left, untouched=True)


def skipped_step(new: Resource) -> Step:
    """For what the program wants, is not there, and --target or --exclude leave out."""
    new.inputs = {}
    return Step("same", new.urn, new, new, untouched=True)


def update_steps(old: Resource, new: Resource, diff: Diff) -> list[Step]:
    return [Step("update", new.urn, old, new, [], diff.diffs, diff.detailed)]


def replace_steps(old: Resource, new: Resource, diff: Diff, delete_first: bool) -> list[Step]:
    """The steps of a replacement. Where the old one outlives the new one its delete comes later,
    from `delete_steps`."""
    why = (diff.replaces, diff.diffs, diff.detailed)
    create = Step("create-replacement", new.urn, old, new, *why, logical=False)
    replace = Step("replace", new.urn, old, new, *why)
    if not delete_first:
        create.old_stays = True
        return [create, replace]
    # Interrupted between delete and create: the delete is done.
    return [*([] if old.pendingReplacement else [delete_first_step(old)]), replace, create]


def delete_first_step(old: Resource) -> Step:
    """The delete of what is made anew later."""
    op = "discard-replaced" if old.external else "delete-replaced"
    return Step(op, old.urn, old, None, logical=False, pending_replace=True)


def read_steps(old: Resource | None, new: Resource) -> list[Step]:
    """For a resource that others manage. One of ours that goes by its name is deleted, unless it
    is the same."""
    if old is None or old.external or old.id == new.id:
        return [Step("read", new.urn, old, new)]
    return [
        Step("read-replacement", new.urn, old, new, logical=False, old_stays=True),
        Step("replace", new.urn, old, new),
    ]


def recreate_steps(old: Resource, new: Resource, keys: list[str]) -> list[Step]:
    """For a resource whose old half was deleted first."""
    return [
        Step("replace", new.urn, old, new),
        Step("create-replacement", new.urn, old, new, keys, logical=False),
    ]


def delete_step(old: Resource) -> Step:
    if old.delete:
        op = "discard-replaced" if old.external else "delete-replaced"
        return Step(op, old.urn, old, None, logical=False)
    if old.pendingReplacement:
        return Step("remove-pending-replace", old.urn, old, None, logical=False)
    if old.external:
        return Step("discard", old.urn, old, None)
    return Step("delete", old.urn, old, None)


def delete_steps(olds: Sequence[Resource], kept: Callable[[Resource], bool]) -> list[Step]:
    """Deletes of all that the program no longer wants, dependents first."""
    return [delete_step(old) for old in reversed(olds) if not kept(old)]


def waves(steps: Sequence[Step]) -> list[list[Step]]:
    """The deletes in groups: each group goes after the one before has ended, at once within.

    As the CLI has it (ScheduleDeletes): counted from what needs nothing that goes, which is last.
    """
    levels: dict[str, int] = {}
    groups: dict[int, list[Step]] = {}
    for step in reversed(steps):  # needs come first in the state
        needs = [levels[urn] + 1 for urn in step.resource.needs() if urn in levels]
        level = max(needs, default=0)
        levels[step.urn] = max(level, levels.get(step.urn, 0))
        groups.setdefault(level, []).append(step)
    return [groups[level] for level in sorted(groups, reverse=True)]
