"""Cases of AWS Backup (pure table)."""

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

TAGS = {"tags": {"Name": "a"}}
_POLICY = "aws:backup/vaultPolicy:VaultPolicy"
_SELECTION = "aws:backup/selection:Selection"
_RESTORE = "aws:backup/restoreTestingSelection:RestoreTestingSelection"


def _policy(action: str, effect: str = "Deny") -> str:
    statement = {"Effect": effect, "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


DAILY: dict[str, Any] = {
    "ruleName": "daily",
    "targetVaultName": "$vault",
    "schedule": "cron(0 18 * * ? *)",
    "lifecycle": {"deleteAfter": 35},
}
MONTHLY: dict[str, Any] = {
    "ruleName": "monthly",
    "targetVaultName": "$vault",
    "schedule": "cron(0 19 1 * ? *)",
    "scheduleExpressionTimezone": "Asia/Singapore",
    "startWindow": 60,
    "completionWindow": 480,
    "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 365},
    "copyActions": [{"destinationVaultArn": "$vault-far:arn", "lifecycle": {"deleteAfter": 365}}],
    "recoveryPointTags": {"Kind": "monthly"},
}
TAGGED = {"selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}]}
TESTS: dict[str, Any] = {
    "name": "weekly",
    "scheduleExpression": "cron(0 5 ? * SUN *)",
    "recoveryPointSelection": {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "includeVaults": ["$vault:arn"],
        "recoveryPointTypes": ["SNAPSHOT"],
    },
}


def _rule(**changes: Any) -> dict[str, Any]:
    return {"rules": [{**DAILY, **changes}]}


def _tests(**changes: Any) -> dict[str, Any]:
    return {"recoveryPointSelection": {**TESTS["recoveryPointSelection"], **changes}}


CASES = (
    Case(
        tokens.VAULT,
        least={},
        full={"name": "gacp-full", "kmsKeyArn": "$key:arn", "forceDestroy": True, **TAGS},
        update={"forceDestroy": True},
        replace={"name": "another"},
        drift="forceDestroy=true",
        rejected=({"name": "gacp.full"}, "2 to 50 letters"),
        outputs=("arn", "recoveryPoints", "kmsKeyArn"),
    ),
    Case(
        tokens.LOCK,
        least={"backupVaultName": "$vault", "minRetentionDays": 7},
        full={
            "backupVaultName": "$vault",
            "changeableForDays": 3,
            "minRetentionDays": 7,
            "maxRetentionDays": 365,
        },
        replace={"minRetentionDays": 14},
        fixed="the provider for AWS makes a lock anew for every change",
        drift="minRetentionDays=1",
        rejected=({"maxRetentionDays": 3}, "is more than maxRetentionDays"),
        outputs=("backupVaultArn",),
    ),
    Case(
        _POLICY,
        least={"backupVaultName": "$vault", "policy": _policy("backup:DeleteRecoveryPoint")},
        full={"backupVaultName": "$vault", "policy": _policy("backup:*")},
        update={"policy": _policy("backup:DeleteBackupVault")},
        replace={"backupVaultName": "$vault-2"},
        drift='policy="{}"',
        rejected=({"policy": _policy("s3:GetObject")}, "is not of AWS Backup"),
        outputs=("backupVaultArn",),
    ),
    Case(
        tokens.BACKUP_PLAN,
        least={"rules": [DAILY]},
        full={
            "name": "full",
            "rules": [DAILY, MONTHLY],
            "advancedBackupSettings": [
                {"resourceType": "EC2", "backupOptions": {"WindowsVSS": "enabled"}}
            ],
            **TAGS,
        },
        update={"rules": [{**DAILY, "lifecycle": {"deleteAfter": 14}}]},
        replace={"name": "another"},
        drift='rules=[{"ruleName": "daily", "targetVaultName": "somewhere"}]',
        rejected=({"rules": [{**DAILY, "targetVaultName": "nobody"}]}, "it does not exist"),
        outputs=("arn", "version"),
    ),
    Case(
        _SELECTION,
        least={"planId": "$backup-plan", "iamRoleArn": "$role-backup:arn", **TAGGED},
        full={
            "name": "full",
            "planId": "$backup-plan",
            "iamRoleArn": "$role-backup:arn",
            "resources": ["arn:aws:s3:::gacp-*"],
            "notResources": ["arn:aws:ec2:*:*:volume/*"],
            "conditions": [{"stringEquals": [{"key": "aws:ResourceTag/Project", "value": "gacp"}]}],
        },
        replace={"planId": "$backup-plan-2"},
        fixed="a selection is made anew for every change",
        drift='resources=["*"]',
        rejected=({"selectionTags": None}, "one of resources, selectionTags, conditions"),
    ),
    Case(
        tokens.RESTORE_PLAN,
        least=TESTS,
        full={
            **TESTS,
            "scheduleExpressionTimezone": "Asia/Bangkok",
            "startWindowHours": 8,
            **_tests(excludeVaults=["$vault-2:arn"], selectionWindowDays=7),
            **TAGS,
        },
        update={"scheduleExpression": "cron(0 6 ? * SUN *)"},
        replace={"name": "another"},
        drift="scheduleExpression=rate(1 day)",
        rejected=({"name": "with-hyphen"}, "letters, digits and _"),
        outputs=("arn", "scheduleExpressionTimezone", "startWindowHours"),
    ),
    Case(
        _RESTORE,
        least={
            "name": "database",
            "restoreTestingPlanName": "$restore-plan",
            "iamRoleArn": "$role-backup:arn",
            "protectedResourceType": "DocumentDB",
            "protectedResourceArns": ["*"],
        },
        full={
            "name": "objects",
            "restoreTestingPlanName": "$restore-plan",
            "iamRoleArn": "$role-backup:arn",
            "protectedResourceType": "S3",
            "protectedResourceConditions": {
                "stringEquals": [{"key": "aws:ResourceTag/Project", "value": "gacp"}]
            },
            "restoreMetadataOverrides": {"encryptionType": "SSE-S3"},
            "validationWindowHours": 4,
        },
        update={"validationWindowHours": 8},
        replace={"protectedResourceType": "S3"},
        drift='protectedResourceArns=["arn:aws:rds:::cluster:a"]',
        rejected=({"protectedResourceType": "ElastiCache"}, "none of Aurora"),
    ),
)

REFUSED = (
    Refused(tokens.VAULT, {"region": "me-south-1"}, "AWS Backup is not to be had in me-south-1"),
    Refused(tokens.LOCK, {"changeableForDays": 2}, "not between 3 and"),
    Refused(_POLICY, {"policy": "deny"}, "not JSON"),
    Refused(tokens.BACKUP_PLAN, {"rules": []}, "0 elements"),
    Refused(tokens.BACKUP_PLAN, _rule(ruleName="a b"), "50 letters"),
    Refused(tokens.BACKUP_PLAN, _rule(schedule="daily"), "neither rate"),
    Refused(tokens.BACKUP_PLAN, _rule(scheduleExpressionTimezone="UTC+8:00"), "no time zone"),
    Refused(tokens.BACKUP_PLAN, _rule(startWindow=30), "less than 60 minutes"),
    Refused(tokens.BACKUP_PLAN, _rule(completionWindow=100), "60 minutes more than startWindow"),
    Refused(tokens.BACKUP_PLAN, _rule(lifecycle={"deleteAfter": 0}), "not between 1 and 36500"),
    Refused(
        tokens.BACKUP_PLAN,
        _rule(lifecycle={"coldStorageAfter": 30, "deleteAfter": 60}),
        "90 days after coldStorageAfter",
    ),
    Refused(
        tokens.BACKUP_PLAN,
        _rule(lifecycle={"optInToArchiveForSupportedResources": True}),
        "needs coldStorageAfter",
    ),
    Refused(
        tokens.BACKUP_PLAN,
        _rule(enableContinuousBackup=True, lifecycle={"deleteAfter": 90}),
        "kept for 1 to 35 days",
    ),
    Refused(tokens.BACKUP_PLAN, {"rules": [DAILY, DAILY]}, "are not distinct"),
    Refused(
        tokens.BACKUP_PLAN,
        _rule(copyActions=[{"destinationVaultArn": "$vault:arn"}]),
        "where it stands already",
    ),
    Refused(tokens.BACKUP_PLAN, _rule(targetVaultName="$vault-far"), "it is in us-east-1"),
    Refused(
        tokens.BACKUP_PLAN,
        {"advancedBackupSettings": [{"resourceType": "EC2", "backupOptions": {"VSS": "on"}}]},
        "WindowsVSS enabled or disabled",
    ),
    Refused(_SELECTION, {"iamRoleArn": "$role:arn"}, "cannot be assumed by backup"),
    Refused(_SELECTION, {"name": "a b"}, "50 letters"),
    Refused(_SELECTION, {"resources": ["gacp"]}, "neither an ARN nor *"),
    Refused(
        _SELECTION,
        {"selectionTags": [{"type": "STRINGLIKE", "key": "a", "value": "b"}]},
        "none of STRINGEQUALS",
    ),
    Refused(
        _SELECTION,
        {"conditions": [{"stringLikes": [{"key": "Project", "value": "g*"}]}]},
        "does not begin with aws:ResourceTag/",
    ),
    Refused(tokens.RESTORE_PLAN, {"region": "ap-southeast-5"}, "restore testing is not to be had"),
    Refused(tokens.RESTORE_PLAN, _tests(algorithm="ANY"), "none of LATEST_WITHIN_WINDOW"),
    Refused(tokens.RESTORE_PLAN, _tests(recoveryPointTypes=["COPY"]), "none of CONTINUOUS"),
    Refused(tokens.RESTORE_PLAN, _tests(includeVaults=["gacp"]), "neither an ARN nor *"),
    Refused(tokens.RESTORE_PLAN, _tests(includeVaults=[]), "0 elements"),
    Refused(tokens.RESTORE_PLAN, _tests(includeVaults=["$vault-far:arn"]), "does not exist in"),
    Refused(tokens.RESTORE_PLAN, _tests(selectionWindowDays=366), "not between 1 and 365"),
    Refused(tokens.RESTORE_PLAN, {"startWindowHours": 200}, "not between 1 and 168"),
    Refused(_RESTORE, {"protectedResourceArns": None}, "exactly one of protectedResourceArns"),
    Refused(_RESTORE, {"iamRoleArn": "$role:arn"}, "cannot be assumed by backup"),
    Refused(_RESTORE, {"validationWindowHours": 169}, "not between 1 and 168"),
)

HELD = (
    Held(
        "backup-plan",
        _SELECTION,
        {"planId": "$backup-plan", "iamRoleArn": "$role-backup:arn", **TAGGED},
        "InvalidRequestException",
    ),
    Held(
        "restore-plan",
        _RESTORE,
        {
            "name": "database",
            "restoreTestingPlanName": "$restore-plan",
            "iamRoleArn": "$role-backup:arn",
            "protectedResourceType": "DocumentDB",
            "protectedResourceArns": ["*"],
        },
        "InvalidRequestException",
    ),
)
