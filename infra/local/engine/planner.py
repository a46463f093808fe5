"""What is to be done with a resource: pure functions, without provider or file.

The rules are those of the CLI's step generator (`pkg/resource/deploy/step_generator.go`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.engine.paths import matches, parse_path
from infra.local.engine.state import STACK_TYPE, Resource
from infra.local.engine.values import Properties, plain, reveal

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
    forced: bool = False
    """The option replaceOnChanges asks for a replacement that the provider does not need."""

    @property
    def replace(self) -> bool:
        return bool(self.replaces) or self.forced


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


def with_replace_on_changes(diff: Diff, patterns: Sequence[str]) -> Diff:
    """Turns changes at `patterns` into reasons to replace."""
    if not patterns or not diff.changes:
        return diff
    parsed = [parse_path(p) for p in patterns]
    detailed = dict(diff.detailed or {}) or {
        key: {"diffKind": "update", "inputDiff": True} for key in diff.diffs
    }
    forced = False
    for path, entry in detailed.items():
        if any(matches(p, parse_path(path)) for p in parsed):
            kind = entry["diffKind"].removesuffix("-replace")
            detailed[path] = {**entry, "diffKind": f"{kind}-replace"}
            forced = True
    named = [key for key in diff.diffs if any(matches(p, [key]) for p in parsed)]
    replaces = list(dict.fromkeys([*diff.replaces, *named]))
    first = diff.delete_before_replace
    return Diff(True, replaces, diff.diffs, detailed, first, forced)


def structural_diff(old: Properties, new: Properties) -> Diff:
    """For components, and where a provider does not know: are the inputs equal?"""
    keys = sorted(
        k
        for k in {**old, **new}
        if reveal(old.get(k)) != reveal(new.get(k)) or (k in old) != (k in new)
    )
    return Diff(bool(keys), diffs=keys)


# ---- steps


def component_steps(old: Resource | None, new: Resource) -> list[Step]:
    """A component has no provider: its inputs are compared as they are."""
    new.inputs = plain(new.inputs)
    if old is None:
        return create_steps(new)
    diff = structural_diff(old.inputs, new.inputs)
    return update_steps(old, new, diff) if diff.changes else same_steps(old, new)


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
        return [create, replace]
    delete = Step("delete-replaced", old.urn, old, None, logical=False, pending_replace=True)
    return [delete, replace, create]


def recreate_steps(old: Resource, new: Resource, keys: list[str]) -> list[Step]:
    """For a resource whose old half is gone already (deleted first, or external before)."""
    return [
        Step("replace", new.urn, old, new),
        Step("create-replacement", new.urn, old, new, keys, logical=False),
    ]


def delete_step(old: Resource) -> Step:
    if old.delete:
        return Step("delete-replaced", old.urn, old, None, logical=False)
    if old.pendingReplacement:
        return Step("remove-pending-replace", old.urn, old, None, logical=False)
    if old.external:
        return Step("discard", old.urn, old, None)
    return Step("delete", old.urn, old, None)


def delete_steps(olds: Sequence[Resource], kept: Callable[[Resource], bool]) -> list[Step]:
    """Deletes of all that the program no longer wants, dependents first."""
    return [delete_step(old) for old in reversed(olds) if not kept(old)]


def blockers(steps: Sequence[Step]) -> dict[int, set[int]]:
    """For each delete (by position) the deletes that must have ended before it starts."""
    where: dict[str, list[int]] = {}
    for index, step in enumerate(steps):
        where.setdefault(step.urn, []).append(index)
    waits: dict[int, set[int]] = {index: set() for index in range(len(steps))}
    for index, step in enumerate(steps):
        for urn in step.resource.needs():
            for needed in where.get(urn, ()):
                # Positions rise from dependents to what they need: nothing waits in a circle.
                if needed > index:
                    waits[needed].add(index)
    return waits
