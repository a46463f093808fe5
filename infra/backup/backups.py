"""AWS Backup of database and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.backup import plan
from infra.backup.vault import Vault, VaultArgs
from infra.config.operations import BackupConfig
from infra.identity import policies
from infra.identity.roles import RoleArgs, make_role
from infra.keys.key import Key, KeyArgs
from infra.stack import Stack

AWS_POLICIES = {
    "backup": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "restore": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    "backup-s3": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
    "restore-s3": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
}


@dataclass(frozen=True, slots=True)
class BackupsArgs:
    """`protected` is what is backed up: kind in AWS Backup's words (`DocumentDB`, `S3`) to ARN."""

    config: BackupConfig
    key_arn: pulumi.Output[str]
    protected: Mapping[str, pulumi.Output[str]]


class Backups(pulumi.ComponentResource):
    """Recovery points every day and month, a copy in another region, a restore every week.

    Children: a `Vault`; where copies are wanted a `Key` and a `Vault` in the other region; the
    role that AWS Backup takes, with AWS's policies; plan and selection; the restore testing plan
    with a selection for each kind, where wanted.
    """

    def __init__(
        self, name: str, stack: Stack, args: BackupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:backup:Backups", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        self._lock = None
        if args.config.lock:
            self._lock = (plan.shortest_life(args.config), plan.longest_life(args.config))
        self._vault = Vault(
            name, stack, VaultArgs(stack.region, args.key_arn, self._lock), self._child
        )
        role = self._make_role()
        self._make_plan(role, self._make_copy_vault() if args.config.copies else None)
        if args.config.restore_testing:
            self._test_restores(role)
        self.register_outputs({"vaultArn": self._vault.arn})

    @property
    def vault_name(self) -> pulumi.Output[str]:
        return self._vault.vault_name

    def _make_copy_vault(self) -> Vault:
        name = f"{self._name}-copy"
        region = plan.copy_region(self._stack.region, self._args.config)
        made = KeyArgs("Copies of backups", region=region, lasts=True)
        key = Key(name, self._stack, made, self._child)
        return Vault(name, self._stack, VaultArgs(region, key.arn, self._lock), self._child)

    def _make_role(self) -> aws.iam.Role:
        known_as = self._stack.names.of(self._name)
        trust = policies.document(
            policies.trust_of_service("backup.amazonaws.com", self._stack.account)
        )
        described = "AWS Backup of the certification platform"
        role = make_role(self._name, self._stack, RoleArgs(known_as, trust, described), self._child)
        for slot, arn in AWS_POLICIES.items():
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{slot}", role=role.name, policy_arn=arn, opts=self._child
            )
        return role

    def _make_plan(self, role: aws.iam.Role, copies: Vault | None) -> None:
        known_as = self._stack.names.of(self._name)
        made = aws.backup.Plan(
            self._name,
            name=known_as,
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name=rule.name,
                    target_vault_name=self._vault.vault_name,
                    schedule=rule.schedule,
                    start_window=plan.START_MINUTES,
                    completion_window=plan.COMPLETE_MINUTES,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=rule.keep_days),
                    copy_actions=[
                        aws.backup.PlanRuleCopyActionArgs(
                            destination_vault_arn=copies.arn,
                            lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(
                                delete_after=rule.keep_days
                            ),
                        )
                    ]
                    if rule.copied and copies
                    else None,
                    recovery_point_tags=self._stack.tags.of(known_as),
                )
                for rule in plan.rules_of(self._args.config)
            ],
            tags=self._stack.tags.of(known_as),
            opts=self._child,
        )
        aws.backup.Selection(
            self._name,
            name=known_as,
            plan_id=made.id,
            iam_role_arn=role.arn,
            resources=list(self._args.protected.values()),
            opts=self._child,
        )

    def _test_restores(self, role: aws.iam.Role) -> None:
        known_as = self._stack.names.of(self._name).replace("-", "_")  # AWS takes no hyphen here
        testing = aws.backup.RestoreTestingPlan(
            self._name,
            name=known_as,
            schedule_expression=plan.RESTORE_TEST,
            recovery_point_selection={
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [self._vault.arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": plan.RESTORE_TEST_WINDOW_DAYS,
            },
            tags=self._stack.tags.of(known_as),
            opts=self._child,
        )
        for kind, arn in self._args.protected.items():
            aws.backup.RestoreTestingSelection(
                f"{self._name}-{kind.lower()}",
                name=f"{known_as}_{kind.lower()}",
                restore_testing_plan_name=testing.name,
                protected_resource_type=kind,
                protected_resource_arns=[arn],
                iam_role_arn=role.arn,
                validation_window_hours=plan.KEEP_RESTORED_HOURS,
                opts=self._child,
            )
