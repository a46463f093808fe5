"""What the policy packs of a deployment say, told as events: remediations, then violations.

As in the CLI (`pkg/resource/deploy/step_generator.go`, `analyze_snapshot.go`): resource policies
see the checked inputs before a step is planned, stack policies the outputs after everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.engine import protocol
from infra.local.engine.policy_config import LEVELS
from infra.local.engine.policy_pack import severity
from infra.local.engine.values import Properties, decode, encode, mask, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pulumi.runtime.proto import analyzer_pb2

    from infra.local.engine.events import Event, Events
    from infra.local.engine.planner import Goal
    from infra.local.engine.policy_pack import PolicyPack
    from infra.local.engine.state import Resource


def visible(value: Any) -> Any:
    """Without the engine's and the SDK's own keys (`__internal`, `__defaults`), at any depth."""
    if isinstance(value, dict):
        return {key: visible(item) for key, item in value.items() if not key.startswith("__")}
    return [visible(item) for item in value] if isinstance(value, list) else value


class Policies:
    """The packs of one deployment; without packs everything is allowed. Calls come one at a time.

    `registered` is the deployment's map of URN to resource, which grows while it runs.
    """

    def __init__(
        self, packs: Sequence[PolicyPack] = (), events: Events | None = None, root: str = ""
    ) -> None:
        self._packs = packs
        self._events = events
        self._root = root
        self._first: dict[str, bool | None] = {}
        self.registered: Mapping[str, Resource] = {}

    @property
    def labels(self) -> dict[str, str]:
        """The packs as the summary lists them, with their versions."""
        return {pack.label: pack.version for pack in self._packs}

    def close(self) -> None:
        for pack in self._packs:
            pack.close()

    # ---- one resource

    def allow(self, goal: Goal) -> bool:
        """Has every pack remediate the inputs, then judge them. Raises EngineError."""
        if not self._packs:
            return True
        self._first[goal.new.urn] = goal.delete_before_replace
        for pack in self._packs:
            self._remediate(pack, goal)
        request = self._request(goal, visible(plain(goal.new.inputs)))
        allowed = [self._analyze(pack, request) for pack in self._packs]
        return all(allowed)

    def _request(self, goal: Goal, inputs: Properties) -> analyzer_pb2.AnalyzeRequest:
        return protocol.analyzer_pb2.AnalyzeRequest(
            **self._described(goal.new, inputs, goal.aliases)
        )

    def _described(self, new: Resource, properties: Properties, aliases: Iterable[str]) -> Event:
        """The fields that a resource has in every request."""
        pb = protocol.analyzer_pb2
        first = self._first.get(new.urn)
        options = pb.AnalyzerResourceOptions(
            protect=new.protect,
            ignoreChanges=new.ignoreChanges,
            deleteBeforeReplace=bool(first),
            deleteBeforeReplaceDefined=first is not None,
            additionalSecretOutputs=new.additionalSecretOutputs,
            aliases=aliases,
            customTimeouts=pb.AnalyzerResourceOptions.CustomTimeouts(**new.customTimeouts),
            parent=new.parent,
        )
        found: Event = {"urn": new.urn, "type": new.type, "name": new.name, "options": options}
        found["properties"] = encode(properties)
        provider = self.registered.get(new.provider.rpartition("::")[0])
        if provider is not None:
            found["provider"] = pb.AnalyzerProviderResource(
                urn=provider.urn,
                type=provider.type,
                name=provider.name,
                properties=encode(visible(plain(provider.inputs))),
            )
        return found

    def _remediate(self, pack: PolicyPack, goal: Goal) -> None:
        new = goal.new
        answer = pack.remediate(self._request(goal, plain(new.inputs)))
        for found in answer.remediations:
            if found.diagnostic:
                text = found.diagnostic
                self._violation(pack, new.urn, found.policyName, "advisory", text, "")
                continue
            after = decode(found.properties)
            event = self._event(pack, resourceUrn=new.urn, policyName=found.policyName)
            event |= {"before": mask(plain(new.inputs)), "after": mask(after), "color": "never"}
            self._emit("policyRemediationEvent", {k: v for k, v in event.items() if v})
            new.inputs = after
        failed = {found.policyName for found in answer.remediations}
        summary = self._summary(pack, "resource", answer, failed)
        self._emit("policyRemediateSummaryEvent", {"resourceUrn": new.urn, **summary})

    def _analyze(self, pack: PolicyPack, request: analyzer_pb2.AnalyzeRequest) -> bool:
        answer = pack.analyze(request)
        allowed = self._violations(pack, answer, request.urn)
        self._emit(
            "policyAnalyzeSummaryEvent",
            {"resourceUrn": request.urn, **self._summary(pack, "resource", answer)},
        )
        return allowed

    # ---- the stack

    def allow_stack(self) -> bool:
        """Has every pack judge the whole, by outputs. Raises EngineError."""
        if not self._packs:
            return True
        pb = protocol.analyzer_pb2
        resources = [
            pb.AnalyzerResource(
                **self._described(r, visible(plain(r.outputs)), r.aliases),
                parent=r.parent,
                dependencies=r.dependencies,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in r.propertyDependencies.items()
                    if urns
                },
            )
            for r in self.registered.values()
        ]
        allowed = [self._analyze_stack(pack, resources) for pack in self._packs]
        return all(allowed)

    def _analyze_stack(
        self, pack: PolicyPack, resources: list[analyzer_pb2.AnalyzerResource]
    ) -> bool:
        answer = pack.analyze_stack(resources)
        allowed = self._violations(pack, answer)
        self._emit("policyAnalyzeStackSummaryEvent", self._summary(pack, "stack", answer))
        return allowed

    # ---- events

    def _emit(self, kind: str, body: Event) -> None:
        if self._events is not None:
            self._events.emit(kind, body)

    def _event(self, pack: PolicyPack, **more: Any) -> Event:
        return {
            **more,
            "policyPackName": pack.name,
            "policyPackVersion": pack.version,
            "policyPackVersionTag": pack.version,
        }

    def _violations(
        self, pack: PolicyPack, answer: analyzer_pb2.AnalyzeResponse, urn: str = ""
    ) -> bool:
        """Tells of them; False where one is mandatory. They concern `urn`, else what they name."""
        known = {policy.name: policy.severity for policy in pack.policies}
        allowed = True
        for found in answer.diagnostics:
            level = LEVELS[found.enforcementLevel]
            # What a remediation did not put right is forbidden.
            level = "mandatory" if level == "remediate" else level
            allowed = allowed and level != "mandatory"
            grave = severity(found.severity) or known.get(found.policyName, "")
            named = found.urn if found.urn in self.registered else self._root
            self._violation(pack, urn or named, found.policyName, level, found.message, grave)
        return allowed

    def _violation(
        self, pack: PolicyPack, urn: str, policy: str, level: str, text: str, grave: str
    ) -> None:
        event = self._event(pack, resourceUrn=urn, policyName=policy, enforcementLevel=level)
        event |= {"message": f"{text}\n", "color": "never"}
        self._emit("policyEvent", event | ({"severity": grave} if grave else {}))

    def _summary(
        self, pack: PolicyPack, kind: str, answer: Any, failed: set[str] | None = None
    ) -> Event:
        """Which policies of the kind passed and failed; disabled and not applicable are neither.
        `failed` are those with a diagnostic, unless they are given."""
        if failed is None:
            failed = {found.policyName for found in answer.diagnostics}
        absent = {found.policy_name for found in answer.not_applicable}
        passed = {
            policy.name
            for policy in pack.policies
            if policy.kind in (kind, "") and policy.level != "disabled"
        }
        event = self._event(pack)
        for key, names in (("passed", passed - failed - absent), ("failed", failed)):
            if names:
                event[key] = sorted(names)
        return event
