"""Dashboards, alarms of alarms, and metrics out of logs (pure table).

Sources: `internal/service/{cloudwatch,logs}` of hashicorp/terraform-provider-aws, and the API
references of CloudWatch and CloudWatch Logs.
"""

from __future__ import annotations

from infra.local.aws.catalogue import watching_rules
from infra.local.aws.catalogue.provider_source import arn_of
from infra.local.aws.catalogue.tokens import ALARM, COMPOSITE, LOG_GROUP, TOPIC
from infra.local.aws.rules.basic import between, count, length, one_of, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_DASHBOARD_FILE, _ALARM_FILE = "cloudwatch/dashboard.go", "cloudwatch/composite_alarm.go"
_FILTER_FILE = "logs/metric_filter.go"
_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/{}.html"
_ALARM_API = _API.format("API_PutCompositeAlarm")
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/{}.html"
_FILTER_API, _METRIC_API = (
    _LOGS.format("API_PutMetricFilter"),
    _LOGS.format("API_MetricTransformation"),
)
_ACTIONS = ("alarmActions", "okActions", "insufficientDataActions")
_UNITS = (
    *("Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"),
    *(f"{size}{unit}" for unit in ("bytes", "bits") for size in ("Kilo", "Mega", "Giga", "Tera")),
    *(
        f"{size}{unit}/Second"
        for unit in ("bytes", "bits")
        for size in ("Kilo", "Mega", "Giga", "Tera")
    ),
    *("Bytes", "Bits", "Bytes/Second", "Bits/Second"),
)

TYPES = (
    TypeSpec(
        "aws:cloudwatch/dashboard:Dashboard",
        id="{in.dashboardName}",
        computed={"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{id}"},
        unique=("dashboardName",),
        rules=(
            pattern(
                "dashboardName",
                r"[\w-]{1,255}",
                "255 letters, digits, - and _",
                _API.format("API_PutDashboard"),
            ),
            watching_rules.dashboard,
        ),
    ),
    TypeSpec(
        COMPOSITE,
        id="{in.alarmName}",
        computed={"arn": arn_of("cloudwatch:alarm:{id}")},
        unique=("alarmName",),
        rules=(
            length("alarmName", 1, 255, _ALARM_API),
            length("alarmDescription", 0, 1024, _ALARM_API),
            length("alarmRule", 1, 10240, _ALARM_API),
            watching_rules.alarm_rule(_ALARM_API),
            *(count(name, 0, 5, _ALARM_API) for name in _ACTIONS),
            between("actionsSuppressor.extensionPeriod", 0, 2147483647, "seconds", _ALARM_API),
            between("actionsSuppressor.waitPeriod", 0, 2147483647, "seconds", _ALARM_API),
        ),
        references=(
            *(
                Reference(f"{name}[*]", (TOPIC,), ("arn",), "ValidationError", holds=False)
                for name in _ACTIONS
            ),
            Reference(
                "actionsSuppressor.alarm", (ALARM, COMPOSITE), ("id", "arn"), "ValidationError"
            ),
        ),
        world=(watching_rules.alarms_of_rule_exist,),
        keep=(watching_rules.no_rule_needs_it,),
        in_use="ValidationError",
    ),
    TypeSpec(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        id="{in.logGroupName}:{in.name}",
        computed={"applyOnTransformedLogs": always(False)},
        autoname=Autoname(longest=512),
        unique=("logGroupName", "name"),
        exists="ResourceAlreadyExistsException",
        rules=(
            pattern("name", r"[^:*]{1,512}", "512 characters without : and *", _FILTER_API),
            length("pattern", 0, 1024, _FILTER_API),
            pattern(
                "metricTransformation.name",
                r"[^:*$]{1,255}",
                "255 characters without :, * and $",
                _METRIC_API,
            ),
            pattern(
                "metricTransformation.namespace",
                r"[^:*$]{1,255}",
                "255 characters without :, * and $",
                _METRIC_API,
            ),
            pattern(
                "metricTransformation.value",
                r"-?\d+(\.\d+)?|\$[\w.@\[\]-]{1,99}",
                "a number, or a field such as $.latency",
                _METRIC_API,
            ),
            one_of("metricTransformation.unit", _UNITS, _METRIC_API),
            pattern("metricTransformation.defaultValue", r"-?\d+(\.\d+)?", "a number", _METRIC_API),
            watching_rules.dimensions(_METRIC_API),
        ),
        references=(
            Reference(
                "logGroupName",
                (LOG_GROUP,),
                by=("id", "name"),
                code="ResourceNotFoundException",
                holds=False,
            ),
        ),
        world=(watching_rules.group_takes_filters,),
    ),
)
