"""AWS WAF in front of CloudFront."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_aws as aws

from infra.edge import filter_plan
from infra.edge.model import EdgeModel
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.stack import Stack

LOGS = "aws-waf-logs-"  # how AWS WAF wants the name of what it logs to to begin
HIDDEN_HEADERS = ("authorization", "cookie")


@dataclass(frozen=True, slots=True)
class WebFilterArgs:
    """`region` is CloudFront's own, where `key_arn` is too."""

    region: str
    key_arn: pulumi.Output[str]
    log_retention_days: int


class WebFilter(pulumi.ComponentResource):
    """A web ACL for one distribution (`filter_plan` says what it stops).

    Children: the ACL, its log group, the logging of what was stopped.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: WebFilterArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:edge:WebFilter", name, None, opts)
        known_as, child = stack.names.of(name), stack.child_of(self)
        self._acl = aws.wafv2.WebAcl(
            name,
            name=known_as,
            description="In front of the certification platform",
            scope="CLOUDFRONT",
            region=args.region,
            default_action={"allow": {}},
            rules=cast("list[aws.wafv2.WebAclRuleArgsDict]", filter_plan.rules(EdgeModel())),
            visibility_config=cast(
                "aws.wafv2.WebAclVisibilityConfigArgsDict", filter_plan.seen_as(known_as)
            ),
            tags=stack.tags.of(known_as),
            opts=child,
        )
        logs = LogGroup(
            f"{name}-logs",
            stack,
            LogGroupArgs(
                f"{LOGS}{known_as}", args.key_arn, args.log_retention_days, region=args.region
            ),
            child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            resource_arn=self._acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[
                *({"single_header": {"name": header}} for header in HIDDEN_HEADERS),
                {"query_string": {}},
            ],
            # What passes is in nginx's log; here is what people ask why it didn't.
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"action_condition": {"action": "BLOCK"}}],
                    }
                ],
            },
            region=args.region,
            opts=child,
        )
        self._known_as = known_as
        self.register_outputs({"arn": self._acl.arn})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._acl.arn

    @property
    def metric_name(self) -> str:
        """Under which CloudWatch counts what it stops."""
        return self._known_as
