"""What every compute profile has: the parts of a stack, and what guards them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from infra.backup.backups import Backups, BackupsArgs
from infra.config.choices import ComputeProfile, NatMode
from infra.config.settings import Settings
from infra.data.database import Database, DatabaseArgs
from infra.data.external import ExternalDatabase, ExternalDatabaseArgs
from infra.data.redis_pair import RedisPair, RedisPairArgs
from infra.data.secrets import Secrets, SecretsArgs
from infra.identity import policies
from infra.keys.key import Key, KeyArgs
from infra.network.network import Network, NetworkArgs
from infra.observability import alarm_plan
from infra.observability.alarm_plan import PlannedAlarm
from infra.observability.alerts import Alerts, AlertsArgs
from infra.observability.budget import Budget, BudgetArgs
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.parts import Parts
from infra.registry.repository import Repository, RepositoryArgs
from infra.stack import Stack
from infra.storage.buckets import Buckets, BucketsArgs


def wire(settings: Settings, stack: Stack) -> Parts:
    """Make what every compute profile needs: network, data, storage, secrets, logs."""
    config = settings.stack
    days, outside = config.logs.retention_days, config.database.outside
    balancer = config.compute.has_balancer
    in_cluster = config.compute.profile is ComputeProfile.CLUSTER
    data_key = Key("data", stack, KeyArgs("Everything that holds data", lasts=True))
    logs_policy = policies.key_for_logs_and_alarms(stack.account, stack.region)
    logs_key = Key("logs-key", stack, KeyArgs("Logs and alerts", logs_policy))
    network = Network(
        "network",
        stack,
        NetworkArgs(
            config.network,
            settings.zones,
            has_public_edge=config.compute.profile is not ComputeProfile.EXTERNAL,
            mail_port=config.mail.port,
            logs_key_arn=logs_key.arn,
            log_retention_days=days,
            nodes_call_out=in_cluster or (balancer and config.network.nat is not NatMode.NONE),
            external_database=outside,
        ),
    )
    fills_in = bool(outside and not outside.secret_arn)
    secrets = Secrets(
        "secrets", stack, SecretsArgs(data_key.arn, config.mail.credentials, database=fills_in)
    )
    place = (network.vpc_id, network.data_subnet_ids, network.workloads_group_id)
    return Parts(
        network=network,
        buckets=Buckets(
            "storage",
            stack,
            BucketsArgs(
                config.storage, config.backup, data_key.arn, balancer, config.edge.cdn.enabled
            ),
        ),
        database=ExternalDatabase(
            "database", ExternalDatabaseArgs(outside, config.database.tls, secrets.database_arn)
        )
        if outside
        else Database(
            "database",
            stack,
            DatabaseArgs(config.database, *place, data_key.arn, logs_key.arn, days, settings.zones),
        ),
        redis=RedisPair("redis", stack, RedisPairArgs(config.redis, *place, data_key.arn)),
        secrets=secrets,
        repository=Repository("registry", stack, RepositoryArgs(data_key.arn)),
        alerts=Alerts("alerts", stack, AlertsArgs(logs_key.arn, config.alerts.emails)),
        log_group=LogGroup(
            "app-logs", stack, LogGroupArgs(f"/{stack.names.path('app')}", logs_key.arn, days)
        ),
        data_key=data_key,
        logs_key=logs_key,
    )


def guard(
    settings: Settings, stack: Stack, parts: Parts, of_profile: Mapping[str, pulumi.Output[str]]
) -> tuple[PlannedAlarm, ...]:
    """Recovery points and the budget, where the stack has them; gives back what to watch."""
    config = settings.stack
    if config.budget.monthly_usd:
        Budget("budget", stack, BudgetArgs(config.budget, parts.alerts.topic_arn))
    if not config.backup.enabled:
        return ()
    of_all = {**parts.database.protected, "S3": parts.buckets.documents.arn}
    protected = {**of_all, **of_profile}
    args = BackupsArgs(config.backup, parts.data_key.arn, protected)
    return alarm_plan.of_backups(Backups("backup", stack, args).vault_name)
