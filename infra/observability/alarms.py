"""Alarms on AWS, and the page that shows what they watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.observability.alarm_plan import PlannedAlarm
from infra.observability.dashboard import Graph, dashboard_body
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class AlarmsArgs:
    topic_arn: pulumi.Output[str]
    alarms: Sequence[PlannedAlarm]


def make_alarm(
    stack: Stack,
    alarm: PlannedAlarm,
    topic_arn: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
    region: str | None = None,
) -> None:
    """Register one alarm, in the region that its metric is counted in."""
    known_as = stack.names.of(alarm.slot)
    aws.cloudwatch.MetricAlarm(
        alarm.slot,
        name=known_as,
        alarm_description=alarm.why,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=alarm.dimensions,
        statistic=alarm.statistic,
        period=alarm.seconds,
        evaluation_periods=alarm.periods,
        threshold=alarm.threshold,
        comparison_operator="GreaterThanThreshold" if alarm.above else "LessThanThreshold",
        treat_missing_data=str(alarm.missing),
        alarm_actions=[topic_arn],
        ok_actions=[topic_arn],
        region=region,
        tags=stack.tags.of(known_as),
        opts=opts,
    )


class Alarms(pulumi.ComponentResource):
    """Everything that AWS can see going wrong.

    Children: an alarm for each planned one, which tells the alerts' topic when it begins and when
    it is over; the dashboard.
    """

    def __init__(
        self, name: str, stack: Stack, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:observability:Alarms", name, None, opts)
        self._stack, self._args = stack, args
        self._child = stack.child_of(self)
        for alarm in args.alarms:
            make_alarm(stack, alarm, args.topic_arn, self._child)
        known = [pulumi.Output.from_input(dict(alarm.dimensions)) for alarm in args.alarms]
        aws.cloudwatch.Dashboard(
            name,
            dashboard_name=stack.names.of("dashboard"),
            dashboard_body=pulumi.Output.all(*known).apply(self._body),
            opts=self._child,
        )
        self.register_outputs({})

    def _body(self, known: list[Any]) -> str:
        graphs = [
            Graph(
                title=f"{alarm.namespace.rpartition('/')[2]} {alarm.metric}",
                namespace=alarm.namespace,
                metric=alarm.metric,
                dimensions=dimensions,
                statistic=alarm.statistic,
                seconds=alarm.seconds,
                threshold=alarm.threshold,
            )
            for alarm, dimensions in zip(self._args.alarms, known, strict=True)
        ]
        return dashboard_body(graphs, self._stack.region)
