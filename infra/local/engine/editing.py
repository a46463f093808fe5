"""state delete, protect, unprotect: change the record alone, never a resource."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from infra.local.engine.arguments import ON_A_STACK, SWITCH, parse
from infra.local.engine.errors import EngineError
from infra.local.engine.session import open_session
from infra.local.engine.store import Keeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.engine.arguments import Arguments
    from infra.local.engine.state import Resource

_FLAGS = {**ON_A_STACK, "yes": SWITCH, "force": SWITCH, "all": SWITCH, "target-dependents": SWITCH}
_HINT = (
    "To list the resource URNs in the stack, run `pulumi stack --show-urns`; to inspect the full "
    "state, run `pulumi stack export`."
)
_WORDS = {"delete": "delete", "remove": "delete", "rm": "delete"}


def state(argv: list[str]) -> int:
    given = parse(argv, _FLAGS, "state")
    word, urns = (given.words or [""])[0], given.words[1:]
    word = _WORDS.get(word, word)
    if word not in ("delete", "protect", "unprotect"):
        raise EngineError(
            f"unknown command `state {word}`: the local engine offers delete, protect, unprotect"
        )
    if not urns and not given.on("all"):
        raise EngineError(f"state {word} needs a resource URN, or --all")
    if urns and given.on("all") and word == "delete":
        raise EngineError("cannot specify a resource URN when deleting all resources")
    session = open_session(given)
    with session.locked():
        keeper = Keeper(session.backend, session.stack)
        snapshot = session.snapshot(keeper)
        resources = snapshot.resources()
        if word == "delete":
            chosen = resources if given.on("all") else [_one(resources, urn) for urn in urns]
            for resource in _to_delete(resources, chosen, given):
                snapshot.end(None, drop=resource)
        else:
            chosen = _alive(resources, None if given.on("all") else urns)
            for resource in chosen:
                resource.protect = word == "protect"
                snapshot.end(None, changed=resource)
        keeper.write(snapshot)
    sys.stdout.write(_said(word, len(set(chosen)), given.on("all")))
    return 0


def _said(word: str, count: int, everything: bool) -> str:
    if word != "delete":
        return f"{'All' if everything else count} resources {word}ed\n"
    if everything:
        return "Resources deleted\n"
    return "Resource deleted\n" if count == 1 else f"{count} resources deleted\n"


def _one(resources: Sequence[Resource], urn: str) -> Resource:
    found = [r for r in resources if r.urn == urn]
    if not found:
        raise EngineError(f'No such resource "{urn}" exists in the current state\n{_HINT}')
    if len(found) > 1:
        ids = "".join(f"  {r.id}\n" for r in found)
        raise EngineError(
            f"Resource URN ambiguously referred to multiple resources. Did you mean:\n{ids}"
        )
    return found[0]


def _alive(resources: Sequence[Resource], urns: Sequence[str] | None) -> list[Resource]:
    """Those of the URNs (None: all) that are not about to be deleted."""
    there = {r.urn: r for r in resources if not r.delete}
    missing = [urn for urn in urns or () if urn not in there]
    if missing:
        lines = [f'No such resource "{u}" exists in the current state\n{_HINT}' for u in missing]
        raise EngineError("\n".join(lines))
    return [there[urn] for urn in (there if urns is None else urns)]


def _to_delete(
    resources: Sequence[Resource], chosen: Sequence[Resource], given: Arguments
) -> list[Resource]:
    """The chosen ones, dependents first, with what needs them where that is asked for. Raises
    EngineError where one is needed or protected."""
    left = list(resources)
    gone: list[Resource] = []
    for resource in sorted(set(chosen), key=resources.index, reverse=True):
        if resource not in left:
            continue
        _unprotected(resource, given)
        users = only_needing(left, resource)
        if users and not given.on("target-dependents"):
            lines = "".join(f' * "{u.name}" ({u.urn})\n' for u in users)
            raise EngineError(
                f"{resource.urn} can't be safely deleted because the following resources depend on "
                f"it:\n{lines}\nDelete those resources first or pass --target-dependents."
            )
        for one in (*users, resource):
            _unprotected(one, given)
            left.remove(one)
            gone.append(one)
    return gone


def _unprotected(resource: Resource, given: Arguments) -> None:
    if not resource.protect:
        return
    if not given.on("force"):
        raise EngineError(
            f"{resource.urn} can't be safely deleted because it is protected. Re-run this command "
            "with --force to force deletion"
        )
    text = f"warning: deleting protected resource {resource.urn} due to presence of --force\n"
    sys.stderr.write(text)
    resource.protect = False


def only_needing(resources: Sequence[Resource], root: Resource) -> list[Resource]:
    """What needs `root`, directly or not, and no other resource of the same URN would do for
    (`dependency_graph.go`, OnlyDependsOn)."""
    index = resources.index(root)
    going = {root.reference}
    urns = {root.urn}
    staying = {r.urn for r in resources[:index]}
    found: list[Resource] = []
    for resource in resources[index + 1 :]:
        needs = set(resource.needs()) - {resource.provider.rpartition("::")[0]}
        if resource.provider in going or (needs & urns) - staying:
            found.append(resource)
            going.add(resource.reference)
            urns.add(resource.urn)
        else:
            staying.add(resource.urn)
    return found
