"""Where recovery points are kept."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class VaultArgs:
    """`region` is the vault's own. `lock_days` is the shortest and longest life of a point, None
    for no lock."""

    region: str
    key_arn: pulumi.Input[str]
    lock_days: tuple[int, int] | None


class Vault(pulumi.ComponentResource):
    """An encrypted vault, locked in governance mode.

    Children: the vault, its lock. Governance: only who may change the lock can shorten a point's
    life; a compliance lock nobody could ever take away, a mistake included.
    """

    def __init__(
        self, name: str, stack: Stack, args: VaultArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:backup:Vault", name, None, opts)
        vault = aws.backup.Vault(
            name,
            name=stack.names.of(name),
            kms_key_arn=args.key_arn,
            force_destroy=not stack.keeps_data,
            region=args.region,
            tags=stack.tags.of(stack.names.of(name), DataClass.PERSONAL),
            opts=stack.lasting_child_of(self),
        )
        if args.lock_days:
            least, most = args.lock_days
            aws.backup.VaultLockConfiguration(
                name,
                backup_vault_name=vault.name,
                min_retention_days=least,
                max_retention_days=most,
                region=args.region,
                opts=stack.kept_child_of(self),
            )
        self._vault = vault
        self.register_outputs({"vaultArn": vault.arn})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._vault.arn

    @property
    def vault_name(self) -> pulumi.Output[str]:
        return self._vault.name
