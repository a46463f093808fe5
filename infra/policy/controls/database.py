"""DocumentDB."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import (
    at_least,
    customer_key,
    fault,
    has_all,
    is_false_or_absent,
    is_given,
    is_true,
    must,
    must_link,
    parameter,
    protected,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import NOT_GIVEN, Finding, Profile, Resource, Severity, Where, control
from infra.policy.subnets import zones_of

_DATABASE = (types.DATABASE,)
_AUDITED = ("enabled", "all", "ddl", "dml_read", "dml_write")  # values that write something


@control(
    "A29",
    "The database is encrypted with our key",
    "docdb.Cluster storageEncrypted is true, kmsKeyId is a customer key",
    "DocumentDB.1 CKV_AWS_74/182",
    Severity.CRITICAL,
    _DATABASE,
)
def database_encryption(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        yield from must(
            cluster, "storageEncrypted", is_true, "must be true", "it can't be turned on later"
        )
        yield from customer_key(graph, cluster, "kmsKeyId")


@control(
    "A30",
    "The database can be set back for a week, in prod for two",
    "docdb.Cluster backupRetentionPeriod is at least 7, in prod 14",
    "DocumentDB.2 CKV_AWS_360",
    Severity.HIGH,
    _DATABASE,
    where=Where.AWS,
    alone=True,
)
def database_backups(graph: Graph, profile: Profile) -> Iterator[Finding]:
    least = 14 if profile.is_prod else 7
    for cluster in graph.of(types.DATABASE):
        yield from must(
            cluster,
            "backupRetentionPeriod",
            at_least(least),
            f"must be at least {least} days",
            "raise gacp:database.backupDays",
        )


@control(
    "A31",
    "The database writes who did what",
    "docdb.Cluster enabledCloudwatchLogsExports holds audit and profiler; parameters audit_logs "
    "and profiler are on; their log groups are ours",
    "DocumentDB.4 CKV_AWS_85/104",
    Severity.MEDIUM,
    _DATABASE,
)
def database_logs(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        yield from must(
            cluster,
            "enabledCloudwatchLogsExports",
            has_all("audit", "profiler"),
            "must hold audit and profiler",
            "set gacp:database.audit to true",
        )
        key = "dbClusterParameterGroupName"
        kinds = (types.DATABASE_PARAMETERS,)
        rule = "must be a parameter group of this stack: the default one audits nothing"
        yield from must_link(graph, cluster, key, kinds, rule, "add it")
        for group in graph.linked(cluster, key, *kinds):
            if parameter(group, "audit_logs") not in _AUDITED:
                yield wrong(group, "parameters", "must turn audit_logs on", "set it to enabled")
            if parameter(group, "profiler") != "enabled":
                yield wrong(group, "parameters", "must turn profiler on", "set it to enabled")
        yield from _log_groups(graph, cluster)


def _log_groups(graph: Graph, cluster: Resource) -> Iterator[Finding]:
    """DocumentDB makes missing ones itself, without an end and without our key."""
    named = {each.get("name") for each in graph.of(types.LOG_GROUP)}
    identifier = cluster.get("clusterIdentifier")
    for log in cluster.items("enabledCloudwatchLogsExports"):
        path = f"/aws/docdb/{identifier}/{log}"
        if isinstance(identifier, str) and path not in named:
            yield fault(cluster, f"must have its log group {path} made first", "add a LogGroup")


@control(
    "A32",
    "The database refuses to be deleted",
    "docdb.Cluster deletionProtection is true",
    "DocumentDB.5",
    Severity.HIGH,
    _DATABASE,
    where=Where.AWS,
    alone=True,
)
def database_deletion(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        yield from must(
            cluster, "deletionProtection", is_true, "must be true", "set gacp:safety.protect"
        )


@control(
    "A33",
    "The database refuses connections without TLS",
    "docdb.ClusterParameterGroup tls is not disabled; an external database is called with TLS",
    "DocumentDB.6 CKV_AWS_90",
    Severity.HIGH,
    (types.DATABASE_PARAMETERS, types.EXTERNAL_DATABASE),
    where=Where.AWS,
    alone=True,
)
def database_tls(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.DATABASE_PARAMETERS):
        value = parameter(group, "tls")
        # Where it isn't said, the engine's own default holds: enabled.
        if value is not None and value not in ("enabled", "tls1.2+", "tls1.3+", "fips-140-3"):
            rule, way = "must not turn tls off", "set gacp:database.tls to true"
            yield Finding(group.urn, "parameters.tls", value, rule, way)
    for outside in graph.of(types.EXTERNAL_DATABASE):
        yield from must(outside, "tls", is_true, "must be true", "set gacp:database.tls to true")


@control(
    "A34",
    "The database leaves a snapshot, and is not deleted by a slip of the program",
    "docdb.Cluster skipFinalSnapshot is false, finalSnapshotIdentifier is set; option protect, "
    "no deletedWith",
    "safety of stateful resources",
    Severity.HIGH,
    _DATABASE,
    where=Where.AWS,
    alone=True,
)
def database_end(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        yield from must(
            cluster, "skipFinalSnapshot", is_false_or_absent, "must be false", "set it to false"
        )
        yield from must(
            cluster, "finalSnapshotIdentifier", is_given, "must be given", "name the last snapshot"
        )
        yield from protected(cluster)
        if cluster.options.deleted_with:
            rule = "must not carry deletedWith: it would go without its last snapshot"
            yield Finding(cluster.urn, "", None, rule, "leave the option out")


@control(
    "A35",
    "Nobody here ever sees the database's password",
    "docdb.Cluster manageMasterUserPassword or masterPasswordWo; masterPassword absent",
    "SecretsManager, ASVS 13.3.1",
    Severity.HIGH,
    _DATABASE,
    alone=True,
)
def database_password(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        if cluster.get("masterPassword") is not None:
            rule = "must hold no masterPassword: it would lie in the state"
            yield Finding(cluster.urn, "", None, rule, "set manage_master_user_password")
        managed = is_true(cluster.get("manageMasterUserPassword"))
        if not managed and cluster.get("masterPasswordWo") is None:
            yield wrong(cluster, "manageMasterUserPassword", "must be true", "set it to true")


@control(
    "A36",
    "The database survives a zone, and changes in its hour of upkeep",
    "docdb.ClusterInstance: in prod at least 2 in different zones; applyImmediately is false; "
    "option protect",
    "availability",
    Severity.MEDIUM,
    _DATABASE,
)
def database_instances(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.DATABASE):
        instances = graph.users(cluster, "clusterIdentifier", types.DATABASE_INSTANCE)
        zones = zones_of(instances)
        if profile.is_prod and len(zones) < 2:
            shown = ", ".join(sorted(zones)) or NOT_GIVEN
            rule = f"must have instances in at least 2 zones in prod; there are: {shown}"
            yield Finding(cluster.urn, "", None, rule, "raise gacp:database.instances")
        for each in instances if Where.AWS.holds_in(profile.environment) else ():
            yield from protected(each)
        for each in (cluster, *instances):
            yield from must(
                each,
                "applyImmediately",
                is_false_or_absent,
                "must be false: a restart would come at once",
                "leave it out",
            )
