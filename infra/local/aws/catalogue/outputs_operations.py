"""Where the computed outputs of watching, budgets, backups and scaling are from (pure table).

As `outputs_services.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.spec import Outputs, outputs_of

ROWS: Mapping[str, Outputs] = {
    "aws:cloudwatch/dashboard:Dashboard": outputs_of("cloudwatch/dashboard.go", "dashboardArn"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": outputs_of(
        "cloudwatch/composite_alarm.go", "arn"
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": outputs_of(
        "logs/metric_filter.go", "", filled="applyOnTransformedLogs"
    ),
    "aws:budgets/budget:Budget": outputs_of(
        "budgets/budget.go", "arn", filled="name accountId timePeriodStart costTypes"
    ),
}
