"""Misconfigurations of a graph, one at a time, made without looking at the controls.

Every mutant comes from a rule about values, not from a control: each boolean is turned round, each
property is taken away, each guard is dropped, what has a weak value gets it, each way in is
widened, each policy allows more. What is no misconfiguration at all (a backup window, another
name) is listed in `neutral.py` with the reason, and is not made.

`python -m tests.infra.policy.mutants` prints the misses by name; `make soak` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.policy.controls import CONTROLS
from infra.policy.graph import Graph
from infra.policy.judging import judge, violations_of
from infra.policy.model import Profile, Resource
from tests.infra.policy.editing import Edit, cut, drop, option, put, short
from tests.infra.policy.neutral import GUARDS, NEVER, NOT_REMOVED, SAFER_TRUE, WEAK, WEAK_PARAMETERS
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration, with_pipeline

SHARE = 0.95
COMPLETE = "the complete stack"
PIPED = "production with a pipeline, profile cluster"


@dataclass(frozen=True)
class Mutant:
    """One change. `kind` is the rule that made it."""

    kind: str
    name: str
    edit: Edit


def mutants(graph: Graph) -> Iterator[Mutant]:
    """Every single misconfiguration of the graph's AWS resources, in a fixed order.

    Each tag is taken from one resource alone: taking them from all would make most of the mutants.
    """
    tagged = False
    for each in graph.resources:
        if each.type.startswith("aws:"):
            yield from (m for m in _of(each) if not (tagged and ".tags." in m.name))
            tagged = tagged or "tags" in each.properties


def _of(resource: Resource) -> Iterator[Mutant]:
    name = short(resource)
    type_ = resource.type.rpartition(":")[2]
    if type_ in GUARDS:
        yield Mutant("dropped", name, drop(name))
    if resource.options.protect:
        yield Mutant("unprotected", name, option(name, protect=False))
    for path, value in _paths(resource.properties):
        words = ".".join(word for word in path.split(".") if not word.isdigit())
        if any(_is_listed(type_, words, reason) for reason in NEVER):
            continue
        if value is not None and not any(_is_listed(type_, words, why) for why in NOT_REMOVED):
            yield Mutant("removed", f"{name}.{path}", cut(name, path))
        for kind, wrong in _weaker(resource, type_, path, words, value):
            yield Mutant(kind, f"{name}.{path} = {_shown(wrong)}", put(name, path, wrong))
        if words.endswith(("policy", "assumeRolePolicy")) and isinstance(value, str):
            for what, wider in _wider(value):
                yield Mutant("widened", f"{name}.{path}: {what}", put(name, path, wider))


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property with its path, blocks as well as what is in them."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            below = f"{path}.{key}" if path else str(key)
            yield below, item
            yield from _paths(item, below)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, Mapping):
                yield from _paths(item, f"{path}.{place}")


def _is_listed(type_: str, words: str, listed: Mapping[str, tuple[str, ...]]) -> bool:
    return any(
        words == neutral or words.startswith(f"{neutral}.")
        for neutral in (*listed.get("*", ()), *listed.get(type_, ()))
    )


def _weak_values(resource: Resource, type_: str, path: str, words: str) -> tuple[object, ...]:
    if words == "parameters.value":
        parameter = resource.get("parameters")[int(path.split(".")[1])]["name"]
        weak = WEAK_PARAMETERS.get(parameter)
        return () if weak is None else (weak,)
    ends = [words.split(".", place)[-1] for place in range(words.count(".") + 1)]
    return next((WEAK[k] for end in ends for k in ((type_, end), ("*", end)) if k in WEAK), ())


def _weaker(
    resource: Resource, type_: str, path: str, words: str, value: Any
) -> Iterator[tuple[str, Any]]:
    for wrong in _weak_values(resource, type_, path, words):
        if wrong != value:
            yield "weakened", wrong
    if isinstance(value, bool):
        if value or words.rpartition(".")[2] not in SAFER_TRUE:
            yield "turned round", not value
    elif isinstance(value, str) and value in ("true", "false"):
        yield "turned round", "false" if value == "true" else "true"


def _wider(text: str) -> Iterator[tuple[str, str]]:
    """The policy with everybody, everything and everywhere, in every statement that allows.

    Each comes with what was done to which statement.
    """
    document = json.loads(text)
    listed = document.get("Statement", [])
    for place, statement in enumerate(listed):
        sid = statement.get("Sid", f"statement {place}")
        for key in ("Principal", "Action", "Resource", "Condition"):
            if key not in statement or statement.get("Effect") != "Allow":
                continue
            wide = {k: v for k, v in statement.items() if k != "Condition" or key != "Condition"}
            if key != "Condition":
                wide |= {key: "*"}
            # In a key's policy kms:* is everything, and * is the key itself.
            same = statement.get(key) == ["*"]
            if (
                wide != statement
                and not same
                and not (key == "Action" and statement["Action"] == "kms:*")
            ):
                changed = [*listed[:place], wide, *listed[place + 1 :]]
                did = "without Condition" if key == "Condition" else f"{key} *"
                yield f"{sid} {did}", json.dumps({**document, "Statement": changed})
        if statement.get("Effect") == "Deny":
            rest = [*listed[:place], *listed[place + 1 :]]
            yield f"without {sid}", json.dumps({**document, "Statement": rest})


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class Tally:
    """What became of the mutants of one graph."""

    caught: tuple[Mutant, ...]
    missed: tuple[Mutant, ...]

    @property
    def share(self) -> float:
        return len(self.caught) / (len(self.caught) + len(self.missed))

    def lines(self, title: str) -> list[str]:
        kinds = sorted({m.kind for m in (*self.caught, *self.missed)})
        rows = [
            f"  {kind}: {sum(m.kind == kind for m in self.caught)} caught, "
            f"{sum(m.kind == kind for m in self.missed)} missed"
            for kind in kinds
        ]
        total = len(self.caught) + len(self.missed)
        head = f"{title}: {len(self.caught)} of {total} mutants caught ({100 * self.share:.1f} %)"
        return [head, *rows, *(f"  missed ({m.kind}): {m.name}" for m in self.missed)]


def run(graph: Graph, profile: Profile) -> Tally:
    """A mutant is caught where some control says something that it didn't say before."""
    before = set(judge(graph, profile).violations)
    known = {id(resource) for resource in graph.resources}
    caught: list[Mutant] = []
    missed: list[Mutant] = []
    # One control that speaks is enough. What caught one mutant often catches the next.
    controls = list(CONTROLS)
    for mutant in mutants(graph):
        changed = mutant.edit(graph)
        touched = Graph(each for each in changed.resources if id(each) not in known)
        spoke = next(
            (
                control
                for control in controls
                # Who judges each resource by itself has said all there is of the others.
                if set(violations_of(control, touched if control.alone else changed, profile))
                - before
            ),
            None,
        )
        if spoke is None:
            missed.append(mutant)
        else:
            caught.append(mutant)
            controls.remove(spoke)
            controls.insert(0, spoke)
    return Tally(tuple(caught), tuple(missed))


# What is judged: title to compute profile.
STACKS = {
    "production as recorded, profile host": "host",
    "production as recorded, profile cluster": "cluster",
    PIPED: "cluster",
    COMPLETE: "cluster",
}


@cache
def graph_of(title: str) -> Graph:
    if title == COMPLETE:
        return whole_graph()
    configured = stack_configuration("prod", STACKS[title])
    piped = with_pipeline(configured) if title == PIPED else configured
    return graph_of_recording(run_program("prod", piped))


def main() -> int:
    held = True
    for title, compute in STACKS.items():
        tally = run(graph_of(title), profile(compute=compute))
        print("\n".join(tally.lines(title)))
        held = held and tally.share >= SHARE
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
