"""What CloudFront's logs and its filter's need beside what has a name of ours."""

from __future__ import annotations

from infra.identity.policies import Statement, allow
from infra.identity.scope import Scope

_LISTS = ("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy")
_NEW = ("logs:CreateDelivery",)
_DELIVERIES = ("logs:DeleteDelivery", "logs:UpdateDeliveryConfiguration")
_RETAG = ("logs:TagResource", "logs:UntagResource")
APART = _LISTS
"""Actions that no name narrows."""


def log_names(scope: Scope) -> list[str]:
    """AWS WAF wants its group's name to begin so; ends of a delivery have names, itself an id."""
    kinds = ("delivery-source", "delivery-destination")
    return [f"log-group:aws-waf-logs-{scope.prefix}*", *(f"{k}:{scope.prefix}*" for k in kinds)]


def cdn_statements(scope: Scope) -> tuple[Statement, ...]:
    """Deliveries by tag; what takes no resource in CloudFront's own region alone."""
    home = f"{scope.cdn_region}:{scope.account}"
    deliveries = [f"arn:aws:logs:{home}:delivery:*"]
    new = {**scope.tagged("Request"), "Null": {"aws:ResourceTag/Name": "true"}}
    there = {"StringEquals": {"aws:RequestedRegion": scope.cdn_region}}
    return (
        allow("MakeDeliveries", [*_NEW, "logs:TagResource"], deliveries, new),
        allow("ChangeDeliveries", [*_DELIVERIES, *_RETAG], deliveries, scope.tagged("Resource")),
        allow("LetFilterLog", _LISTS, ["*"], there),
        # AWS checks a web ACL's rule groups with it; those of AWS itself have no name of ours.
        allow(
            "UseManagedRules",
            ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"],
            [f"arn:aws:wafv2:{home}:global/managedruleset/*"],
        ),
    )
