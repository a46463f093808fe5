"""Lifecycle policies of EBS snapshots (pure table).

Sources: `internal/service/dlm/lifecycle_policy.go` of hashicorp/terraform-provider-aws, and the API
reference of Amazon Data Lifecycle Manager.
"""

from __future__ import annotations

from infra.local.aws.catalogue import snapshot_rules
from infra.local.aws.catalogue.event_rules import schedule
from infra.local.aws.catalogue.pointing import role
from infra.local.aws.catalogue.provider_source import arn_of, says
from infra.local.aws.catalogue.roles import trusted_by
from infra.local.aws.catalogue.tokens import KEY
from infra.local.aws.rules.basic import between, count, length, one_of, pattern
from infra.local.aws.rules.places import zone
from infra.local.aws.spec import Reference, TypeSpec

_FILE = "dlm/lifecycle_policy.go"
_API = "https://docs.aws.amazon.com/dlm/latest/APIReference/{}.html"
_DETAILS, _RULE_API = _API.format("API_PolicyDetails"), _API.format("API_CreateRule")
_RETAIN = _API.format("API_RetainRule")
_BAD = "InvalidRequestException"
_SCHEDULE = "policyDetails.schedules[*]"
_COPY = f"{_SCHEDULE}.crossRegionCopyRules[*]"
_UNITS = ("DAYS", "WEEKS", "MONTHS", "YEARS")


def _key(path: str) -> Reference:
    return Reference(path, (KEY,), ("arn",), _BAD, holds=False, anywhere=True)


TYPES = (
    TypeSpec(
        "aws:dlm/lifecyclePolicy:LifecyclePolicy",
        id="policy-{hex}",
        computed={"arn": arn_of("dlm:policy/{id}")},
        rules=(
            pattern(
                "description", r"[0-9A-Za-z _-]{1,500}", "letters, digits, space, _ -", says(_FILE)
            ),
            one_of("state", ("ENABLED", "DISABLED"), says(_FILE)),
            one_of("defaultPolicy", ("VOLUME", "INSTANCE"), says(_FILE)),
            one_of(
                "policyDetails.policyType",
                ("EBS_SNAPSHOT_MANAGEMENT", "IMAGE_MANAGEMENT", "EVENT_BASED_POLICY"),
                _DETAILS,
            ),
            one_of("policyDetails.policyLanguage", ("SIMPLIFIED", "STANDARD"), _DETAILS),
            one_of("policyDetails.resourceType", ("VOLUME", "INSTANCE"), _DETAILS),
            one_of("policyDetails.resourceTypes[*]", ("VOLUME", "INSTANCE"), _DETAILS),
            count("policyDetails.resourceTypes", 1, 1, _DETAILS),
            one_of("policyDetails.resourceLocations", ("CLOUD", "OUTPOST", "LOCAL_ZONE"), _DETAILS),
            between("policyDetails.createInterval", 1, 7, "days", says(_FILE)),
            between("policyDetails.retainInterval", 2, 14, "days", says(_FILE)),
            count("policyDetails.schedules", 1, 4, says(_FILE)),
            snapshot_rules.custom_or_default(says(_FILE, "ConflictsWith")),
            length(f"{_SCHEDULE}.name", 0, 120, _API.format("API_Schedule")),
            snapshot_rules.names_differ(_API.format("API_Schedule")),
            schedule(f"{_SCHEDULE}.createRule.cronExpression", _RULE_API),
            one_of(f"{_SCHEDULE}.createRule.interval", (1, 2, 3, 4, 6, 8, 12, 24), says(_FILE)),
            one_of(f"{_SCHEDULE}.createRule.intervalUnit", ("HOURS",), _RULE_API),
            pattern(
                f"{_SCHEDULE}.createRule.times",
                r"([01]\d|2[0-3]):[0-5]\d",
                "a time such as 18:00",
                _RULE_API,
            ),
            one_of(
                f"{_SCHEDULE}.createRule.location",
                ("CLOUD", "OUTPOST_LOCAL", "LOCAL_ZONE"),
                _RULE_API,
            ),
            snapshot_rules.one_rhythm(_RULE_API),
            between(f"{_SCHEDULE}.retainRule.count", 1, 1000, "snapshots", _RETAIN),
            one_of(f"{_SCHEDULE}.retainRule.intervalUnit", _UNITS, _RETAIN),
            snapshot_rules.one_retention(_RETAIN),
            count(f"{_SCHEDULE}.crossRegionCopyRules", 0, 3, _API.format("API_Schedule")),
            snapshot_rules.copies(_API.format("API_CrossRegionCopyRule")),
            one_of(f"{_COPY}.retainRule.intervalUnit", _UNITS, _RETAIN),
            zone(f"{_SCHEDULE}.fastRestoreRule.availabilityZones[*]"),
        ),
        references=(
            role("executionRoleArn", _BAD),
            _key(f"{_COPY}.cmkArn"),
            _key("policyDetails.action.crossRegionCopies[*].encryptionConfiguration.cmkArn"),
        ),
        world=(
            trusted_by("executionRoleArn", "dlm.amazonaws.com", _BAD),
            snapshot_rules.key_is_of_the_copies_region,
        ),
    ),
)
