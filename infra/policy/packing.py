"""The controls as policies of pulumi-policy: what a pack is given becomes the graph they read.

Controls that judge a resource alone are resource policies, and so stop an update before it makes
anything; those that need neighbours are stack policies, at the end of a preview. A stack policy
gets outputs, in which AWS has filled in what nobody chose: so the pack keeps the inputs that the
resource policies saw before, and judges these.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as PackSeverity
from pulumi_policy.proxy import UnknownValueError

from infra.config.settings import Settings
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import Allowance
from infra.policy.graph import Graph
from infra.policy.judging import covering, judge, violations_of, why_not
from infra.policy.model import UNKNOWN, Control, Options, Profile, Resource
from infra.policy.reporting import REPORT_VARIABLE, document_of
from infra.policy.values import identities_of, plain_properties, without_computed


class Pack:
    """The policies of one deployment. `profile` is asked once the engine has told its stack."""

    def __init__(
        self,
        profile: Callable[[], Profile],
        exceptions: Sequence[Allowance],
        controls: Sequence[Control] = CONTROLS,
    ) -> None:
        self._profile, self._exceptions, self._controls = profile, exceptions, controls
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._graph = Graph(())

    def policies(self) -> list[Policy]:
        """A policy for each control, and one about the exceptions themselves.

        The first stack policy reads the graph, for all that follow.
        """
        alone = [each for each in self._controls if each.alone]
        joined = [each for each in self._controls if not each.alone]
        return [
            StackValidationPolicy(
                "exceptions",
                "Written exceptions are in force and excuse something.",
                self._judge_exceptions,
                EnforcementLevel.MANDATORY,
                severity=PackSeverity.MEDIUM,
            ),
            *(self._resource_policy(each) for each in alone),
            *(self._stack_policy(each) for each in joined),
        ]

    def _resource_policy(self, control: Control) -> Policy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.urn not in self._inputs:
                self._inputs[args.urn] = plain_properties(unproxied(args.props))
            if args.resource_type not in control.subjects:
                args.not_applicable("another type")
            resource = Resource(
                args.urn,
                args.resource_type,
                args.name,
                self._inputs[args.urn],
                options=Options(protect=bool(args.opts.protect)),
            )
            self._report(control, Graph([resource], secrets_marked=False), report)

        return ResourceValidationPolicy(**_described(control), validate=validate)

    def _stack_policy(self, control: Control) -> Policy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            if why := why_not(control, self._graph, self._profile()):
                args.not_applicable(why)
            self._report(control, self._graph, report)

        return StackValidationPolicy(**_described(control), validate=validate)

    def _report(self, control: Control, graph: Graph, report: ReportViolation) -> None:
        profile = self._profile()
        meant = [e for e in self._exceptions if e.concerns(profile)]
        valid = [e for e in meant if not e.is_expired(profile.today)]
        for violation in violations_of(control, graph, profile):
            if covering(violation, valid) is None:
                report(violation.message, violation.urn)

    def _judge_exceptions(self, args: StackValidationArgs, report: ReportViolation) -> None:
        self._graph = graph_of(args.resources, self._inputs)
        found = judge(self._graph, self._profile(), self._exceptions, self._controls)
        if path := os.environ.get(REPORT_VARIABLE):
            text = json.dumps(document_of(found, self._profile()))
            Path(path).write_text(text, encoding="utf-8")
        for problem in found.problems:
            report(problem, None)


def _described(control: Control) -> dict[str, Any]:
    return {
        "name": name_of(control),
        "description": f"{control.title}: {control.expects}.",
        "enforcement_level": EnforcementLevel.MANDATORY,
        "severity": PackSeverity(str(control.severity)),
        "display_name": f"{control.id} {control.title}",
        "tags": [control.room, *control.basis.split()],
    }


def name_of(control: Control) -> str:
    """The policy's name, such as `A16-flow-logs`."""
    function: Any = control.check
    return f"{control.id}-{function.__name__.replace('_', '-')}"


def graph_of(resources: Sequence[PolicyResource], inputs: Mapping[str, Mapping[str, Any]]) -> Graph:
    """The stack as the engine hands it over, with the inputs that were seen where there are any."""
    return Graph(_resources(resources, inputs), secrets_marked=False)


def _resources(
    resources: Sequence[PolicyResource], inputs: Mapping[str, Mapping[str, Any]]
) -> Iterator[Resource]:
    for each in resources:
        outputs = plain_properties(unproxied(each.props))
        behind = {
            key: tuple(one.urn for one in found)
            for key, found in each.property_dependencies.items()
        }
        wanted = inputs.get(each.urn)
        yield Resource(
            urn=each.urn,
            type=each.resource_type,
            name=each.name,
            properties=without_computed(outputs, behind) if wanted is None else wanted,
            identities=identities_of(wanted or {}, outputs),
            options=Options(protect=bool(each.opts.protect)),
            dependencies=behind,
            # An engine gives stack policies the outputs, and few providers put the id there.
            has_id=isinstance(outputs.get("id"), str),
        )


def unproxied(value: Any) -> Any:
    """Plain values out of the SDK's proxies, which raise where a value is unknown."""
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        return {key: _item(given, key) for key in given}
    if isinstance(value, Sequence) and not isinstance(value, str):
        listed = cast("Sequence[Any]", value)
        return [_item(listed, place) for place in range(len(listed))]
    return value


def _item(container: Any, key: Any) -> Any:
    try:
        return unproxied(container[key])
    except UnknownValueError:
        return UNKNOWN


def profile_of(settings: Settings, today: date) -> Profile:
    """The profile of the program's own settings."""
    stack = settings.stack
    return Profile(stack.environment, str(stack.compute.profile), settings.aws.region, today)
