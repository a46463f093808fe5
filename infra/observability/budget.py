"""What the stack may cost."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.operations import BudgetConfig
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class BudgetArgs:
    config: BudgetConfig
    topic_arn: pulumi.Output[str]


class Budget(pulumi.ComponentResource):
    """A month's budget for what carries this stack's tag `env`.

    Children: the budget, which tells the alerts' topic at each threshold of what was spent, and
    when the forecast passes the whole. The tag counts once it is activated as a cost allocation tag
    in the account's billing settings; until then AWS sees nothing of the stack's costs.
    """

    def __init__(
        self, name: str, stack: Stack, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:observability:Budget", name, None, opts)
        told = [args.topic_arn]
        thresholds = [("ACTUAL", float(percent)) for percent in args.config.thresholds]
        aws.budgets.Budget(
            name,
            name=stack.names.of(name),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.config.monthly_usd),
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(
                    name="TagKeyValue", values=[f"user:env${stack.tags.environment}"]
                )
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=told,
                )
                for kind, percent in (*thresholds, ("FORECASTED", 100.0))
            ],
            tags=stack.tags.of(stack.names.of(name)),
            opts=stack.child_of(self),
        )
        self.register_outputs({})
