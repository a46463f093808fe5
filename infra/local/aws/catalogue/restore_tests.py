"""Tests of restoring that AWS Backup makes by itself (pure table).

Sources: `internal/service/backup/restore_testing_*.go` of hashicorp/terraform-provider-aws, and the
API reference of AWS Backup.
"""

from __future__ import annotations

from infra.local.aws.catalogue import backup_rules
from infra.local.aws.catalogue.event_rules import schedule
from infra.local.aws.catalogue.pointing import role
from infra.local.aws.catalogue.provider_source import arn_of, says
from infra.local.aws.catalogue.roles import trusted_by
from infra.local.aws.catalogue.tokens import RESTORE_PLAN
from infra.local.aws.rules.basic import between, count, exactly_one, one_of, pattern
from infra.local.aws.rules.places import service_is_there
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always
from infra.regions.table import Service

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_{}.html"
_TEST_API = _API.format("RestoreTestingPlanForCreate")
_POINTS_API = _API.format("RestoreTestingRecoveryPointSelection")
_SELECTION_API = _API.format("RestoreTestingSelectionForCreate")
_FILE, _SELECTION_FILE = "backup/restore_testing_plan.go", "backup/restore_testing_selection.go"
_GONE, _BAD = "ResourceNotFoundException", "InvalidParameterValueException"

TYPES = (
    TypeSpec(
        RESTORE_PLAN,
        id="{in.name}",
        computed={
            "arn": arn_of("backup:restore-testing-plan:{id}-{uuid}"),
            "scheduleExpressionTimezone": "Etc/UTC",
            "startWindowHours": always(24),
        },
        autoname=Autoname(longest=50),
        unique=("name",),
        rules=(
            service_is_there(Service.RESTORE_TESTING),
            pattern(
                "name",
                r"\w{1,50}",
                "50 letters, digits and _, so that it must be given",
                says(_FILE, "RegexMatches"),
            ),
            schedule("scheduleExpression", _TEST_API),
            backup_rules.zone_of_time("scheduleExpressionTimezone", _TEST_API),
            between("startWindowHours", 1, 168, "hours", _TEST_API),
            one_of(
                "recoveryPointSelection.algorithm",
                ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"),
                _POINTS_API,
            ),
            one_of(
                "recoveryPointSelection.recoveryPointTypes[*]",
                ("CONTINUOUS", "SNAPSHOT"),
                _POINTS_API,
            ),
            count(
                "recoveryPointSelection.includeVaults",
                1,
                50,
                _POINTS_API,
            ),
            count(
                "recoveryPointSelection.recoveryPointTypes",
                1,
                2,
                _POINTS_API,
            ),
            between(
                "recoveryPointSelection.selectionWindowDays",
                1,
                365,
                "days",
                says(_FILE, "Between"),
            ),
            backup_rules.arns("recoveryPointSelection.includeVaults[*]", _TEST_API),
            backup_rules.arns("recoveryPointSelection.excludeVaults[*]", _TEST_API),
        ),
        world=(backup_rules.vaults_exist,),
        in_use="InvalidRequestException",
    ),
    TypeSpec(
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        id="{in.name}:{in.restoreTestingPlanName}",
        computed={
            "protectedResourceArns": backup_rules.all_of_type,
            "restoreMetadataOverrides": always({}),
            "validationWindowHours": always(0),
        },
        autoname=Autoname(longest=50),
        unique=("restoreTestingPlanName", "name"),
        rules=(
            pattern(
                "name",
                r"\w{1,50}",
                "50 letters, digits and _, so that it must be given",
                says(_SELECTION_FILE, "RegexMatches"),
            ),
            exactly_one(
                ("protectedResourceArns", "protectedResourceConditions"),
                says(_SELECTION_FILE, "ExactlyOneOf"),
            ),
            one_of("protectedResourceType", backup_rules.RESTORABLE, _SELECTION_API),
            between("validationWindowHours", 1, 168, "hours", _SELECTION_API),
            backup_rules.arns("protectedResourceArns[*]", _SELECTION_API),
            backup_rules.keys_of_tags("protectedResourceConditions", _SELECTION_API),
        ),
        references=(
            role("iamRoleArn", _BAD),
            Reference("restoreTestingPlanName", (RESTORE_PLAN,), ("id", "name"), _GONE),
        ),
        world=(trusted_by("iamRoleArn", "backup.amazonaws.com", _BAD),),
    ),
)
