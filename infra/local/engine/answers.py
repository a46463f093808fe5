"""What providers answer to Check and Diff, as the engine's own values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine import protocol
from infra.local.engine.planner import Diff
from infra.local.engine.values import Properties, decode

if TYPE_CHECKING:
    from pulumi.runtime.proto import provider_pb2

type Failures = list[tuple[str, str]]
"""(property, reason) of each refusal."""


def checked(answer: provider_pb2.CheckResponse) -> tuple[Properties, Failures]:
    return decode(answer.inputs), [(f.property, f.reason) for f in answer.failures]


_KINDS = ("add", "add-replace", "delete", "delete-replace", "update", "update-replace")


def diff_of(answer: provider_pb2.DiffResponse) -> Diff:
    detailed = None
    if answer.hasDetailedDiff:
        detailed = {
            path: {"diffKind": _KINDS[entry.kind], "inputDiff": entry.inputDiff}
            for path, entry in answer.detailedDiff.items()
        }
    response = protocol.provider_pb2.DiffResponse
    changes = {response.DIFF_NONE: False, response.DIFF_SOME: True}.get(answer.changes)
    if changes is None and (answer.replaces or answer.diffs):
        changes = True
    replaces, diffs = list(answer.replaces), list(answer.diffs)
    return Diff(changes, replaces, diffs, detailed, answer.deleteBeforeReplace)
