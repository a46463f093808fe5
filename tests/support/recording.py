"""Runs the whole Pulumi program on the SDK's mocks and records its graph, options included.

The SDK's own mocks let two resources with one URN pass, know no options, and write wrong URNs
(facts of the SDK; see `MockMonitor.make_urn`). This monitor records every registration as the
engine would see it; `tests/support/graph_rules.py` says what a graph may not be.
"""

from __future__ import annotations

import asyncio
import runpy
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.mocks import MockEngine, MockMonitor, Mocks, MockSettings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

from tests.support.outputs import computed_outputs

ROOT = Path(__file__).parents[2]
STACK_TYPE = "pulumi:pulumi:Stack"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PROJECT = "gacp"
RUN_SECONDS = 120
SDK_MODULES = (
    *("autoscaling", "backup", "budgets", "ebs", "ssm"),
    *("acm", "cloudwatch", "docdb", "ec2", "ecr", "elasticache", "iam", "kms", "route53", "s3"),
    *("eks", "lb", "secretsmanager", "sns", "sqs", "vpc"),
)


class Secret(str):
    """A recorded text that the program marked secret. Its own repr never shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Registered:
    """One registration as the engine gets it. Property names are camelCase."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    protect: bool = False
    retain_on_delete: bool = False
    depends_on: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass
class Graph:
    """Everything that one run registered, in an order that doesn't depend on timing."""

    stack: str
    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)

    def of_type(self, token: str) -> list[Registered]:
        """Resources whose type ends with `token`, such as `docdb/cluster:Cluster`."""
        return [each for each in self.resources if each.type.endswith(token)]

    def one(self, token: str, name: str | None = None) -> Registered:
        """The only such resource; fails by name if there is none or more than one."""
        found = [each for each in self.of_type(token) if name in (None, each.name)]
        assert len(found) == 1, f"{len(found)} of {token} {name or ''}: {[f.name for f in found]}"
        return found[0]

    @property
    def custom(self) -> list[Registered]:
        return [each for each in self.resources if each.custom]

    @property
    def components(self) -> list[Registered]:
        return [each for each in self.resources if not each.custom]


class _NoMocks(Mocks):
    def call(self, args):
        raise AssertionError(f"the program calls {args.token}: it needs no data source")

    def new_resource(self, args):
        raise AssertionError("the recording monitor answers registrations itself")


class RecordingMonitor(MockMonitor):
    """Records registrations; in a dry run nothing that AWS computes is known."""

    def __init__(self, stack: str, dry_run: bool) -> None:
        super().__init__(_NoMocks())
        self.graph = Graph(stack)
        self._stack, self._dry_run = stack, dry_run
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else ""
        qualified = f"{chain}${type_}" if chain and chain != STACK_TYPE else type_
        return f"urn:pulumi:{self._stack}::{PROJECT}::{qualified}::{name}"

    def RegisterResource(self, request):
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = plain(json_format.MessageToDict(request.object))
        with self._lock:
            self.graph.resources.append(
                Registered(
                    urn=urn,
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    custom=request.custom,
                    inputs=inputs,
                    protect=bool(request.protect),
                    retain_on_delete=bool(request.retainOnDelete),
                    depends_on=tuple(sorted(request.dependencies)),
                    property_dependencies={
                        key: tuple(sorted(value.urns))
                        for key, value in sorted(request.propertyDependencies.items())
                    },
                    ignore_changes=tuple(request.ignoreChanges),
                    aliases=tuple(spec.urn or spec.spec.name for spec in request.aliases),
                )
            )
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        answer = struct_pb2.Struct()
        answer.CopyFrom(request.object)
        if self._dry_run:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=answer)
        computed = computed_outputs(request.type, request.name, inputs)
        answer.update({key: value for key, value in computed.items() if key != "id"})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=str(computed["id"]), object=answer)

    def RegisterResourceOutputs(self, request):
        if request.urn.split("::")[2] == STACK_TYPE:
            self.graph.outputs = plain(json_format.MessageToDict(request.outputs))
        return super().RegisterResourceOutputs(request)


class _RecordingEngine(MockEngine):
    def __init__(self, graph: Graph) -> None:
        super().__init__(None)
        self._graph = graph
        self._root = ""

    def Log(self, request):
        if request.severity >= 2:  # warnings and errors
            self._graph.logs.append(request.message)


def run_program(
    stack: str,
    config: Mapping[str, object],
    program: Callable[[], None] | None = None,
    dry_run: bool = False,
) -> Graph:
    """The graph of one run of `infra/` (or of `program`) with a stack file's `config`.

    Each run has a thread, an event loop and SDK settings of its own. Raises what the program
    raises.
    """
    load_sdk()
    monitor = RecordingMonitor(stack, dry_run)
    failures: list[BaseException] = []

    def run() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            _configure(stack, config, monitor, dry_run)
            chosen = program or (
                lambda: runpy.run_path(str(ROOT / "infra"), run_name="__main__") and None
            )
            loop.run_until_complete(run_in_stack(chosen))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread
            failures.append(error)
        finally:
            loop.close()
            asyncio.set_event_loop(None)

    thread = threading.Thread(target=run, name=f"program-{stack}")
    thread.start()
    thread.join(RUN_SECONDS)
    assert not thread.is_alive(), f"the program runs for more than {RUN_SECONDS} s"
    if failures:
        raise failures[0]
    monitor.graph.resources.sort(key=lambda each: each.urn)
    return monitor.graph


@cache
def load_sdk() -> None:
    """Import the modules of the AWS SDK that the program uses, once (2 to 3 s).

    They warn about renamed classes of their own while they are imported, and warnings are errors.
    """
    import pulumi_aws

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for module in SDK_MODULES:
            dir(getattr(pulumi_aws, module)._utilities)  # the first access imports the module


def _configure(stack, config, monitor: RecordingMonitor, dry_run: bool) -> None:
    features = set(monitor.GetDeploymentInfo(None).supportedFeatures)
    runtime_settings.configure(
        MockSettings(
            monitor=monitor,
            monitor_features=features,
            engine=_RecordingEngine(monitor.graph),
            project=PROJECT,
            stack=stack,
            dry_run=dry_run,
            organization="organization",
            callbacks=None,
        )
    )
    runtime_settings.set_root_resource(None)
    pulumi.runtime.set_all_config(dict(config), [])


def plain(value: Any) -> Any:
    """A decoded protocol value: whole numbers as ints, secrets as `Secret`."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return Secret(plain(value["value"]))
        return {key: plain(item) for key, item in value.items()}
    return value
