"""How new machines and new releases reach what serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.policy import types
from infra.policy.claims import fault, is_given, must, one_of
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, control

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"


@control(
    "B23",
    "A new machine counts once it serves, and a new template reaches every machine",
    "autoscaling.Group initialLifecycleHooks holds launching machines back and abandons those that "
    "say nothing; instanceRefresh is set; healthCheckType is ELB behind a balancer",
    "AWS Well-Architected REL11-BP01; Amazon EC2 Auto Scaling user guide, lifecycle hooks",
    Severity.MEDIUM,
    (types.AUTOSCALING_GROUP,),
    alone=True,
)
def new_machines(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.AUTOSCALING_GROUP):
        if not any(_holds_back(hook) for hook in group.items("initialLifecycleHooks")):
            rule = f"must hold a machine back ({LAUNCHING}), and ABANDON one that says nothing"
            yield fault(group, rule, "add it to initial_lifecycle_hooks")
        yield from must(
            group,
            "instanceRefresh.strategy",
            one_of("Rolling"),
            "must be Rolling: else a new template waits for the next machine that dies",
            "set instance_refresh",
        )
        if group.get("targetGroupArns") not in (None, []):
            yield from must(
                group,
                "healthCheckType",
                one_of("ELB"),
                "must be ELB: the balancer knows who answers",
                "set health_check_type",
            )


def _holds_back(hook: object) -> bool:
    if not isinstance(hook, Mapping):
        return False
    said: Mapping[str, object] = hook
    return said.get("lifecycleTransition") == LAUNCHING and said.get("defaultResult") == "ABANDON"


@control(
    "B24",
    "A command reaches machines one after another, and the first failure stops it",
    "ssm.Association maxConcurrency is 1, maxErrors is 0, targets and scheduleExpression are given",
    "AWS Well-Architected OPS06-BP03; Systems Manager user guide, targets and rate controls",
    Severity.MEDIUM,
    (types.ASSOCIATION,),
    alone=True,
)
def commands(graph: Graph, _: Profile) -> Iterator[Finding]:
    for association in graph.of(types.ASSOCIATION):
        yield from _one_by_one(association)
        for path, way in (
            ("targets", "name the group's machines by tag"),
            ("scheduleExpression", "a machine that was changed by hand is set right by it"),
        ):
            yield from must(association, path, is_given, "must be given", way)


def _one_by_one(association: Resource) -> Iterator[Finding]:
    for path, value in (("maxConcurrency", "1"), ("maxErrors", "0")):
        rule = f"must be {value}: a bad release would reach every machine"
        yield from must(association, path, one_of(value), rule, "set it")
