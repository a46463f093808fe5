"""What a request says, and failures as messages."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws.checking import Naming, NamingMode
from infra.local.aws.spec import Failure


def token_of(request: Any) -> str:
    return request.type or request.urn.split("::")[2].split("$")[-1]


def name_of(request: Any) -> str:
    return request.name or request.urn.split("::")[-1]


def naming_of(request: pb.CheckRequest) -> Naming:
    if not request.HasField("autonaming"):
        return Naming(name_of(request), request.randomSeed)
    mode = list(NamingMode)[request.autonaming.mode]
    return Naming(name_of(request), request.randomSeed, mode, request.autonaming.proposed_name)


def failures_of(failures: Any) -> list[pb.CheckFailure]:
    found: list[Failure] = list(failures)
    return [pb.CheckFailure(property=failure.property, reason=failure.reason) for failure in found]
