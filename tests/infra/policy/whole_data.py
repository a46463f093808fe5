"""The data tier of the complete stack, and the stack itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.identity import bucket_policies, policies
from infra.policy import types as t
from infra.policy.controls.watching import COPY_METRIC, METRICS, REDIS_METRIC
from infra.policy.graph import Graph
from infra.policy.model import Resource
from infra.tags import DataClass
from tests.infra.policy import whole, whole_edge
from tests.infra.policy.whole import KEY, OTHER_REGION, REGION, TAGS, arn, res


def database() -> Iterator[Resource]:
    yield res(
        t.DATABASE,
        "database",
        protect=True,
        dbSubnetGroupName="database-subnets",
        clusterIdentifier="database",
        storageEncrypted=True,
        kmsKeyId=KEY,
        backupRetentionPeriod=14,
        enabledCloudwatchLogsExports=["audit", "profiler"],
        dbClusterParameterGroupName="parameters",
        deletionProtection=True,
        skipFinalSnapshot=False,
        finalSnapshotIdentifier="final",
        manageMasterUserPassword=True,
        applyImmediately=False,
        vpcSecurityGroupIds=["database-id"],
    )
    yield res(
        t.DATABASE_PARAMETERS,
        "database",
        name="parameters",
        parameters=[
            {"name": "audit_logs", "value": "enabled"},
            {"name": "profiler", "value": "enabled"},
            {"name": "tls", "value": "enabled"},
        ],
    )
    for log in ("audit", "profiler"):
        path = f"/aws/docdb/database/{log}"
        yield res(t.LOG_GROUP, f"database-{log}", name=path, retentionInDays=365, kmsKeyId=KEY)
    for kind, name in zip(t.SUBNET_GROUPS, ("database-subnets", "redis-subnets"), strict=True):
        subnets = [f"data-subnet-{zone}-id" for zone in whole.ZONES]
        yield res(kind, name.partition("-")[0], name=name, subnetIds=subnets)
    for zone in ("a", "b"):
        yield res(
            t.DATABASE_INSTANCE,
            f"database-{zone}",
            protect=True,
            clusterIdentifier="database",
            availabilityZone=f"{REGION}{zone}",
            applyImmediately=False,
        )


def _redis(role: str, eviction: str, **more: Any) -> Iterator[Resource]:
    name = f"redis-{role}"
    yield res(
        t.REDIS,
        name,
        protect=True,
        replicationGroupId=name,
        atRestEncryptionEnabled=True,
        kmsKeyId=KEY,
        transitEncryptionEnabled=True,
        transitEncryptionMode="required",
        userGroupIds=[f"{role}-users"],
        automaticFailoverEnabled=True,
        multiAzEnabled=True,
        snapshotRetentionLimit=7,
        finalSnapshotIdentifier=f"{name}-final",
        autoMinorVersionUpgrade=True,
        subnetGroupName="redis-subnets",
        parameterGroupName=f"{role}-parameters",
        securityGroupIds=["redis-id"],
        **more,
    )
    yield res(
        t.REDIS_PARAMETERS,
        name,
        name=f"{role}-parameters",
        parameters=[{"name": "maxmemory-policy", "value": eviction}],
    )
    yield res(
        t.REDIS_USER,
        name,
        userId=f"{role}-user",
        userName=f"{role}-user",
        accessString="on ~* +@all",
        authenticationMode={"type": "iam"},
    )
    yield res(t.REDIS_USER_GROUP, name, userGroupId=f"{role}-users", userIds=[f"{role}-user"])


def redis() -> Iterator[Resource]:
    sharded = {"numNodeGroups": 1, "replicasPerNodeGroup": 1, "durability": "sync"}
    yield from _redis("queue", "noeviction", **sharded)
    yield from _redis("cache", "allkeys-lru", numCacheClusters=2)


def _bucket(name: str, data_class: DataClass, **more: Any) -> Iterator[Resource]:
    kms = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    takes_logs = name in ("logs", "logs-copy")
    default = {"sseAlgorithm": "AES256"} if takes_logs else kms
    tags = TAGS.of(name, data_class)
    yield res(t.BUCKET, name, protect=True, bucket=name, forceDestroy=False, tags=tags, **more)
    settings: dict[str, dict[str, Any]] = {
        t.BUCKET_ACCESS_BLOCK: {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        t.BUCKET_POLICY: {"policy": policies.document(bucket_policies.bucket_over_tls_only(name))},
        t.BUCKET_ENCRYPTION: {
            "rules": [
                {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": not takes_logs}
            ]
        },
        t.BUCKET_VERSIONING: {"versioningConfiguration": {"status": "Enabled"}},
        t.BUCKET_LIFECYCLE: {
            "rules": [
                {
                    "id": "clean",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrentVersionExpiration": {"noncurrentDays": 90},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                }
            ]
        },
        t.BUCKET_OWNERSHIP: {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    }
    if takes_logs:
        end = {"id": "end", "status": "Enabled", "filter": {"prefix": "access/"}}
        rules = settings[t.BUCKET_LIFECYCLE]["rules"]
        rules.append({**end, "expiration": {"days": 365}})
    else:
        target = "logs" if "region" not in more else "logs-copy"
        settings[t.BUCKET_LOGGING] = {"targetBucket": target, "targetPrefix": f"access/{name}/"}
    if "backup" in name:
        retention = {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
        settings[t.BUCKET_LOCK] = {"rule": retention}
    for kind, properties in settings.items():
        yield res(kind, name, bucket=name, tags={}, **properties)


def storage() -> Iterator[Resource]:
    yield from _bucket("logs", DataClass.INTERNAL)
    yield from _bucket("documents", DataClass.PERSONAL)
    yield from _bucket("backups", DataClass.PERSONAL, objectLockEnabled=True)
    yield from _bucket("logs-copy", DataClass.INTERNAL, region=OTHER_REGION)
    yield from _bucket(
        "backups-copy", DataClass.PERSONAL, objectLockEnabled=True, region=OTHER_REGION
    )
    copied = {
        "status": "Enabled",
        "deleteMarkerReplication": {"status": "Disabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {
            "bucket": arn(t.BUCKET, "backups-copy", OTHER_REGION),
            "encryptionConfiguration": {"replicaKmsKeyId": KEY},
            "metrics": {"status": "Enabled"},
        },
    }
    yield res(t.BUCKET_REPLICATION, "backups", bucket="backups", rules=[copied], tags={})


def secrets() -> Iterator[Resource]:
    yield res(t.SECRET, "app", protect=True, name="gacp/app", kmsKeyId=KEY, recoveryWindowInDays=30)
    yield res(
        t.SECRET_ROTATION,
        "app",
        secretId=arn(t.SECRET, "app"),
        rotationRules={"automaticallyAfterDays": 60},
        tags={},
    )


def registry() -> Iterator[Resource]:
    yield res(
        t.REPOSITORY,
        "app",
        protect=True,
        forceDelete=False,
        name="gacp/app-images",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": KEY}],
    )
    yield res(t.REPOSITORY_LIFECYCLE, "app", repository="gacp/app-images", policy="{}", tags={})


def alerts() -> Iterator[Resource]:
    topic = arn(t.TOPIC, "alerts")
    yield res(t.TOPIC, "alerts", name="alerts", kmsMasterKeyId=KEY)
    text = policies.document(policies.alarms_publish_to(topic, whole.ACCOUNT))
    yield res(t.TOPIC_POLICY, "alerts", arn=topic, policy=text, tags={})
    yield res(
        t.SUBSCRIPTION, "alerts", topic=topic, protocol="email", endpoint="a@b.example", tags={}
    )
    watched = {
        t.DATABASE: ("database",),
        t.DISTRIBUTION: ("cdn-id",),
        t.INSTANCE: ("host-id", "bastion-id"),
        t.AUTOSCALING_GROUP: ("hosts",),
    }
    for kind, metrics in METRICS.items():
        for target in watched.get(kind, ("vault",)):
            for metric in metrics:
                yield _alarm(
                    f"{target.removesuffix('-id')}-{metric}", metric, {"Id": target}, topic
                )
    for role in ("queue", "cache"):
        for number in (1, 2):
            node = f"redis-{role}-00{number}"
            yield _alarm(node, REDIS_METRIC, {"CacheClusterId": node}, topic)
    copied = {"SourceBucket": "backups", "DestinationBucket": "backups-copy", "RuleId": "all"}
    yield _alarm("backups-copy-failed", COPY_METRIC, copied, topic)
    hosts = {"LoadBalancer": "net/edge/1", "TargetGroup": "targetgroup/web/1"}
    yield _alarm("edge-none", "HealthyHostCount", hosts, topic)
    yield res(
        t.BUDGET,
        "budget",
        name="budget",
        budgetType="COST",
        timeUnit="MONTHLY",
        limitAmount="100",
        limitUnit="USD",
        costFilters=[{"name": "TagKeyValue", "values": ["user:env$prod"]}],
        notifications=[
            {"threshold": 80, "subscriberSnsTopicArns": [topic]},
            {"threshold": 100, "subscriberEmailAddresses": ["owner@gacp.example"]},
        ],
    )
    check = {"protocol": "HTTP", "path": "/ready"}
    yield res(t.TARGET_GROUP, "web", name="web", healthCheck=check)
    yield res(t.QUEUE, "events", name="events", sqsManagedSseEnabled=True)
    yield res(t.QUEUE, "own-key", name="own-key", kmsMasterKeyId=KEY)
    yield res(t.ZONE, "dns", name="gacp.example", protect=True, forceDestroy=False)


def _alarm(name: str, metric: str, dimensions: dict[str, str], topic: str) -> Resource:
    return res(
        t.ALARM,
        name,
        name=name,
        alarmDescription="What it means",
        metricName=metric,
        dimensions=dimensions,
        threshold=80,
        treatMissingData="notBreaching",
        alarmActions=[topic],
        okActions=[topic],
    )


def backup() -> Iterator[Resource]:
    kept = {"deleteAfter": 35}
    copy = {"destinationVaultArn": arn(t.VAULT, "vault-copy", OTHER_REGION), "lifecycle": kept}
    for name, region in (("vault", None), ("vault-copy", OTHER_REGION)):
        yield res(
            t.VAULT,
            name,
            protect=True,
            name=name,
            kmsKeyArn=KEY,
            forceDestroy=False,
            region=region,
        )
        yield res(
            t.VAULT_LOCK,
            name,
            backupVaultName=name,
            minRetentionDays=35,
            maxRetentionDays=400,
            tags={},
        )
    yield res(
        t.BACKUP_PLAN,
        "plan",
        rules=[
            {
                "ruleName": "daily",
                "targetVaultName": "vault",
                "schedule": "cron(0 20 ? * * *)",
                "lifecycle": kept,
                "copyActions": [copy],
                "recoveryPointTags": TAGS.of("plan"),
            }
        ],
    )
    protected = {
        "DocumentDB": arn(t.DATABASE, "database"),
        "S3": arn(t.BUCKET, "documents"),
        "EBS": arn(t.VOLUME, "host-data"),
    }
    role = arn(t.ROLE, "backup")
    yield res(
        t.BACKUP_SELECTION,
        "data",
        planId="plan-id",
        resources=list(protected.values()),
        iamRoleArn=role,
        tags={},
    )
    yield res(
        t.RESTORE_TEST,
        "drill",
        name="drill",
        scheduleExpression="cron(0 3 1 * ? *)",
        recoveryPointSelection={"includeVaults": [arn(t.VAULT, "vault")]},
    )
    for kind, target in protected.items():
        yield res(
            t.RESTORE_TEST_SELECTION,
            kind.lower(),
            restoreTestingPlanName="drill",
            protectedResourceType=kind,
            protectedResourceArns=[target],
            iamRoleArn=role,
            tags={},
        )


ROOMS = (
    *(whole.keys, whole.network, whole.groups, whole.balancer, whole.cluster, whole.machines),
    *(whole.identity, database, redis, storage, secrets, registry, alerts, backup),
    whole_edge.cdn,
)


def whole_graph() -> Graph:
    """The complete stack, known in full."""
    return Graph(resource for room in ROOMS for resource in room())
