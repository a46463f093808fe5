"""Which old resource a registration continues: the one of its URN, else of an alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from infra.local.engine.comparing import World
    from infra.local.engine.state import Resource


class Identities:
    """`taken` are the old resources that registrations continue, `new_urn` and `old_urn` the names
    of those that were renamed (`step_generator.go`, getOldResource)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.taken: set[Resource] = set()
        self.new_urn: dict[str, str] = {}
        self.old_urn: dict[str, str] = {}

    def enter(self, new: Resource, aliases: tuple[str, ...]) -> tuple[Resource | None, str]:
        """Notes the registration; gives the old resource, and why it may not have it (or "").
        Raises EngineError."""
        world = self._world
        if new.urn in world.registered:
            raise EngineError(f"Duplicate resource URN '{new.urn}'; try giving it a unique name")
        if new.parent and new.parent not in world.registered:
            raise EngineError(f"could not find parent resource {new.parent}")
        conflict = ""
        if new.urn in self.new_urn:
            conflict = (
                f"Duplicate resource URN '{new.urn}' conflicting with alias on resource with URN "
                f"'{self.new_urn[new.urn]}'"
            )
        world.registered[new.urn] = new
        for urn in (new.urn, *aliases):
            old = world.olds.get(urn)
            if old is None:
                continue
            if urn != new.urn:
                conflict = conflict or self._claimed(urn, new.urn)
                self.new_urn[urn] = new.urn
                self.old_urn[new.urn] = urn
            self.taken.add(old)
            return old, conflict
        return None, conflict

    def _claimed(self, alias: str, urn: str) -> str:
        """Why an old name can't be taken over: somebody else goes by it, or took it."""
        other = urn if alias in self._world.registered else self.new_urn.get(alias)
        if other is None:
            return ""
        return (
            f"Duplicate resource alias '{alias}' applied to resource with URN '{urn}' conflicting "
            f"with resource with URN '{other}'"
        )
