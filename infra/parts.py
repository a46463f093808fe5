"""The components of a stack that others read from."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.data.database import Database
from infra.data.redis_pair import RedisPair
from infra.data.secrets import Secrets
from infra.identity.workloads import WorkloadAccess
from infra.keys.key import Key
from infra.network.network import Network
from infra.observability.alerts import Alerts
from infra.observability.logs import LogGroup
from infra.registry.repository import Repository
from infra.storage.buckets import Buckets


@dataclass(frozen=True, slots=True)
class Parts:
    """What every compute profile has, by room."""

    network: Network
    buckets: Buckets
    database: Database
    redis: RedisPair
    secrets: Secrets
    repository: Repository
    alerts: Alerts
    log_group: LogGroup
    data_key: Key
    logs_key: Key

    def workload_access(self) -> pulumi.Output[WorkloadAccess]:
        """What the workloads may touch, as soon as it is known."""
        return pulumi.Output.all(
            documents_bucket=self.buckets.documents.arn,
            backups_bucket=self.buckets.backups.arn,
            app_secret=self.secrets.app_arn,
            readable_secrets=pulumi.Output.all(self.secrets.mail_arn, self.database.secret_arn),
            data_key=self.data_key.arn,
            repository=self.repository.arn,
            log_group=self.log_group.arn,
            redis=pulumi.Output.all(*self.redis.sign_in_arns),
        ).apply(lambda known: WorkloadAccess(**known))
