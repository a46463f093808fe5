"""DocumentDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.model import DatabaseConfig
from infra.network.ports import DATABASE
from infra.network.rules import Group, GroupArgs, Opening
from infra.observability.alarm_plan import PlannedAlarm, of_database
from infra.observability.logs import LogGroup, LogGroupArgs
from infra.stack import Stack
from infra.tags import DataClass

# Two hours in which Bangkok sleeps (UTC), backup before upkeep.
BACKUP_WINDOW = "18:00-19:00"
MAINTENANCE_WINDOW = "sat:19:30-sat:20:30"


@dataclass(frozen=True, slots=True)
class DatabaseArgs:
    """`clients_group_id` is the one security group that may connect."""

    config: DatabaseConfig
    vpc_id: pulumi.Output[str]
    subnet_ids: list[pulumi.Output[str]]
    clients_group_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    logs_key_arn: pulumi.Output[str]
    log_retention_days: int
    zones: tuple[str, ...]


def cluster_parameters(config: DatabaseConfig) -> dict[str, str]:
    """Parameters of the cluster that differ from the engine's own or must not drift from them.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html
    """
    return {
        "audit_logs": "enabled" if config.audit else "disabled",
        "profiler": "enabled",
        "profiler_threshold_ms": "100",
        "tls": "enabled" if config.tls else "disabled",
        "ttl_monitor": "enabled",
    }


def exported_logs(config: DatabaseConfig) -> tuple[str, ...]:
    return ("audit", "profiler") if config.audit else ("profiler",)


def instance_slots(count: int, zones: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(slot, zone) of each instance: zones in turn, so that losing one leaves the others."""
    letters = "abcdefghijklmnop"
    return tuple((letters[index], zones[index % len(zones)]) for index in range(count))


class Database(pulumi.ComponentResource):
    """A DocumentDB cluster whose password nobody here ever sees (Secrets Manager makes it).

    Children: subnet group, security group that lets the clients' group in, parameter group, a
    log group per exported log, the cluster, one instance per slot.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: DatabaseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:data:Database", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._tags = stack.tags.of(stack.names.of(name), DataClass.PERSONAL)
        self._child = stack.child_of(self)
        self._cluster = self._make_cluster(self._make_log_groups())
        for slot, zone in instance_slots(args.config.instances, args.zones):
            self._make_instance(slot, zone)
        self.register_outputs({"endpoint": self._cluster.endpoint})

    @property
    def host(self) -> pulumi.Output[str]:
        return self._cluster.endpoint

    @property
    def port(self) -> pulumi.Output[int]:
        return self._cluster.port.apply(lambda port: int(port or DATABASE))

    @property
    def kind(self) -> str:
        """How the application finds the servers: by the cluster's own endpoint."""
        return "documentdb"

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """What to watch of it."""
        return of_database(self._stack.names.of(self._name), self._args.config.instances)

    @property
    def protected(self) -> Mapping[str, pulumi.Output[str]]:
        """What AWS Backup takes points of: kind, in its own words, to ARN."""
        return {"DocumentDB": self._cluster.arn}

    @property
    def secret_arn(self) -> pulumi.Output[str]:
        """The master user's secret (JSON with username and password); empty where there is none."""
        return self._cluster.master_user_secrets.apply(
            lambda secrets: (secrets[0].secret_arn or "") if secrets else ""
        )

    def _make_log_groups(self) -> list[LogGroup]:
        cluster = self._stack.names.of(self._name)
        return [
            LogGroup(
                f"{self._name}-{log}",
                self._stack,
                LogGroupArgs(
                    f"/aws/docdb/{cluster}/{log}",  # where DocumentDB writes, whatever we want
                    self._args.logs_key_arn,
                    self._args.log_retention_days,
                ),
                self._child,
            )
            for log in exported_logs(self._args.config)
        ]

    def _make_cluster(self, log_groups: list[LogGroup]) -> aws.docdb.Cluster:
        config, names = self._args.config, self._stack.names
        protect, keeps = self._stack.safety.protect, self._stack.keeps_data
        return aws.docdb.Cluster(
            self._name,
            cluster_identifier=names.of(self._name),
            engine="docdb",
            engine_version=config.engine_version,
            master_username=config.master_user,
            manage_master_user_password=True,
            port=DATABASE,
            db_subnet_group_name=self._make_subnet_group().name,
            vpc_security_group_ids=[self._make_group().group_id],
            db_cluster_parameter_group_name=self._make_parameters().name,
            storage_encrypted=True,
            kms_key_id=self._args.key_arn,
            backup_retention_period=config.backup_days,
            preferred_backup_window=BACKUP_WINDOW,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            enabled_cloudwatch_logs_exports=list(exported_logs(config)),
            apply_immediately=False,
            deletion_protection=protect,
            skip_final_snapshot=not keeps,
            final_snapshot_identifier=names.of(f"{self._name}-final") if keeps else None,
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=protect,
                # DocumentDB makes missing log groups itself, without an end and without our key.
                depends_on=[*log_groups],
            ),
        )

    def _make_subnet_group(self) -> aws.docdb.SubnetGroup:
        return aws.docdb.SubnetGroup(
            self._name,
            name=self._stack.names.of(self._name),
            description="Data tier of the certification platform",
            subnet_ids=self._args.subnet_ids,
            tags=self._tags,
            opts=self._child,
        )

    def _make_group(self) -> Group:
        return Group(
            self._name,
            self._stack,
            GroupArgs(
                vpc_id=self._args.vpc_id,
                description="Database of the certification platform",
                ingress=(
                    Opening(
                        "clients",
                        DATABASE,
                        "MongoDB protocol from the workloads",
                        group_id=self._args.clients_group_id,
                    ),
                ),
            ),
            self._child,
        )

    def _make_parameters(self) -> aws.docdb.ClusterParameterGroup:
        family = "docdb" + ".".join(self._args.config.engine_version.split(".")[:2])
        return aws.docdb.ClusterParameterGroup(
            self._name,
            # The family is in the name: an engine upgrade needs the new group beside the old.
            name=self._stack.names.of(f"{self._name}-{family.replace('.', '-')}"),
            family=family,
            description="Parameters of the certification platform's database",
            parameters=[
                # AWS applies static parameters at the next restart; saying so keeps diffs quiet.
                {"name": parameter, "value": value, "apply_method": "pending-reboot"}
                for parameter, value in cluster_parameters(self._args.config).items()
            ],
            tags=self._tags,
            opts=self._child,
        )

    def _make_instance(self, slot: str, zone: str) -> None:
        name = f"{self._name}-{slot}"
        aws.docdb.ClusterInstance(
            name,
            identifier=self._stack.names.of(name),
            cluster_identifier=self._cluster.id,
            instance_class=self._args.config.instance_class,
            availability_zone=zone,
            engine="docdb",
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            preferred_maintenance_window=MAINTENANCE_WINDOW,
            promotion_tier=0 if slot == "a" else 1,
            tags=self._stack.tags.of(self._stack.names.of(name), DataClass.PERSONAL),
            opts=self._stack.stateful_child_of(self),
        )
