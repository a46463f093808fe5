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
from pulumi.runtime.proto import provider_pb2, resource_pb2
from pulumi.runtime.stack import run_in_stack

from tests.support.outputs import computed_outputs
from tests.support.remembered import remembered

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


type Answer = Callable[[str, dict[str, Any]], Any]
PREFIX_LIST = "aws:ec2/getManagedPrefixList:getManagedPrefixList"


class _NoMocks(Mocks):
    def call(self, args):
        raise AssertionError("the recording monitor answers data sources itself")

    def new_resource(self, args):
        raise AssertionError("the recording monitor answers registrations itself")


class RecordingMonitor(MockMonitor):
    """Records registrations; in a dry run nothing that AWS computes is known."""

    def __init__(self, stack: str, dry_run: bool, answer: Answer | None = None) -> None:
        super().__init__(_NoMocks())
        self._answer = answer
        self.graph = Graph(stack)
        self._stack, self._dry_run = stack, dry_run
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        chain = parent.split("::")[2] if parent else ""
        qualified = f"{chain}${type_}" if chain and chain != STACK_TYPE else type_
        return f"urn:pulumi:{self._stack}::{PROJECT}::{qualified}::{name}"

    def Invoke(self, request):
        """What `answer` gives: properties, or a pair of none and the failures' reasons. Without it
        AWS's own prefix lists have an id; everything else is for the program to know itself.
        """
        asked = plain(json_format.MessageToDict(request.args))
        answer = resource_pb2.ResourceInvokeResponse()
        if self._answer is None:
            if request.tok != PREFIX_LIST:
                raise AssertionError(f"the program calls {request.tok}: it needs no data source")
            found: Any = {"id": "pl-0123456789abcdef0", "name": asked["name"]}
        else:
            found = self._answer(request.tok, asked)
        properties, reasons = found if isinstance(found, tuple) else (found, ())
        getattr(answer, "return").update(properties)
        answer.failures.extend(provider_pb2.CheckFailure(reason=each) for each in reasons)
        return answer

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
    anew: bool = False,
    answer: Answer | None = None,
) -> Graph:
    """The graph of `infra/` (or of `program`) with a stack file's `config`.

    The graph of `infra/` is recorded once a test run, or `anew` where a second run is the point.
    `answer` gives what a data source says, by its token and arguments; without it the program may
    call none. Raises what the program raises.
    """
    if program is not None or anew or answer is not None:
        return _record(stack, config, program, dry_run, answer)
    return remembered(stack, config, dry_run, lambda: _record(stack, config, None, dry_run))


def _record(
    stack: str,
    config: Mapping[str, object],
    program: Callable[[], None] | None,
    dry_run: bool,
    answer: Answer | None = None,
) -> Graph:
    """One run, with a thread, an event loop and SDK settings of its own."""
    load_sdk()
    monitor = RecordingMonitor(stack, dry_run, answer)
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
