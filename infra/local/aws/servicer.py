# ruff: noqa: N802, ARG002 - the protocol names the methods, and gives every one a request and a context
"""The provider on the wire: `pulumirpc.ResourceProvider`, synchronous, one thread a call."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws import breaking
from infra.local.aws.codec import dump, load
from infra.local.aws.config import config_failures, normalised, read_config
from infra.local.aws.endpoints import EndpointsError, read_endpoints
from infra.local.aws.errors import abort_refused
from infra.local.aws.faults import Fault, Faults, FaultsError
from infra.local.aws.functions import invoke
from infra.local.aws.lifecycle import Lifecycle
from infra.local.aws.realising import RealError
from infra.local.aws.requests import failures_of, name_of, naming_of, token_of
from infra.local.aws.spec import AwsError
from infra.local.aws.store import Store, StoreError
from infra.local.aws.table import TABLE
from infra.local.aws.unchecked import Unchecked

VERSION = "7.51.1"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says: where the record is, where the services are, what goes wrong."""

    store: Path
    endpoints: str | None = None
    faults: str | None = None
    patience: float = 20.0
    durable: bool = True
    record_unknown: bool = False
    exit: Callable[[int], Any] = field(default=os._exit)


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine. `Configure` opens the record; nothing before it touches a file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._faults = Faults(settings.faults)
        self._unchecked = Unchecked()
        self._life: Lifecycle | None = None

    def close(self) -> None:
        """Close the record."""
        if self._life:
            self._life.stopping.set()
            self._life.unfinished.settle()
            self._life.store.close()
            self._life = None

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext) -> Any:
        self._unchecked.engine_is_at(request.engine_address)
        return pb.ProviderHandshakeResponse(
            accept_secrets=True, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._unchecked.engine_is_at(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return pb.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": VERSION}))

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return pb.GetMappingResponse()

    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> Any:
        return pb.GetMappingsResponse()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The last call of a run, and the only one when it is broken off."""
        self._unchecked.list_all()
        if self._life:
            self._life.stopping.set()
            self._life.unfinished.settle()
        return empty_pb2.Empty()

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> Any:
        failures = config_failures(load(request.news))
        return pb.CheckResponse(inputs=request.news, failures=failures_of(failures))

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> Any:
        """A change of region moves everything: it replaces the provider and its resources."""
        old, new = normalised(load(request.old_inputs)), normalised(load(request.news))
        diffs = sorted(
            key
            for key in old.keys() | new.keys()
            if key != "version" and old.get(key) != new.get(key)
        )
        kind = pb.DiffResponse.DIFF_SOME if diffs else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(
            changes=kind, diffs=diffs, replaces=[key for key in diffs if key == "region"]
        )

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> Any:
        try:
            config = read_config(load(request.args), request.variables)
            endpoints = read_endpoints(self._settings.endpoints)
            self.close()
            self._life = Lifecycle(
                Store(self._settings.store, durable=self._settings.durable),
                config,
                endpoints,
                self._settings.patience,
                record_unknown=self._settings.record_unknown,
            )
            self._life.real.restore_all(self._life.making_of)
        except (ValueError, EndpointsError, StoreError, RealError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return pb.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> Any:
        with self._answering(context) as life:
            token, naming = token_of(request), naming_of(request)
            olds = load(request.olds) or life.unfinished.inputs(request.urn, token)
            checked = life.check(token, olds, load(request.news), naming)
            self._note(request)
            return pb.CheckResponse(
                inputs=dump(checked.inputs), failures=failures_of(checked.failures)
            )

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> Any:
        with self._answering(context) as life:
            olds = load(request.olds)
            life.unfinished.known(token_of(request), request.id, life.region_of(olds))
            found = life.diff(token_of(request), load(request.old_inputs), load(request.news), olds)
            detail = {
                change.path: pb.PropertyDiff(
                    kind=pb.PropertyDiff.Kind.Value(
                        change.change + ("_REPLACE" if change.replaces else "")
                    ),
                    inputDiff=change.in_inputs,
                )
                for change in found.changes
            }
            return pb.DiffResponse(
                changes=pb.DiffResponse.DIFF_SOME if detail else pb.DiffResponse.DIFF_NONE,
                replaces=found.replaces,
                diffs=found.diffs,
                detailedDiff=detail,
                hasDetailedDiff=bool(detail),
                deleteBeforeReplace=found.delete_first,
            )

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> Any:
        token, inputs = token_of(request), load(request.properties)
        with self._answering(context) as life:
            fault = None if request.preview else self._before(context, "create", token)
            identity, outputs = life.create(
                token, name_of(request), inputs, preview=request.preview, urn=request.urn
            )
            if not request.preview and breaking.is_told(context, fault):
                life.unfinished.told(token, identity, life.region_of(inputs))
            breaking.after(context, fault, self._settings.exit, (identity, outputs, inputs))
            return pb.CreateResponse(id=identity, properties=dump(outputs))

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> Any:
        token, inputs = token_of(request), load(request.news)
        with self._answering(context) as life:
            life.unfinished.known(token, request.id, life.region_of(inputs))
            fault = None if request.preview else self._before(context, "update", token)
            outputs = life.update(
                token,
                request.id,
                name_of(request),
                inputs,
                load(request.olds),
                preview=request.preview,
            )
            breaking.after(context, fault, self._settings.exit, (request.id, outputs, inputs))
            return pb.UpdateResponse(properties=dump(outputs))

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> Any:
        token = token_of(request)
        with self._answering(context) as life:
            region = life.region_of(load(request.properties) or load(request.inputs))
            life.unfinished.known(token, request.id, region)
            fault = self._before(context, "read", token)
            record = life.read(token, request.id, region)
            if record is None:
                return pb.ReadResponse()
            made = (record.id, record.outputs, record.inputs)
            self._note(request)
            breaking.after(context, fault, self._settings.exit, made)
            outputs, inputs = dump(record.outputs), dump(record.inputs)
            return pb.ReadResponse(id=record.id, properties=outputs, inputs=inputs)

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Any:
        token = token_of(request)
        with self._answering(context) as life:
            olds = load(request.properties)
            life.unfinished.known(token, request.id, life.region_of(olds))
            fault = self._before(context, "delete", token)
            life.delete(token, request.id, life.region_of(olds))
            made = (request.id, olds, load(request.old_inputs))
            self._note(request)
            breaking.after(context, fault, self._settings.exit, made)
            return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> Any:
        with self._answering(context) as life:
            result, failures = invoke(life, request.tok, load(request.args))
            return pb.InvokeResponse(**{"return": dump(result)}, failures=failures_of(failures))

    @contextmanager
    def _answering(self, context: grpc.ServicerContext) -> Generator[Lifecycle]:
        if self._life is None:
            context.abort(
                grpc.StatusCode.FAILED_PRECONDITION, "the provider has not been configured"
            )
        try:
            yield self._life
        except AwsError as error:
            abort_refused(context, error)
        except FaultsError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except RealError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))

    def _before(self, context: grpc.ServicerContext, call: str, token: str) -> Fault | None:
        fault = self._faults.of(call, token)
        if self._life is not None:
            breaking.before(context, fault, self._life.stopping, f"{call} of {token}")
        return fault

    def _note(self, request: Any) -> None:
        """A call about a type that the table does not know is told to the engine."""
        if token_of(request) not in TABLE:
            self._unchecked.saw(token_of(request), request.urn)
