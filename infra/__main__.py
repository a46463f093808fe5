"""The program: read the configuration, wire the components, put the outputs out."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from infra.backup.backups import Backups, BackupsArgs
from infra.cluster.profile import ClusterProfile, ClusterProfileArgs
from infra.config.choices import ComputeProfile
from infra.config.loader import load_settings
from infra.config.settings import Settings
from infra.config.source import program_configuration
from infra.data.database import Database, DatabaseArgs
from infra.data.redis_pair import RedisPair, RedisPairArgs
from infra.data.secrets import Secrets, SecretsArgs
from infra.edge.dns import Dns, DnsArgs
from infra.host.profile import HostProfile, HostProfileArgs
from infra.identity import policies
from infra.keys.key import Key, KeyArgs
from infra.network.network import Network, NetworkArgs
from infra.observability import alarm_plan
from infra.observability.alarm_plan import PlannedAlarm
from infra.observability.alarms import Alarms, AlarmsArgs
from infra.observability.alerts import Alerts, AlertsArgs
from infra.observability.budget import Budget, BudgetArgs
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.outputs import export
from infra.parts import Parts, Running
from infra.registry.repository import Repository, RepositoryArgs
from infra.stack import Stack
from infra.storage.buckets import Buckets, BucketsArgs


def wire(settings: Settings, stack: Stack) -> Parts:
    """Make what every compute profile needs: network, data, storage, secrets, logs."""
    config = settings.stack
    days, balancer = config.logs.retention_days, config.compute.has_balancer
    data_key = Key("data", stack, KeyArgs("Everything that holds data"))
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
        ),
    )
    place = (network.vpc_id, network.data_subnet_ids, network.workloads_group_id)
    return Parts(
        network=network,
        buckets=Buckets("storage", stack, BucketsArgs(config.storage, data_key.arn, balancer)),
        database=Database(
            "database",
            stack,
            DatabaseArgs(config.database, *place, data_key.arn, logs_key.arn, days, settings.zones),
        ),
        redis=RedisPair("redis", stack, RedisPairArgs(config.redis, *place, data_key.arn)),
        secrets=Secrets("secrets", stack, SecretsArgs(data_key.arn, config.mail.credentials)),
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
    of_all = {"DocumentDB": parts.database.arn, "S3": parts.buckets.documents.arn}
    protected = {**of_all, **of_profile}
    args = BackupsArgs(config.backup, parts.data_key.arn, protected)
    return alarm_plan.of_backups(Backups("backup", stack, args).vault_name)


def make_host(settings: Settings, stack: Stack, parts: Parts, dns: Dns) -> Running:
    """Profile `host`, and the domain that points at its machine or balancer."""
    args = HostProfileArgs(
        settings=settings,
        network=parts.network,
        buckets=parts.buckets,
        access=parts.workload_access(),
        certificate_arn=dns.certificate_arn,
        outputs=parts.outputs(settings),
    )
    host = HostProfile("host", stack, args)
    host.point(dns)
    return Running(host.outputs, host.alarms, host.protected)


def make_cluster(settings: Settings, stack: Stack, parts: Parts, dns: Dns) -> Running:
    """Profile `cluster`, and the domain that points at its balancer."""
    args = ClusterProfileArgs(
        settings=settings,
        network=parts.network,
        logs_key_arn=parts.logs_key.arn,
        access=parts.workload_access(),
        certificate_arn=dns.certificate_arn,
        logs=parts.buckets.logs,
    )
    cluster = ClusterProfile("cluster", stack, args)
    dns.alias_to(cluster.balancer)
    return Running(cluster.outputs, cluster.balancer.alarms)


# Both want a domain; the configuration refuses them without one.
PROFILES = {ComputeProfile.HOST: make_host, ComputeProfile.CLUSTER: make_cluster}


def main() -> None:
    """Read, wire, put out."""
    settings = load_settings(program_configuration())
    stack, config = Stack.of(settings), settings.stack
    parts = wire(settings, stack)
    watched = [*parts.alarms(settings)]
    protected: Mapping[str, pulumi.Output[str]] = {}
    outputs, edge = parts.outputs(settings), config.edge
    if edge.domain:
        dns = Dns("dns", stack, DnsArgs(edge.domain, edge.zone_id))
        watched += alarm_plan.of_certificate(dns.certificate_arn)
        if make := PROFILES.get(config.compute.profile):
            running = make(settings, stack, parts, dns)
            outputs |= running.outputs
            watched += running.alarms
            protected = running.protected
    watched += guard(settings, stack, parts, protected)
    if config.alerts.alarms:
        Alarms("alarms", stack, AlarmsArgs(parts.alerts.topic_arn, watched))
    export(outputs)


if __name__ == "__main__":
    main()
