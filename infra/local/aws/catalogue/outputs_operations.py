"""Where the computed outputs of watching, budgets, backups and scaling are from (pure table).

As `outputs_services.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.spec import Outputs, outputs_of

ROWS: Mapping[str, Outputs] = {
    "aws:cloudwatch/dashboard:Dashboard": outputs_of("cloudwatch/dashboard.go", "dashboardArn"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": outputs_of(
        "cloudwatch/composite_alarm.go", "arn"
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": outputs_of(
        "logs/metric_filter.go", "", filled="applyOnTransformedLogs"
    ),
    "aws:budgets/budget:Budget": outputs_of(
        "budgets/budget.go", "arn", filled="name accountId timePeriodStart costTypes"
    ),
    "aws:backup/vault:Vault": outputs_of(
        "backup/vault.go", "arn recoveryPoints", filled="kmsKeyArn"
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": outputs_of(
        "backup/vault_lock_configuration.go", "backupVaultArn"
    ),
    "aws:backup/vaultPolicy:VaultPolicy": outputs_of("backup/vault_policy.go", "backupVaultArn"),
    "aws:backup/plan:Plan": outputs_of("backup/plan.go", "arn version"),
    "aws:backup/selection:Selection": outputs_of(
        "backup/selection.go", "", filled="notResources conditions"
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": outputs_of(
        "backup/restore_testing_plan.go",
        "arn",
        filled="scheduleExpressionTimezone startWindowHours",
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": outputs_of(
        "backup/restore_testing_selection.go",
        "",
        filled="protectedResourceArns restoreMetadataOverrides validationWindowHours",
    ),
    "aws:autoscaling/group:Group": outputs_of(
        "autoscaling/group.go",
        "arn predictedCapacity warmPoolSize",
        filled=(
            "name availabilityZones vpcZoneIdentifiers desiredCapacity defaultCooldown "
            "healthCheckType"
        ),
    ),
    "aws:autoscaling/policy:Policy": outputs_of(
        "autoscaling/policy.go", "arn", filled="metricAggregationType"
    ),
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": outputs_of("dlm/lifecycle_policy.go", "arn"),
}
