"""Cases of dashboards, composite alarms, metric filters and budgets (pure table)."""

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

_DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def _body(*widgets: Any) -> str:
    return json.dumps({"widgets": list(widgets)})


TEXT = {"type": "text", "width": 24, "height": 1, "properties": {"markdown": "# GACP"}}
METRIC = {
    "type": "metric",
    "x": 0,
    "y": 1,
    "width": 12,
    "height": 6,
    "properties": {"region": "ap-southeast-1", "metrics": [["AWS/EC2", "CPUUtilization"]]},
}
ERRORS = {"name": "Errors", "namespace": "Gacp", "value": "1"}
BUDGET: dict[str, Any] = {
    "budgetType": "COST",
    "timeUnit": "MONTHLY",
    "limitAmount": "250",
    "limitUnit": "USD",
}
MAIL = {
    "comparisonOperator": "GREATER_THAN",
    "notificationType": "ACTUAL",
    "threshold": 80,
    "thresholdType": "PERCENTAGE",
    "subscriberEmailAddresses": ["ops@gacp.example"],
}

CASES = (
    Case(
        _DASHBOARD,
        least={"dashboardName": "gacp", "dashboardBody": _body(TEXT)},
        full={"dashboardName": "gacp-full", "dashboardBody": _body(TEXT, METRIC)},
        update={"dashboardBody": _body(METRIC)},
        replace={"dashboardName": "another"},
        drift='dashboardBody={"widgets": []}',
        rejected=({"dashboardBody": _body({**TEXT, "width": 25})}, "not in 1-24"),
        outputs=("dashboardArn",),
    ),
    Case(
        tokens.COMPOSITE,
        least={"alarmName": "both", "alarmRule": "ALARM(<alarm>)"},
        full={
            "alarmName": "full",
            "alarmRule": 'NOT (ALARM("<alarm>") OR OK(<alarm>)) AND TRUE',
            "alarmDescription": "Both",
            "alarmActions": ["$topic:arn"],
            "okActions": ["$topic-2:arn"],
            "insufficientDataActions": ["$topic:arn"],
            "actionsSuppressor": {"alarm": "$alarm-2", "extensionPeriod": 10, "waitPeriod": 20},
            "tags": {"Name": "a"},
        },
        update={"alarmDescription": "changed"},
        replace={"alarmName": "another"},
        drift="alarmDescription=changed",
        rejected=({"alarmRule": "ALARM(nobody)"}, "'nobody' in the alarm rule does not exist"),
        outputs=("arn",),
    ),
    Case(
        _FILTER,
        least={"logGroupName": "$logs", "pattern": "ERROR", "metricTransformation": ERRORS},
        full={
            "name": "latency",
            "logGroupName": "$logs",
            "pattern": "{ $.status = 500 }",
            "metricTransformation": {
                "name": "Latency",
                "namespace": "Gacp",
                "value": "$.latency",
                "unit": "Milliseconds",
                "dimensions": {"path": "$.path"},
            },
        },
        update={"pattern": "WARN"},
        replace={"logGroupName": "$logs-2"},
        drift="pattern=INFO",
        rejected=({"metricTransformation": {**ERRORS, "value": "one"}}, "a number, or a field"),
    ),
    Case(
        tokens.BUDGET,
        least=BUDGET,
        full={
            **BUDGET,
            "name": "gacp-full",
            "timePeriodStart": "2026-11-01_00:00",
            "costFilters": [{"name": "TagKeyValue", "values": ["user:Project$gacp"]}],
            "notifications": [
                MAIL,
                {
                    **MAIL,
                    "notificationType": "FORECASTED",
                    "threshold": 100,
                    "subscriberSnsTopicArns": ["$topic:arn"],
                },
            ],
            "tags": {"Name": "a"},
        },
        update={"limitAmount": "300"},
        replace={"name": "another"},
        drift="limitAmount=1",
        rejected=({"limitAmount": None, "limitUnit": None}, "needs one of limitAmount"),
        outputs=("arn", "accountId", "name", "timePeriodStart"),
    ),
)

