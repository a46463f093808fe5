"""Examples of the control of backups."""

from __future__ import annotations

from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import cut, drop, option, put
from tests.infra.policy.example import Example, example, values
from tests.infra.policy.examples_data import AWS_KEY
from tests.infra.policy.whole import OTHER_REGION, arn

BACKUPS = (
    *(t.VAULT, t.VAULT_LOCK, t.BACKUP_PLAN, t.BACKUP_SELECTION, t.RESTORE_TEST),
    *(t.RESTORE_TEST_SELECTION, t.DATABASE, t.VOLUME, t.BUCKET, t.KEY, t.ROLE),
)
VAULT, PLAN, SELECTION = "Vault::vault", "Plan::plan", "Selection::data"
DRILL, TEST = "RestoreTestingPlan::drill", "RestoreTestingSelection::documentdb"
COPY = "rules.0.copyActions"
DATABASE, DOCUMENTS = arn(t.DATABASE, "database"), arn(t.BUCKET, "documents")
VOLUME = arn(t.VOLUME, "host-data")
STRANGE_ROLE = "arn:aws:iam::210987654321:role/x"

EXAMPLES: dict[str, Example] = {
    "A59": example(
        *BACKUPS,
        red={
            **values(VAULT, "kmsKeyArn", AWS_KEY),
            "unprotected": option(VAULT, protect=False),
            "emptied": put(VAULT, "forceDestroy", True),
            "perhaps emptied": put(VAULT, "forceDestroy", UNKNOWN),
            **values("VaultLockConfiguration::vault", "minRetentionDays", 0),
            "unlocked": drop("VaultLockConfiguration::vault"),
            "a copy that is not locked": drop("VaultLockConfiguration::vault-copy"),
            **values(PLAN, "rules.0.schedule", ""),
            **values(PLAN, "rules.0.lifecycle", {}, {"deleteAfter": 0}),
            "ends before the lock": put(PLAN, "rules.0.lifecycle", {"deleteAfter": 34}),
            "ends after the lock": put(PLAN, "rules.0.lifecycle", {"deleteAfter": 401}),
            **values(PLAN, f"{COPY}.0.lifecycle", {}),
            "a copy ends before its lock": put(PLAN, f"{COPY}.0.lifecycle", {"deleteAfter": 34}),
            **values(PLAN, COPY, []),
            **values(PLAN, "rules", []),
            "a copy nearby": put(PLAN, f"{COPY}.0.destinationVaultArn", arn(t.VAULT, "vault")),
            "a copy to somewhere": put(
                PLAN, f"{COPY}.0.destinationVaultArn", arn(t.VAULT, "other", OTHER_REGION)
            ),
            "a copy's vault in no region": cut("Vault::vault-copy", "region"),
            "no plan": drop(PLAN),
            "a strange vault": put(PLAN, "rules.0.targetVaultName", "other"),
            "no vault": drop(VAULT, "Vault::vault-copy"),
            "no vault of copies": drop("Vault::vault-copy"),
            "nothing selected": put(SELECTION, "resources", []),
            "no selection": drop(SELECTION),
            "no database": put(SELECTION, "resources", [DOCUMENTS, VOLUME]),
            "no documents": put(SELECTION, "resources", [DATABASE, VOLUME]),
            "no volume": put(SELECTION, "resources", [DATABASE, DOCUMENTS]),
            "all but the database": put(SELECTION, "notResources", [DATABASE]),
            **values(SELECTION, "iamRoleArn", STRANGE_ROLE),
            "no drill": drop(DRILL),
            "a drill without the database": drop(TEST),
            "a drill without the documents": drop("RestoreTestingSelection::s3"),
            "a drill without the volume": drop("RestoreTestingSelection::ebs"),
            "a drill of nothing": drop(
                TEST, "RestoreTestingSelection::s3", "RestoreTestingSelection::ebs"
            ),
            **values(TEST, "protectedResourceArns", [], [DOCUMENTS]),
            **values(TEST, "iamRoleArn", STRANGE_ROLE),
            **values(TEST, "restoreTestingPlanName", "other"),
            **values(DRILL, "scheduleExpression", ""),
            **values(DRILL, "recoveryPointSelection", {}, {"includeVaults": ["*"]}),
        },
        green={
            "by pattern": put(
                SELECTION, "resources", ["arn:aws:docdb:*", "arn:aws:s3:*", "arn:aws:ebs:*"]
            ),
            "AWS's own": cut(VAULT, "forceDestroy"),
            "no longest life": cut("VaultLockConfiguration::vault", "maxRetentionDays"),
            "as long as the lock lets": put(PLAN, "rules.0.lifecycle", {"deleteAfter": 400}),
            "a restore of every database": put(TEST, "protectedResourceArns", ["arn:aws:docdb:*"]),
        },
    ),
}
