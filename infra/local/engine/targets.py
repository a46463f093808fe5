"""Which resources an operation is about: --target, --exclude, --replace and their relatives.

The rules are those of the CLI's step generator (`pkg/resource/deploy/step_generator.go`). Pure:
no provider, no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError
from infra.local.engine.state import STACK_TYPE, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.engine.arguments import Arguments

NOT_FOUND = "Target '{urn}' could not be found in the stack."
# An unquoted `$` of a child's type is taken by the shell for a variable.
NOT_FOUND_HINT = " Did you forget to escape $ in your shell?"
NEEDS_SKIPPED = (
    "Resource '{urn}' depends on '{needed}' which was was not specified in --target list."
)
WOULD_DELETE = (
    "Resource '{urn}' will be destroyed but was not specified in --target list.\n"
    "Either include resource in --target list or pass --target-dependents to proceed."
)


class Urns:
    """URNs and patterns: `*` stands for anything without a colon, `**` for anything."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self.literals: list[str] = []
        self._patterns: list[re.Pattern[str]] = []
        for text in given:
            if "*" in text:
                self._patterns.append(_pattern(text))
            else:
                self.literals.append(text)

    def __bool__(self) -> bool:
        return bool(self.literals or self._patterns)

    def __contains__(self, urn: str) -> bool:
        return urn in self.literals or any(p.match(urn) for p in self._patterns)

    def missing(self, known: Iterable[str]) -> list[str]:
        """Why each URN that nothing answers to is refused. A pattern may match nothing."""
        there = set(known)
        return [
            NOT_FOUND.format(urn=urn) + ("" if "$" in urn else NOT_FOUND_HINT)
            for urn in self.literals
            if urn not in there
        ]


def _pattern(text: str) -> re.Pattern[str]:
    parts = ("[^:]*".join(map(re.escape, part.split("*"))) for part in text.split("**"))
    return re.compile(f"^{'.*'.join(parts)}$")


@dataclass(frozen=True)
class Choice:
    """What the flags say. Targets win over excludes, as in the CLI."""

    targets: Urns = field(default_factory=Urns)
    excludes: Urns = field(default_factory=Urns)
    replaces: Urns = field(default_factory=Urns)
    target_dependents: bool = False
    exclude_dependents: bool = False

    @property
    def all(self) -> bool:
        """Whether nothing is left out."""
        return not self.targets and not self.excludes

    def to_refresh(self, olds: Sequence[Resource]) -> list[Resource]:
        """What a refresh is about, in the order of the state."""
        if self.all:
            return list(olds)
        named, dependents = (
            (self.targets, self.target_dependents)
            if self.targets
            else (self.excludes, self.exclude_dependents)
        )
        found: set[str] = set()
        for old in olds:  # needs come first
            parents = {old.parent, old.deletedWith, *old.dependencies}
            parents.update(*old.propertyDependencies.values())
            if old.urn in named or (dependents and any(u in named or u in found for u in parents)):
                found.add(old.urn)
        return [old for old in olds if (old.urn in found) == bool(self.targets)]


def chosen(arguments: Arguments) -> Choice:
    """The choice that a command line makes. Raises EngineError for flags that exclude each
    other."""
    targets, excludes = arguments.many("target"), arguments.many("exclude")
    both = arguments.many("target-replace")
    if excludes and (targets or both):
        raise EngineError("--target and --exclude can't be given together: choose one")
    return Choice(
        Urns([*targets, *both]),
        Urns(excludes),
        Urns([*arguments.many("replace"), *both]),
        arguments.on("target-dependents"),
        arguments.on("exclude-dependents"),
    )


class Selection:
    """A choice while a deployment runs: dependents are found as they are registered.

    `skipped` are the URNs that the program wants, that there are none of, and that the choice
    leaves out.
    """

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.skipped: set[str] = set()
        self.left_out: set[str] = set()
        """All that were ever `skipped`, also those that were told."""
        self._reached: set[str] = set()

    def includes(self, resource: Resource) -> bool:
        """Whether the operation is about this resource. Providers and the Stack always belong."""
        choice = self.choice
        if choice.all:
            return True
        implied = resource.is_provider or resource.type == STACK_TYPE
        if choice.targets:
            # Dependents of this one are asked about later: what is needed comes first.
            chosen = self._named(resource, choice.targets, choice.target_dependents)
            return chosen or implied
        return implied or not self._named(resource, choice.excludes, choice.exclude_dependents)

    def _named(self, resource: Resource, urns: Urns, dependents: bool) -> bool:
        found = resource.urn in urns or (
            dependents and any(urn in urns or urn in self._reached for urn in resource.needs())
        )
        if found:
            self._reached.add(resource.urn)
        return found

    def skip(self, urn: str) -> None:
        self.skipped.add(urn)
        self.left_out.add(urn)

    def missed_needs(self, resource: Resource) -> list[str]:
        """Why a resource can't be made: it needs what is skipped. Each is told once."""
        if not self.choice.targets and not self.choice.replaces:
            return []
        needed = sorted(self.skipped.intersection(resource.needs()))
        self.skipped.difference_update(needed)
        return [NEEDS_SKIPPED.format(urn=resource.urn, needed=urn) for urn in needed]

    # ---- deletes

    def may_delete(self, olds: Sequence[Resource]) -> set[str]:
        """URNs of the old state that may go; with targets what depends on them too."""
        if self.choice.targets:
            return closure(olds, self.choice.targets, dependents=True)
        urns = {old.urn for old in olds}
        if self.choice.excludes:
            return urns - closure(
                olds, self.choice.excludes, needs=True, dependents=self.choice.exclude_dependents
            )
        return urns

    def unasked(self, urns: Iterable[str]) -> list[tuple[str, str]]:
        """(URN, why it is refused) for deletes that no flag asked for."""
        if not self.choice.targets or self.choice.target_dependents:
            return []
        return [
            (urn, WOULD_DELETE.format(urn=urn)) for urn in urns if urn not in self.choice.targets
        ]


def closure(
    olds: Sequence[Resource], seeds: Urns, *, needs: bool = False, dependents: bool = False
) -> set[str]:
    """The seeds, and what they need and what depends on them, directly or not."""
    edges: dict[str, set[str]] = {old.urn: set() for old in olds}
    for old in olds:
        for urn in old.needs():
            if needs:
                edges[old.urn].add(urn)
            if dependents:
                edges.setdefault(urn, set()).add(old.urn)
    found: set[str] = set()
    frontier = [old.urn for old in olds if old.urn in seeds]
    while frontier:
        urn = frontier.pop()
        if urn not in found:
            found.add(urn)
            frontier += edges.get(urn, ())
    return found


def protected_with_needs(olds: Sequence[Resource]) -> list[str]:
    """URNs that --exclude-protected leaves: protected resources and all that these need."""
    protected = Urns(old.urn for old in olds if old.protect)
    return sorted(closure(olds, protected, needs=True)) if protected else []
