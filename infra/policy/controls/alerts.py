"""What is watched, who is told, and what it may cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy import types
from infra.policy.claims import (
    at_least,
    customer_key,
    fault,
    is_given,
    must,
    must_link,
    one_of,
    texts,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

MISSING = (
    "breaching",
    "notBreaching",
    "missing",
)  # not "ignore": it would hide the end of a source
# A count of a target group's hosts is there under both names, and under one alone never:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
HOST_COUNTS = ("HealthyHostCount", "UnHealthyHostCount")
HOST_COUNT_NAMES = ("LoadBalancer", "TargetGroup")


@control(
    "B01",
    "An alarm watches something, and tells somebody",
    "cloudwatch.MetricAlarm alarmActions and okActions are topics of the stack, dimensions name "
    "what it watches, threshold and treatMissingData are set, alarmDescription says what it means",
    "CloudWatch.15/17; infra/observability/alarm_plan.py",
    Severity.MEDIUM,
    (types.ALARM,),
    where=Where.AWS,
)
def alarms(graph: Graph, _: Profile) -> Iterator[Finding]:
    for alarm in graph.of(types.ALARM):
        for key in ("alarmActions", "okActions"):
            rule, way = "must be a topic of this stack", "give it the ARN of the alerts' topic"
            yield from must_link(graph, alarm, key, (types.TOPIC,), rule, way)
        if alarm.get("actionsEnabled") not in (None, True):
            yield wrong(alarm, "actionsEnabled", "must be true: nobody is told", "remove it")
        yield from _watches(graph, alarm)
        yield from must(
            alarm, "threshold", at_least(-float("inf")), "must be a number", "write it down"
        )
        yield from must(
            alarm,
            "treatMissingData",
            one_of(*MISSING),
            f"must be one of {', '.join(MISSING)}",
            "say what no data means",
        )
        yield from must(
            alarm,
            "alarmDescription",
            is_given,
            "must say what it means",
            "write it for the one who is woken",
        )


def _watches(graph: Graph, alarm: Resource) -> Iterator[Finding]:
    given = alarm.get("dimensions")
    if given is UNKNOWN and graph.behind(alarm, "dimensions"):
        return
    dimensions: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if not dimensions or not all(_is_named(graph, alarm, v) for v in dimensions.values()):
        yield wrong(
            alarm, "dimensions", "must name what is watched", "name the cluster, node or vault"
        )
        return
    counts_hosts = alarm.get("metricName") in HOST_COUNTS
    missing = [name for name in HOST_COUNT_NAMES if name not in dimensions]
    if counts_hosts and missing:
        rule = f"must name {', '.join(missing)}: the metric is under both names"
        yield wrong(alarm, "dimensions", rule, "add it")


def _is_named(graph: Graph, alarm: Resource, value: Any) -> bool:
    return is_given(value) or (value is UNKNOWN and bool(graph.behind(alarm, "dimensions")))


@control(
    "B02",
    "What a topic carries is encrypted with our key, and reaches somebody",
    "sns.Topic kmsMasterKeyId is a customer key; in prod it has a subscription",
    "SNS.1 CKV_AWS_26",
    Severity.MEDIUM,
    (types.TOPIC,),
    where=Where.AWS,
)
def topics(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for topic in graph.of(types.TOPIC):
        yield from customer_key(graph, topic, "kmsMasterKeyId")
        if profile.is_prod and not graph.users(topic, "topic", types.SUBSCRIPTION):
            way = "name an address in gacp:alerts.emails"
            yield fault(topic, "must have a subscription in prod: nobody hears it", way)


@control(
    "B03",
    "A budget counts this stack alone, ends somewhere, and tells somebody before",
    "budgets.Budget limitAmount is over 0, costFilters has TagKeyValue user:env$ENVIRONMENT, each "
    "of at least one notification has an address or a topic of the stack; in prod there is one "
    "wherever there is a database",
    "AWS Well-Architected COST02-BP05",
    Severity.MEDIUM,
    (types.BUDGET, types.DATABASE),
    where=Where.AWS,
)
def budgets(graph: Graph, profile: Profile) -> Iterator[Finding]:
    if profile.is_prod and not graph.of(types.BUDGET):
        for database in graph.of(types.DATABASE):
            yield fault(
                database, "must have a budget beside it in prod", "set gacp:budget.monthlyUsd"
            )
    for budget in graph.of(types.BUDGET):
        yield from must(
            budget,
            "limitAmount",
            _is_amount,
            "must be an amount over 0",
            "set gacp:budget.monthlyUsd",
        )
        tag = f"user:env${profile.environment}"
        filters = [each for each in budget.items("costFilters") if isinstance(each, Mapping)]
        if not any(e.get("name") == "TagKeyValue" and e.get("values") == [tag] for e in filters):
            rule = f"must filter by TagKeyValue {tag}, else it counts others' costs"
            yield wrong(budget, "costFilters", rule, "add it")
        told = budget.items("notifications")
        if not told:
            yield wrong(budget, "notifications", "must tell somebody", "add one")
        if not all(_tells(graph, budget, each) for each in told):
            rule = "must have an address or a topic of this stack in each"
            yield wrong(budget, "notifications", rule, "name the alerts' topic")


def _is_amount(value: Any) -> bool:
    try:
        return float(value) > 0
    except (TypeError, ValueError):
        return False


def _tells(graph: Graph, budget: Resource, notification: Any) -> bool:
    if not isinstance(notification, Mapping):
        return False
    if texts(notification.get("subscriberEmailAddresses")):
        return True
    known = {name for topic in graph.of(types.TOPIC) for name in topic.identities}
    given = notification.get("subscriberSnsTopicArns")
    arns = given if isinstance(given, list) else [given]
    waits = any(e.type == types.TOPIC for e in graph.behind(budget, "notifications"))
    return bool(arns) and all(a in known or (a is UNKNOWN and waits) for a in arns)


@control(
    "B04",
    "What waits in a queue is encrypted",
    "sqs.Queue sqsManagedSseEnabled is not false, or kmsMasterKeyId is a customer key",
    "SQS.1 CKV_AWS_27",
    Severity.MEDIUM,
    (types.QUEUE,),
)
def queues(graph: Graph, _: Profile) -> Iterator[Finding]:
    for queue in graph.of(types.QUEUE):
        if queue.get("kmsMasterKeyId") is not None:
            yield from customer_key(graph, queue, "kmsMasterKeyId")
        elif queue.get("sqsManagedSseEnabled") not in (None, True):
            yield fault(queue, "must be encrypted", "set sqs_managed_sse_enabled to true")
