"""The components of a stack that others read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.config.settings import Settings
from infra.data.database import Database
from infra.data.external import ExternalDatabase
from infra.data.redis_pair import RedisPair
from infra.data.secrets import Secrets
from infra.identity.workloads import WorkloadAccess
from infra.keys.key import Key
from infra.network.network import Network
from infra.observability import alarm_plan
from infra.observability.alarm_plan import PlannedAlarm
from infra.observability.alerts import Alerts
from infra.observability.logs import LogGroup
from infra.outputs import StackOutputs
from infra.registry.repository import Repository
from infra.storage.buckets import Buckets


@dataclass(frozen=True, slots=True)
class Running:
    """What a compute profile adds: outputs beside the rest, what to watch, what to back up (kind in
    AWS Backup's words to ARN)."""

    outputs: Mapping[str, pulumi.Input[object]]
    alarms: tuple[PlannedAlarm, ...]
    protected: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Parts:
    """What every compute profile has, by room."""

    network: Network
    buckets: Buckets
    database: Database | ExternalDatabase
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

    def alarms(self, settings: Settings) -> tuple[PlannedAlarm, ...]:
        """What to watch of database, Redis and storage."""
        config = settings.stack
        queue, cache = self.redis.queue.identifier, self.redis.cache.identifier
        return (
            *self.database.alarms,
            *alarm_plan.of_redis("queue", queue, 1 + config.redis.queue.replicas, loses_keys=False),
            *alarm_plan.of_redis(
                "cache",
                cache,
                1 + config.redis.cache.replicas,
                loses_keys=True,
                shards=config.redis.cache.shards,
            ),
            *self.buckets.alarms,
        )

    def outputs(self, settings: Settings) -> dict[str, pulumi.Input[object]]:
        """What every stack puts out, whatever runs its workloads."""
        config, redis = settings.stack, self.redis
        return StackOutputs(
            environment=str(config.environment),
            region=settings.aws.region,
            compute_profile=str(config.compute.profile),
            public_url=settings.public_url,
            database_kind=self.database.kind,
            database_host=self.database.host,
            database_port=self.database.port,
            database_tls=config.database.tls,
            database_name=config.database.name,
            database_secret_arn=self.database.secret_arn,
            redis_queue_host=redis.queue.host,
            redis_queue_port=redis.queue.port,
            redis_queue_tls=config.redis.tls,
            redis_queue_user=redis.queue.user,
            redis_queue_auth=str(config.redis.auth),
            redis_cache_host=redis.cache.host,
            redis_cache_port=redis.cache.port,
            redis_cache_cluster=config.redis.cache.shards > 0,
            redis_cache_tls=config.redis.tls,
            redis_cache_user=redis.cache.user,
            redis_cache_auth=str(config.redis.auth),
            bucket_documents=self.buckets.documents.bucket,
            bucket_backups=self.buckets.backups.bucket,
            bucket_logs=self.buckets.logs.bucket,
            bucket_releases=self.buckets.releases.bucket,
            app_secret_arn=self.secrets.app_arn,
            mail_host=config.mail.host,
            mail_port=config.mail.port,
            mail_tls=config.mail.tls,
            mail_sender=config.mail.sender,
            mail_secret_arn=self.secrets.mail_arn,
            alerts_topic_arn=self.alerts.topic_arn,
            log_group=self.log_group.group_name,
            repository_url=self.repository.url,
            vpc_id=self.network.vpc_id,
        ).values()
