"""What the stack uses and somebody else owns: what controls can't judge of it, and who answers."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.graph import Graph
from infra.policy.model import Control, Resource

_DATABASE_ROOM = "aws:docdb/"


def owner_elsewhere(control: Control, graph: Graph) -> str:
    """Why a control without a subject says nothing, where its subject is somebody else's.

    Empty where the stack simply has nothing of the kind.
    """
    for vpc in graph.of(types.ADOPTED_VPC):
        if types.VPC in control.subjects:
            return f"{_named(vpc)} is adopted: its owner answers for it, and nothing of it is seen"
    for database in graph.of(types.EXTERNAL_DATABASE):
        if all(each.startswith(_DATABASE_ROOM) for each in control.subjects):
            return f"the database {database.get('host')} is external: its operator answers for it"
    return ""


def notes_of(graph: Graph) -> Iterator[str]:
    """What a reader of the report must know: what nobody judged, and who should."""
    for vpc in graph.of(types.ADOPTED_VPC):
        yield (
            f"{_named(vpc)} is adopted and was not judged: its flow logs (A16), default group "
            "(A17), endpoints that this stack did not make (A22, B07) and NAT gateways (A23) are "
            "its owner's; its subnets were judged by what AWS said of them at the last run"
        )
    for database in graph.of(types.EXTERNAL_DATABASE):
        yield (
            f"the database {database.get('host')} is external and was not judged: encryption, "
            "audit, backups, deletion protection and alarms (A29 to A32, A34 to A36, A59, B12) are "
            "its operator's"
        )


def _named(vpc: Resource) -> str:
    return f"the VPC {vpc.get('identifier')}"
