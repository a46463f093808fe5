"""Budgets (pure table).

Sources: `internal/service/budgets/budget.go` of hashicorp/terraform-provider-aws, and the API
reference of AWS Budgets.
"""

from __future__ import annotations

from infra.local.aws.catalogue import budget_rules
from infra.local.aws.catalogue.provider_source import named, says
from infra.local.aws.catalogue.tokens import BUDGET, TOPIC
from infra.local.aws.rules.basic import at_most_one, between, count, one_of, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec

_FILE = "budgets/budget.go"
_API = "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_{}.html"
_BUDGET_API, _NOTIFY_API = _API.format("Budget"), _API.format("Notification")
_SUBSCRIBER_API = _API.format("Subscriber")
_AMOUNT = r"([0-9]*\.)?[0-9]+"

TYPES = (
    TypeSpec(
        BUDGET,
        id="{account}:{out.name}",
        computed={
            "name": named,
            "accountId": "{account}",
            "arn": "arn:aws:budgets::{account}:budget/{out.name}",
            "timePeriodStart": budget_rules.this_month,
            "costTypes": budget_rules.cost_types,
        },
        autoname=Autoname(longest=100, unless=("namePrefix",)),
        unique=("name",),
        exists="DuplicateRecordException",
        rules=(
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            at_most_one(("limitAmount", "plannedLimits"), says(_FILE, "ConflictsWith")),
            pattern("name", r"[^:\\]{1,100}", "100 characters without : and \\", _BUDGET_API),
            pattern("accountId", r"\d{12}", "12 digits", _BUDGET_API),
            one_of("budgetType", budget_rules.TYPES, _BUDGET_API),
            one_of(
                "timeUnit", ("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM"), _BUDGET_API
            ),
            pattern("limitAmount", _AMOUNT, "an amount such as 250.0", _API.format("Spend")),
            pattern("plannedLimits[*].amount", _AMOUNT, "an amount", _API.format("Spend")),
            budget_rules.times(says(_FILE, "validTimePeriodTimestamp")),
            budget_rules.some_limit(_BUDGET_API),
            budget_rules.filters(_API.format("Expression")),
            one_of(
                "autoAdjustData.autoAdjustType",
                ("HISTORICAL", "FORECAST"),
                _API.format("AutoAdjustData"),
            ),
            between(
                "autoAdjustData.historicalOptions.budgetAdjustmentPeriod",
                1,
                60,
                "periods",
                _API.format("HistoricalOptions"),
            ),
            count("notifications", 0, 10, _API.format("CreateBudget")),
            one_of(
                "notifications[*].comparisonOperator",
                ("GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
                _NOTIFY_API,
            ),
            one_of("notifications[*].notificationType", ("ACTUAL", "FORECASTED"), _NOTIFY_API),
            one_of("notifications[*].thresholdType", ("PERCENTAGE", "ABSOLUTE_VALUE"), _NOTIFY_API),
            between("notifications[*].threshold", 0, 15_000_000_000, "(threshold)", _NOTIFY_API),
            budget_rules.somebody_is_told(_API.format("CreateNotification")),
            count("notifications[*].subscriberEmailAddresses", 0, 10, _SUBSCRIBER_API),
            count("notifications[*].subscriberSnsTopicArns", 0, 1, _SUBSCRIBER_API),
            pattern(
                "notifications[*].subscriberEmailAddresses[*]",
                r"[^@\s]+@[^@\s]+\.[^@\s]+",
                "an address such as ops@example.org",
                _SUBSCRIBER_API,
            ),
        ),
        references=(
            Reference(
                "notifications[*].subscriberSnsTopicArns[*]",
                (TOPIC,),
                by=("arn",),
                code="InvalidParameterException",
                holds=False,
                anywhere=True,
            ),
        ),
    ),
)
