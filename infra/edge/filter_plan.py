"""What AWS WAF stops before it reaches the edge, as plain data in the SDK's words.

The edge model is where routes, sizes and rates come from: what nginx answers with words (413, 429)
is nginx's to answer, and the filter is for what no client of ours sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.edge.model import EdgeModel, Limit, Match, Route

WINDOW_SECONDS = 300
TRY_AGAIN_SECONDS = 300  # the filter looks at the last five minutes
COMMON = "AWSManagedRulesCommonRuleSet"
KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
GROUPS = (("reputation", REPUTATION), ("known-bad", KNOWN_BAD), ("common", COMMON))

# Rules of the common group that read bodies, by the label that each leaves. A photograph or a PDF
# holds any sequence of bytes there is, so on upload routes they only count.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
_LABEL = "awswaf:managed:aws:core-rule-set:"
BODY_RULES: Mapping[str, str] = {
    "CrossSiteScripting_BODY": f"{_LABEL}CrossSiteScripting_Body",
    "EC2MetaDataSSRF_BODY": f"{_LABEL}EC2MetaDataSSRF_Body",
    "GenericLFI_BODY": f"{_LABEL}GenericLFI_Body",
    "GenericRFI_BODY": f"{_LABEL}GenericRFI_Body",
}
# Bodies over 8 KB are stopped by this one: 900 characters of Thai in a form (nine bytes each) are
# more. Sizes are nginx's, route by route, which says what may be sent.
SIZE_RULE = "SizeRestrictions_BODY"

type Statement = Mapping[str, Any]


def rules(model: EdgeModel) -> list[dict[str, Any]]:
    """Rules of the web ACL, in the order in which they are asked."""
    return [
        _rule(0, "flood", _flood(model), action=_TOO_MANY),
        *(
            _rule(number, slot, _group(name), override_action={"none": {}})
            for number, (slot, name) in enumerate(GROUPS, start=1)
        ),
        _rule(len(GROUPS) + 1, "bodies", _bodies(model), action={"block": {}}),
    ]


def seen_as(metric: str) -> dict[str, Any]:
    """Counted; but no samples: they show headers whole, sign-ins among them."""
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": False,
    }


_TOO_MANY = {
    "block": {
        "custom_response": {
            "response_code": 429,
            "response_headers": [{"name": "Retry-After", "value": str(TRY_AGAIN_SECONDS)}],
        }
    }
}


def _rule(priority: int, name: str, statement: Statement, **action: object) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "statement": statement,
        "visibility_config": seen_as(name),
        **action,
    }


def _flood(model: EdgeModel) -> Statement:
    """An address that asks for more, all routes together, than nginx lets through to the API alone
    in the whole window: no client, and an office behind one address is still far below."""
    limit = model.limits[Limit.API]
    a_second = limit.rate if limit.per == "s" else limit.rate / 60
    return {
        "rate_based_statement": {
            "limit": int(a_second * WINDOW_SECONDS),
            "evaluation_window_sec": WINDOW_SECONDS,
            "aggregate_key_type": "IP",
        }
    }


def _group(name: str) -> Statement:
    counted = (SIZE_RULE, *BODY_RULES) if name == COMMON else ()
    overrides = [{"name": each, "action_to_use": {"count": {}}} for each in counted]
    group: dict[str, Any] = {"vendor_name": "AWS", "name": name}
    if overrides:
        group["rule_action_overrides"] = overrides
    return {"managed_rule_group_statement": group}


def _bodies(model: EdgeModel) -> Statement:
    """What the common group found in a body, on every route but those that take files."""
    labels = [
        {"label_match_statement": {"scope": "LABEL", "key": label}} for label in BODY_RULES.values()
    ]
    uploads = [_path(route) for route in model.routes if route.body_bytes is not None]
    found = {"or_statement": {"statements": labels}}
    elsewhere = [{"not_statement": {"statement": path}} for path in uploads]
    return {"and_statement": {"statements": [found, *elsewhere]}}


def _path(route: Route) -> Statement:
    """A route's path in the filter's words. Paths are compared as they come, as nginx does after
    decoding: one that is written otherwise is no upload here, and is filtered."""
    common: dict[str, Any] = {
        "field_to_match": {"uri_path": {}},
        "text_transformations": [{"priority": 0, "type": "NONE"}],
    }
    if route.match is Match.PATTERN:
        return {"regex_match_statement": {"regex_string": route.path, **common}}
    where = "EXACTLY" if route.match is Match.EXACT else "STARTS_WITH"
    match = {"search_string": route.path, "positional_constraint": where}
    return {"byte_match_statement": {**match, **common}}
