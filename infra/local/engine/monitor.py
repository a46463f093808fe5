"""The ResourceMonitor service: what a program registers, reads and asks."""

# The names and arguments of servicer methods are gRPC's.
# ruff: noqa: N802, ARG002

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import empty_pb2

from infra.local.engine import protocol
from infra.local.engine.client import ProviderError
from infra.local.engine.errors import EngineError, StoppedError, UnfinishedError
from infra.local.engine.goals import Translator, refused
from infra.local.engine.values import UNKNOWN, Properties, decode, encode, reveal

if TYPE_CHECKING:
    from google.protobuf import struct_pb2
    from pulumi.runtime.proto import resource_pb2

    from infra.local.engine.deployment import Deployment
    from infra.local.engine.project import Configuration, Project

_FEATURES = (
    "SECRETS",
    "RESOURCE_REFERENCES",
    "OUTPUT_VALUES",
    "ALIAS_SPECS",
    "DELETED_WITH",
    "INVOKE_DEPENDS_ON",
)
_NAMES = {"secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"}


def _stop(context: grpc.ServicerContext, text: str) -> NoReturn:
    """The SDK ends the program quietly when the monitor is unavailable."""
    context.abort(grpc.StatusCode.UNAVAILABLE, text)
    raise AssertionError(text)


class Monitor(protocol.resource_pb2_grpc.ResourceMonitorServicer):
    """Translates calls of the program into goals of the deployment."""

    def __init__(self, deployment: Deployment, config: Configuration, project: Project) -> None:
        self._deployment = deployment
        self._config = config
        self._translator = Translator(
            (deployment.stack, deployment.project),
            project.root,
            deployment.world.registered,
            deployment.identities.old_urn,
        )

    def GetDeploymentInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> resource_pb2.DeploymentInfo:
        options = self._deployment.options
        return protocol.resource_pb2.DeploymentInfo(
            project=self._deployment.project,
            stack=self._deployment.stack,
            organization="organization",
            configSecretKeys=sorted(self._config.secret_keys),
            dryRun=options.dry_run,
            parallel=options.parallel,
            supportedFeatures=[
                getattr(protocol.resource_pb2, f"RESOURCE_MONITOR_FEATURE_{name}")
                for name in _FEATURES
            ],
        )

    def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        return protocol.resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _NAMES)

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        try:
            if text := refused(request):
                raise self._deployment.fail(text)
            new = self._deployment.register(self._translator.goal(request))
        except StoppedError as error:
            _stop(context, str(error))
        except UnfinishedError:
            return protocol.resource_pb2.RegisterResourceResponse(
                urn=self._translator.goal(request).new.urn, result=protocol.resource_pb2.FAIL
            )
        # A component's outputs may speak of resources that are not registered yet.
        outputs = new.outputs if new.custom else {}
        return protocol.resource_pb2.RegisterResourceResponse(
            urn=new.urn,
            id="" if new.id == UNKNOWN else new.id,
            object=self._answer(outputs, request.acceptSecrets),
            unknown=new.urn in self._deployment.selection.left_out,
        )

    def _answer(self, outputs: Properties, secrets: bool) -> struct_pb2.Struct:
        return encode(outputs if secrets else reveal(outputs))

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        try:
            self._deployment.outputs.register(request.urn, decode(request.outputs))
        except StoppedError as error:
            _stop(context, str(error))
        except EngineError as error:  # the state can't be written
            _stop(context, str(self._deployment.fail(str(error), request.urn)))
        return empty_pb2.Empty()

    def ReadResource(
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ReadResourceResponse:
        new, aliases = self._translator.read(request)
        try:
            with contextlib.suppress(UnfinishedError):
                self._deployment.read(new, aliases)
        except StoppedError as error:
            _stop(context, str(error))
        return protocol.resource_pb2.ReadResourceResponse(
            urn=new.urn, properties=self._answer(new.outputs, request.acceptSecrets)
        )

    def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> Any:
        response = protocol.resource_pb2.ResourceInvokeResponse
        if self._deployment.options.dry_run and self._deployment.is_pending(
            list(request.dependsOn)
        ):
            return response(unknown=True)
        try:
            answer, failures = self._deployment.invoke(
                request.tok, decode(request.args), request.provider, request.version
            )
        except StoppedError as error:
            _stop(context, str(error))
        except (ProviderError, EngineError) as error:
            text = f"invocation of {request.tok} returned an error: {error}"
            context.abort(grpc.StatusCode.UNKNOWN, text)
            raise AssertionError(text) from error
        if answer is None:
            return response(unknown=True)
        result = response(
            failures=[
                protocol.provider_pb2.CheckFailure(property=key, reason=reason)
                for key, reason in failures
            ]
        )
        # `return` is a word of Python: the field is reached by name.
        getattr(result, "return").CopyFrom(encode(answer))
        return result

    def SignalAndWaitForShutdown(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        return empty_pb2.Empty()