REFUSED = (
    Refused(_DASHBOARD, {"dashboardBody": "{"}, "not JSON"),
    Refused(_DASHBOARD, {"dashboardBody": "[]"}, "not an object with a list"),
    Refused(_DASHBOARD, {"dashboardBody": _body({})}, "type and properties"),
    Refused(_DASHBOARD, {"dashboardBody": _body({**TEXT, "type": "graph"})}, "none of metric"),
    Refused(
        _DASHBOARD,
        {"dashboardBody": _body({**METRIC, "properties": {"metrics": []}})},
        "lacks the property region",
    ),
    Refused(
        _DASHBOARD,
        {"dashboardBody": _body({**METRIC, "properties": {"region": "a"}})},
        "neither metrics nor annotations",
    ),
    Refused(_DASHBOARD, {"dashboardBody": _body(*[TEXT] * 501)}, "501 widgets"),
    Refused(_DASHBOARD, {"dashboardName": "a b"}, "255 letters"),
    Refused(tokens.COMPOSITE, {"alarmRule": "cpu"}, "is not understood"),
    Refused(tokens.COMPOSITE, {"alarmRule": "(ALARM(<alarm>)"}, "leaves a parenthesis open"),
    Refused(tokens.COMPOSITE, {"alarmRule": "ALARM(<alarm>))"}, "that is not open"),
    Refused(tokens.COMPOSITE, {"alarmRule": "ALARM(<alarm>) AND"}, "ends where a state goes"),
    Refused(tokens.COMPOSITE, {"alarmRule": "ALARM(<alarm>) OK(<alarm>)"}, "where AND or OR goes"),
    Refused(tokens.COMPOSITE, {"alarmRule": "AND ALARM(<alarm>)"}, "where a state goes"),
    Refused(tokens.COMPOSITE, {"alarmActions": ["$topic:arn"] * 6}, "6 elements"),
    Refused(_FILTER, {"name": "a:b"}, "without : and *"),
    Refused(_FILTER, {"pattern": "a" * 1025}, "1025 characters"),
    Refused(
        _FILTER,
        {"metricTransformation": {**ERRORS, "defaultValue": "0", "dimensions": {"a": "$.a"}}},
        "mutually exclusive",
    ),
    Refused(
        _FILTER,
        {"metricTransformation": {**ERRORS, "dimensions": dict.fromkeys("abcd", "$.a")}},
        "4 dimensions",
    ),
    Refused(
        _FILTER,
        {"metricTransformation": {**ERRORS, "dimensions": {"a": "b"}}},
        "no field such as",
    ),
    Refused(_FILTER, {"metricTransformation": {**ERRORS, "unit": "Hours"}}, "none of Seconds"),
    Refused(_FILTER, {"logGroupName": "$logs-cheap"}, "takes no metric filters"),
    Refused(tokens.BUDGET, {"name": "a:b"}, "without : and"),
    Refused(tokens.BUDGET, {"budgetType": "SPEND"}, "none of COST"),
    Refused(tokens.BUDGET, {"timeUnit": "WEEKLY"}, "none of DAILY"),
    Refused(tokens.BUDGET, {"limitAmount": "many"}, "an amount such as"),
    Refused(tokens.BUDGET, {"limitUnit": None}, "go together"),
    Refused(tokens.BUDGET, {"budgetType": "RI_COVERAGE"}, "has the limit 100"),
    Refused(tokens.BUDGET, {"timePeriodStart": "2026-11-01"}, "no time such as"),
    Refused(tokens.BUDGET, {"timePeriodStart": "2099-01-01_00:00"}, "not after"),
    Refused(tokens.BUDGET, {"notifications": [MAIL, MAIL]}, "two notifications are"),
    Refused(
        tokens.BUDGET,
        {"notifications": [{**MAIL, "subscriberEmailAddresses": []}]},
        "has no subscriber",
    ),
    Refused(
        tokens.BUDGET,
        {"notifications": [{**MAIL, "subscriberEmailAddresses": ["ops"]}]},
        "an address such as",
    ),
    Refused(
        tokens.BUDGET,
        {"notifications": [{**MAIL, "subscriberSnsTopicArns": ["$topic:arn", "$topic-2:arn"]}]},
        "2 elements",
    ),
    Refused(
        tokens.BUDGET,
        {"costFilters": [{"name": "TagKeyValue", "values": ["gacp"]}]},
        "not written user:Key$value",
    ),
    Refused(
        tokens.BUDGET,
        {"timeUnit": "DAILY", "plannedLimits": [{"amount": "1", "startTime": "x", "unit": "USD"}]},
        "exclude each other",
    ),
)

HELD = (
    Held(
        "alarm",
        tokens.COMPOSITE,
        {"alarmName": "both", "alarmRule": 'OK("<alarm>")'},
        "ValidationError",
    ),
    Held(
        "alarm-2",
        tokens.COMPOSITE,
        {
            "alarmName": "quiet",
            "alarmRule": "TRUE",
            "actionsSuppressor": {"alarm": "$alarm-2", "extensionPeriod": 1, "waitPeriod": 1},
        },
        "ValidationError",
    ),
)
