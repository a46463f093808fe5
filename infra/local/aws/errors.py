"""Errors on the wire: gRPC codes, and the detail that says a resource exists but is not right."""

from __future__ import annotations

from typing import NoReturn

import grpc
from google.protobuf import any_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws.codec import Properties, dump
from infra.local.aws.spec import AwsError


def abort_refused(context: grpc.ServicerContext, error: AwsError) -> NoReturn:
    """A deliberate refusal: a clean failure, after which the engine knows that nothing happened."""
    code = grpc.StatusCode.FAILED_PRECONDITION if error.state else grpc.StatusCode.INVALID_ARGUMENT
    context.abort(code, str(error))


def abort_half_made(
    context: grpc.ServicerContext,
    identity: str,
    outputs: Properties,
    inputs: Properties,
    reason: str,
) -> NoReturn:
    """The resource exists and is not as it should be; the next update mends it."""
    detail = pb.ErrorResourceInitFailed(
        id=identity, properties=dump(outputs), inputs=dump(inputs), reasons=[reason]
    )
    packed = any_pb2.Any()
    packed.Pack(detail)
    code: int = grpc.StatusCode.UNKNOWN.value[0]
    status = status_pb2.Status(code=code, message=reason, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
