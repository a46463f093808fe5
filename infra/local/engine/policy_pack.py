"""A policy pack: its process, and what it says of resources, with a deadline on each call."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from infra.local.engine import protocol
from infra.local.engine.errors import EngineError
from infra.local.engine.plugins import PluginProcess
from infra.local.engine.policy_config import LEVELS, Policy, Setting
from infra.local.engine.program import interpreter
from infra.local.engine.project import Configuration, Project, load_yaml
from infra.local.engine.secrets import environment_of_children
from infra.local.engine.values import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pulumi.runtime.proto import analyzer_pb2

CALL_SECONDS = 300
"""Deadline of every call, as of a provider's calls that change nothing."""

_KINDS = ("", "resource", "stack")
_SEVERITIES = ("", "low", "medium", "high", "critical")
_LABEL_LENGTH = 75


@dataclass(frozen=True)
class Place:
    """What a pack is told of the deployment that it judges."""

    project: Project
    stack: str
    config: Configuration
    dry_run: bool
    engine_address: str
    tell: Callable[[str, str], None]
    """Gets what the pack prints: (severity, line)."""

    def environment(self) -> dict[str, str]:
        """As the CLI's language host gives it to a pack, so that `pulumi.Config` works in it."""
        return {
            **environment_of_children(),
            "PULUMI_ORGANIZATION": "organization",
            "PULUMI_PROJECT": self.project.name,
            "PULUMI_STACK": self.stack,
            "PULUMI_DRY_RUN": "true" if self.dry_run else "false",
            "PULUMI_CONFIG": json.dumps(self.config.values),
        }


def pack_project(folder: Path, given: str) -> Project:
    """What PulumiPolicy.yaml says. Raises EngineError where it does not describe a Python pack."""
    path = folder / "PulumiPolicy.yaml"
    if not path.is_file():
        raise EngineError(
            f"--policy-pack {given} is no policy pack: there is no {path}; give the folder that "
            "holds PulumiPolicy.yaml and __main__.py"
        )
    document = load_yaml(path)
    runtime = document.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    if language != "python":
        raise EngineError(
            f"{path} has runtime {language!r}: the local engine runs policy packs in Python only; "
            "use the Pulumi CLI"
        )
    return Project(str(given), folder, folder, document)


def abbreviated(path: str) -> str:
    """A pack's path as events show it: of a long one the middle is left out."""
    path = os.path.normpath(path)
    parts = path.split("/")
    if len(path) > _LABEL_LENGTH and len(parts) > 4:
        parts = [*parts[:2], "...", *parts[-2:]]
    return "/".join(parts)


class PolicyPack:
    """One started pack. Every method raises EngineError where the pack fails or does not answer."""

    def __init__(self, given: str, folder: Path, place: Place) -> None:
        project = pack_project(folder, given)
        script = Path(__file__).with_name("run_program.py")
        argv = [interpreter(project), "-u", str(script), "--policy-pack"]
        self._process = PluginProcess(
            [*argv, place.engine_address, str(folder)],
            folder,
            name=f"the policy pack {given}",
            env=place.environment(),
            tell=place.tell,
        )
        self.name = given
        address = f"127.0.0.1:{self._process.port}"
        self._channel = grpc.insecure_channel(address, options=protocol.OPTIONS)
        self._stub = protocol.analyzer_pb2_grpc.AnalyzerStub(self._channel)
        try:
            self._tell_place(place)
            info = self._call(self._stub.GetAnalyzerInfo, empty_pb2.Empty(), "failed to load")
        except EngineError:
            self.close()
            raise
        self.name = info.name
        # PulumiPolicy.yaml has the last word: a Python pack does not know its own version.
        self.version = str(project.document.get("version") or info.version)
        self.label = f"{self.name}|local|{abbreviated(given)}"
        self.configurable = info.supportsConfig
        self.policies = sorted(map(_policy, info.policies), key=lambda policy: policy.name)
        self.initial = {name: _setting(value) for name, value in info.initialConfig.items()}

    def _tell_place(self, place: Place) -> None:
        request = protocol.analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=place.stack,
            project=place.project.name,
            organization="organization",
            dry_run=place.dry_run,
            config=place.config.values,
            config_secret_keys=sorted(place.config.secret_keys),
        )
        self._call(self._stub.ConfigureStack, request, "failed to configure", optional=True)

    def configure(self, settings: Mapping[str, Setting]) -> None:
        """Puts the settings in force; policies that are disabled count as absent from now on."""
        pb = protocol.analyzer_pb2
        request = pb.ConfigureAnalyzerRequest(
            policyConfig={
                name: pb.PolicyConfig(
                    enforcementLevel=LEVELS.index(setting.level),  # type: ignore[arg-type]
                    properties=encode(setting.properties),
                )
                for name, setting in settings.items()
            }
        )
        self._call(self._stub.Configure, request, f"configuring policy pack {self.name!r}")
        self.policies = [replace(p, level=settings[p.name].level) for p in self.policies]

    def remediate(self, request: analyzer_pb2.AnalyzeRequest) -> analyzer_pb2.RemediateResponse:
        answer = self._call(self._stub.Remediate, request, "failed to run remediation", True)
        return answer or protocol.analyzer_pb2.RemediateResponse()

    def analyze(self, request: analyzer_pb2.AnalyzeRequest) -> analyzer_pb2.AnalyzeResponse:
        return self._call(self._stub.Analyze, request, "failed to run policy")

    def analyze_stack(
        self, resources: list[analyzer_pb2.AnalyzerResource]
    ) -> analyzer_pb2.AnalyzeResponse:
        request = protocol.analyzer_pb2.AnalyzeStackRequest(resources=resources)
        answer = self._call(self._stub.AnalyzeStack, request, "", optional=True)
        return answer or protocol.analyzer_pb2.AnalyzeResponse()

    def _call(
        self, method: Callable[..., Any], request: object, what: str, optional: bool = False
    ) -> Any:
        """The answer; None for an `optional` call that an older pack does not know."""
        try:
            return method(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            reason = self._reason(error)
            raise EngineError(f"{what}: {reason}" if what else reason) from error

    def _reason(self, error: Any) -> str:
        if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            return (
                f"policy pack {self.name} gave no answer within {CALL_SECONDS} s: look for a loop "
                "or a call without a deadline in its policies"
            )
        if (
            error.code() == grpc.StatusCode.UNAVAILABLE
            and (status := self._process.ended(1)) is not None
        ):
            words = self._process.last_words() or "(none)"
            return f"policy pack {self.name} ended with status {status}; its last words: {words}"
        return error.details() or str(error.code())

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        self._channel.close()
        self._process.stop()


def _policy(info: analyzer_pb2.PolicyInfo) -> Policy:
    schema = None
    if info.HasField("configSchema"):
        declared, required = info.configSchema.properties, list(info.configSchema.required)
        schema = {"type": "object", "properties": decode(declared), "required": required}
    return Policy(
        info.name,
        _KINDS[info.policy_type],
        LEVELS[info.enforcementLevel],
        schema,
        severity(info.severity),
    )


def _setting(config: analyzer_pb2.PolicyConfig) -> Setting:
    return Setting(LEVELS[config.enforcementLevel], decode(config.properties))


def severity(number: int) -> str:
    """The protocol's number as events name it; empty where none was given."""
    return _SEVERITIES[number]
