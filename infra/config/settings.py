"""A stack's whole configuration, valid and frozen."""

# ruff: noqa: RUF009 - key() and section() give a dataclasses.field

from __future__ import annotations

from dataclasses import dataclass

from infra.config import rules
from infra.config.choices import Environment
from infra.config.compute import ComputeConfig
from infra.config.keys import key, section
from infra.config.model import (
    AlertsConfig,
    DatabaseConfig,
    EdgeConfig,
    LogsConfig,
    MailConfig,
    NetworkConfig,
    RedisConfig,
    SafetyConfig,
    StorageConfig,
    TagsConfig,
    WorkloadsConfig,
)
from infra.config.operations import BackupConfig, BudgetConfig
from infra.config.pipeline import PipelineConfig


@dataclass(frozen=True, slots=True)
class StackConfig:
    """Everything under the namespace `gacp` of a stack file."""

    environment: Environment = key("Table of defaults.")
    network: NetworkConfig = section(NetworkConfig)
    compute: ComputeConfig = section(ComputeConfig)
    database: DatabaseConfig = section(DatabaseConfig)
    redis: RedisConfig = section(RedisConfig)
    storage: StorageConfig = section(StorageConfig)
    safety: SafetyConfig = section(SafetyConfig)
    edge: EdgeConfig = section(EdgeConfig)
    mail: MailConfig = section(MailConfig)
    logs: LogsConfig = section(LogsConfig)
    backup: BackupConfig = section(BackupConfig)
    alerts: AlertsConfig = section(AlertsConfig)
    budget: BudgetConfig = section(BudgetConfig)
    workloads: WorkloadsConfig = section(WorkloadsConfig)
    pipeline: PipelineConfig = section(PipelineConfig)
    tags: TagsConfig = section(TagsConfig)


@dataclass(frozen=True, slots=True)
class AwsConfig:
    """What the program reads under the namespace `aws`; the provider reads it too.

    The account is named once, as the provider's guard against the wrong one: policies take it
    from there, so that they are plain data, known before anything runs.
    """

    region: str = key("Region.", rules.REGION, example="ap-southeast-1")
    allowed_account_ids: tuple[str, ...] = key(
        "The one account that this stack may touch.",
        rules.each(rules.ACCOUNT, 1, 1),
        example=("123456789012",),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """A stack's whole configuration, valid."""

    stack: StackConfig
    aws: AwsConfig

    @property
    def account(self) -> str:
        return self.aws.allowed_account_ids[0]

    @property
    def zones(self) -> tuple[str, ...]:
        """Full names of the zones, in order."""
        return tuple(f"{self.aws.region}{letter}" for letter in self.stack.network.zones)

    @property
    def public_url(self) -> str:
        return self.stack.edge.public_url or f"https://{self.stack.edge.domain}"
