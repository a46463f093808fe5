"""AWS Backup: vaults, plans and what they cover (pure table).

Sources: `internal/service/backup` of hashicorp/terraform-provider-aws, and the API reference of
AWS Backup.
"""

from __future__ import annotations

from infra.local.aws.catalogue import backup_rules
from infra.local.aws.catalogue.event_rules import schedule
from infra.local.aws.catalogue.pointing import role
from infra.local.aws.catalogue.provider_source import arn_of, says
from infra.local.aws.catalogue.roles import trusted_by
from infra.local.aws.catalogue.tokens import BACKUP_PLAN, KEY, LOCK, VAULT
from infra.local.aws.rules.basic import between, count, one_of, pattern
from infra.local.aws.rules.documents import policy
from infra.local.aws.rules.places import service_is_there
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always
from infra.regions.table import Service

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_{}.html"
_RULE_API, _LIFE = _API.format("BackupRuleInput"), _API.format("Lifecycle")
_HERE = service_is_there(Service.BACKUP)
_GONE = "ResourceNotFoundException"
_OF_VAULT = Reference("backupVaultName", (VAULT,), ("id", "name"), _GONE, holds=False)
_BACKUP, _BAD = "backup.amazonaws.com", "InvalidParameterValueException"
_NAME_50 = r"[\w.-]{1,50}"

TYPES = (
    TypeSpec(
        VAULT,
        id="{in.name}",
        computed={
            "arn": arn_of("backup:backup-vault:{id}"),
            "kmsKeyArn": arn_of("kms:key/{uuid}"),
            "recoveryPoints": always(0),
        },
        autoname=Autoname(longest=50),
        unique=("name",),
        rules=(
            _HERE,
            pattern(
                "name", r"[\w-]{2,50}", "2 to 50 letters, digits, - and _", says("backup/vault.go")
            ),
        ),
        references=(Reference("kmsKeyArn", (KEY,), ("arn",), _BAD, holds=False),),
        in_use="InvalidRequestException",
    ),
    TypeSpec(
        LOCK,
        id="{in.backupVaultName}",
        computed={"backupVaultArn": backup_rules.vault_arn},
        unique=("backupVaultName",),
        rules=(
            between(
                "changeableForDays",
                3,
                36500,
                "days",
                _API.format("PutBackupVaultLockConfiguration"),
            ),
            between(
                "minRetentionDays", 1, 36500, "days", _API.format("PutBackupVaultLockConfiguration")
            ),
            between(
                "maxRetentionDays", 1, 36500, "days", _API.format("PutBackupVaultLockConfiguration")
            ),
            backup_rules.retention(_API.format("PutBackupVaultLockConfiguration")),
        ),
        references=(_OF_VAULT,),
    ),
    TypeSpec(
        "aws:backup/vaultPolicy:VaultPolicy",
        id="{in.backupVaultName}",
        computed={"backupVaultArn": backup_rules.vault_arn},
        unique=("backupVaultName",),
        rules=(
            policy("policy", _BAD, principal=True, longest=20480),
            backup_rules.actions_of_backup,
        ),
        references=(_OF_VAULT,),
    ),
    TypeSpec(
        BACKUP_PLAN,
        id="{uuid}",
        computed={"arn": arn_of("backup:backup-plan:{id}"), "version": "{token}{token}"},
        live=("version",),
        autoname=Autoname(longest=50),
        unique=("name",),
        rules=(
            _HERE,
            pattern("name", _NAME_50, "50 letters, digits and -_.", _API.format("BackupPlanInput")),
            count("rules", 1, 100, _API.format("BackupPlanInput")),
            pattern(
                "rules[*].ruleName",
                _NAME_50,
                "50 letters, digits and -_.",
                says("backup/plan.go"),
            ),
            schedule("rules[*].schedule", _RULE_API),
            backup_rules.zone_of_time("rules[*].scheduleExpressionTimezone", _RULE_API),
            backup_rules.windows(_RULE_API),
            between("rules[*].lifecycle.coldStorageAfter", 1, 36500, "days", _LIFE),
            between("rules[*].lifecycle.deleteAfter", 1, 36500, "days", _LIFE),
            backup_rules.lifecycles(_LIFE),
            backup_rules.names_differ(_API.format("CreateBackupPlan")),
            one_of("advancedBackupSettings[*].resourceType", ("EC2",), says("backup/plan.go")),
            backup_rules.backup_options(_API.format("AdvancedBackupSetting")),
            one_of("scanSettings[*].malwareScanner", ("GUARDDUTY",), _API.format("ScanSetting")),
            one_of(
                "rules[*].scanActions[*].malwareScanner", ("GUARDDUTY",), _API.format("ScanAction")
            ),
            one_of(
                "rules[*].scanActions[*].scanMode",
                ("FULL_SCAN", "INCREMENTAL_SCAN"),
                _API.format("ScanAction"),
            ),
        ),
        references=(
            Reference("rules[*].targetVaultName", (VAULT,), ("id", "name"), _BAD, holds=False),
            Reference(
                "rules[*].copyActions[*].destinationVaultArn",
                (VAULT,),
                by=("arn",),
                code=_BAD,
                holds=False,
                anywhere=True,
            ),
            role("scanSettings[*].scannerRoleArn", _BAD),
        ),
        world=(backup_rules.copies_go_elsewhere,),
        in_use="InvalidRequestException",
    ),
    TypeSpec(
        "aws:backup/selection:Selection",
        id="{uuid}",
        computed={"notResources": always([]), "conditions": always([])},
        autoname=Autoname(longest=50),
        unique=("planId", "name"),
        rules=(
            pattern("name", _NAME_50, "50 letters, digits and -_.", says("backup/selection.go")),
            backup_rules.selects_something(_API.format("BackupSelection")),
            count("resources", 0, 500, _API.format("BackupSelection")),
            count("notResources", 0, 500, _API.format("BackupSelection")),
            backup_rules.arns("resources[*]", _API.format("BackupSelection")),
            backup_rules.arns("notResources[*]", _API.format("BackupSelection")),
            one_of("selectionTags[*].type", ("STRINGEQUALS",), _API.format("Condition")),
            backup_rules.keys_of_tags("conditions", _API.format("ConditionParameter")),
        ),
        references=(
            role("iamRoleArn", _BAD),
            Reference("planId", (BACKUP_PLAN,), code=_GONE),
        ),
        world=(trusted_by("iamRoleArn", _BACKUP, _BAD),),
    ),
)
