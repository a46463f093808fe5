"""Web ACLs of AWS WAF and where they log to (pure table).

Sources: `internal/service/wafv2` of hashicorp/terraform-provider-aws, and the API reference of AWS
WAF.
"""

from __future__ import annotations

from infra.local.aws.catalogue import web_filter_rules
from infra.local.aws.catalogue.provider_source import named, says
from infra.local.aws.catalogue.tokens import WEB_ACL
from infra.local.aws.rules.basic import at_most_one, between, count, length, one_of, pattern
from infra.local.aws.rules.documents import json_text
from infra.local.aws.rules.places import service_is_there
from infra.local.aws.spec import Autoname, Reference, TypeSpec
from infra.regions.table import Service

_FILE, _LOG_FILE = "wafv2/web_acl.go", "wafv2/web_acl_logging_configuration.go"
_API = "https://docs.aws.amazon.com/waf/latest/APIReference/API_{}.html"
_ACL, _RATE = _API.format("CreateWebACL"), _API.format("RateBasedStatement")
_LOGGING, _SEEN = _API.format("LoggingConfiguration"), _API.format("VisibilityConfig")
_METRIC = r"[\w-]{1,128}"
_METRIC_SAYS = "128 letters, digits, - and _"
_RATE_PATH = "rules[*].statement.rateBasedStatement"

TYPES = (
    TypeSpec(
        WEB_ACL,
        id="{uuid}",
        computed={
            "name": named,
            "arn": web_filter_rules.arn,
            "capacity": web_filter_rules.capacity,
            "lockToken": "{uuid}",
            "applicationIntegrationUrl": "",
        },
        live=("capacity", "lockToken"),
        autoname=Autoname(longest=128, unless=("namePrefix",)),
        unique=("scope", "name"),
        exists="WAFDuplicateItemException",
        rules=(
            service_is_there(Service.WAF),
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            at_most_one(("rules", "ruleJson"), says(_FILE, "ConflictsWith")),
            pattern("name", _METRIC, _METRIC_SAYS, says(_FILE)),
            length("description", 1, 256, says(_FILE)),
            one_of("scope", ("CLOUDFRONT", "REGIONAL"), _ACL),
            web_filter_rules.scope_of_region(_ACL),
            json_text("ruleJson", "WAFInvalidParameterException", _ACL),
            web_filter_rules.one_default(_ACL),
            pattern("visibilityConfig.metricName", _METRIC, _METRIC_SAYS, _SEEN),
            pattern("rules[*].visibilityConfig.metricName", _METRIC, _METRIC_SAYS, _SEEN),
            length("rules[*].name", 1, 128, says(_FILE)),
            between("rules[*].priority", 0, 2147483647, "(priority)", _API.format("Rule")),
            web_filter_rules.distinct(_API.format("Rule")),
            web_filter_rules.one_action(_API.format("Rule")),
            web_filter_rules.one_statement(_API.format("Statement")),
            web_filter_rules.managed_groups(_API.format("ManagedRuleGroupStatement")),
            between(f"{_RATE_PATH}.limit", 10, 2_000_000_000, "requests", _RATE),
            one_of(f"{_RATE_PATH}.evaluationWindowSec", (60, 120, 300, 600), _RATE),
            one_of(
                f"{_RATE_PATH}.aggregateKeyType",
                ("IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"),
                _RATE,
            ),
            web_filter_rules.keys_of_rates(_RATE),
            pattern(
                "rules[*].statement.geoMatchStatement.countryCodes[*]",
                r"[A-Z]{2}",
                "two capitals of ISO 3166",
                _API.format("GeoMatchStatement"),
            ),
            one_of(
                "customResponseBodies[*].contentType",
                ("TEXT_PLAIN", "TEXT_HTML", "APPLICATION_JSON"),
                _API.format("CustomResponseBody"),
            ),
            pattern("tokenDomains[*]", r"[\w./-]{1,253}", "a domain", says(_FILE)),
            web_filter_rules.fits(
                "https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html"
            ),
        ),
        in_use="WAFAssociatedItemException",
    ),
    TypeSpec(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        id="{in.resourceArn}",
        unique=("resourceArn",),
        exists="WAFDuplicateItemException",
        rules=(
            count("logDestinationConfigs", 1, 1, _LOGGING),
            web_filter_rules.destination(_LOGGING),
            count("redactedFields", 0, 100, _LOGGING),
            web_filter_rules.one_field(_LOGGING),
            one_of("loggingFilter.defaultBehavior", ("KEEP", "DROP"), _API.format("LoggingFilter")),
            one_of("loggingFilter.filters[*].behavior", ("KEEP", "DROP"), _API.format("Filter")),
            one_of(
                "loggingFilter.filters[*].requirement",
                ("MEETS_ALL", "MEETS_ANY"),
                _API.format("Filter"),
            ),
            one_of(
                "loggingFilter.filters[*].conditions[*].actionCondition.action",
                (
                    *("ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE"),
                    "EXCLUDED_AS_COUNT",
                ),
                _API.format("ActionCondition"),
            ),
        ),
        references=(
            Reference(
                "resourceArn", (WEB_ACL,), ("arn",), "WAFNonexistentItemException", holds=False
            ),
        ),
        world=(web_filter_rules.destination_exists,),
    ),
)
