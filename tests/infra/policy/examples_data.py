"""Examples of controls of the database, Redis and buckets."""

from __future__ import annotations

from infra.identity import bucket_policies, policies
from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import Edit, add, cut, drop, option, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.whole import ACCOUNT, REGION, res

DATABASE, PARAMETERS = "Cluster::database", "ClusterParameterGroup::database"
QUEUE, CACHE = "ReplicationGroup::redis-queue", "ReplicationGroup::redis-cache"
AWS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/rds"
TLS_ONLY = bucket_policies.bucket_over_tls_only("documents")[0]
OPEN = {"Sid": "Open", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
FOR_US = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
ENCRYPTION = "BucketServerSideEncryptionConfiguration::documents"
SSE = "rules.0.applyServerSideEncryptionByDefault"
LIFECYCLE = "BucketLifecycleConfiguration::documents"
LOCK = "BucketObjectLockConfiguration::backups"
BLOCK = "BucketPublicAccessBlock::documents"
COPIES = "BucketReplicationConfig::backups"


def policy(*statements: object) -> Edit:
    return put("BucketPolicy::documents", "policy", policies.document(list(statements)))


EXAMPLES: dict[str, Example] = {
    "A29": example(
        t.DATABASE,
        t.KEY,
        red={
            **values(DATABASE, "storageEncrypted", False),
            **values(DATABASE, "kmsKeyId", "", AWS_KEY),
        },
    ),
    "A30": example(
        t.DATABASE,
        red={
            **values(DATABASE, "backupRetentionPeriod", 1, 13),
            "6 days in dev": Red(put(DATABASE, "backupRetentionPeriod", 6), "dev"),
        },
        green={
            "a week in dev": Red(put(DATABASE, "backupRetentionPeriod", 7), "dev"),
            "a day on a laptop": Red(put(DATABASE, "backupRetentionPeriod", 1), "local"),
        },
    ),
    "A31": example(
        *(t.DATABASE, t.DATABASE_PARAMETERS, t.LOG_GROUP),
        red={
            "a log group of AWS's own making": drop("LogGroup::database-audit"),
            **values(DATABASE, "enabledCloudwatchLogsExports", [], ["audit"], ["profiler"]),
            **values(DATABASE, "dbClusterParameterGroupName", "default.docdb5.0"),
            "no audit": put(PARAMETERS, "parameters.0.value", "disabled"),
            "no profiler": put(PARAMETERS, "parameters.1.value", "disabled"),
            "no parameters": put(PARAMETERS, "parameters", []),
            "unknown parameters": put(PARAMETERS, "parameters", UNKNOWN),
        },
    ),
    "A32": example(t.DATABASE, red=values(DATABASE, "deletionProtection", False)),
    "A33": example(
        t.DATABASE_PARAMETERS,
        red={
            "off": put(PARAMETERS, "parameters.2.value", "disabled"),
            "unknown": put(PARAMETERS, "parameters.2.value", UNKNOWN),
            "unknown parameters": put(PARAMETERS, "parameters", UNKNOWN),
        },
        green={"the engine's own": put(PARAMETERS, "parameters", [])},
    ),
    "A34": example(
        t.DATABASE,
        red={
            "no snapshot": put(DATABASE, "skipFinalSnapshot", True),
            "perhaps a snapshot": put(DATABASE, "skipFinalSnapshot", UNKNOWN),
            **values(DATABASE, "finalSnapshotIdentifier", ""),
            "unprotected": option(DATABASE, protect=False),
            "deleted with its network": option(DATABASE, deleted_with="urn:vpc"),
        },
    ),
    "A35": example(
        t.DATABASE,
        red={
            **values(DATABASE, "manageMasterUserPassword", False),
            "a password": put(DATABASE, "masterPassword", "hunter2"),
            "an unknown password": put(DATABASE, "masterPassword", UNKNOWN),
        },
    ),
    "A36": example(
        t.DATABASE,
        t.DATABASE_INSTANCE,
        red={
            "one instance": drop("ClusterInstance::database-b"),
            "one zone": put("ClusterInstance::database-b", "availabilityZone", f"{REGION}a"),
            "an unknown zone": put("ClusterInstance::database-b", "availabilityZone", UNKNOWN),
            "at once": put(DATABASE, "applyImmediately", True),
            "an instance unprotected": option("ClusterInstance::database-a", protect=False),
            "an instance at once": put("ClusterInstance::database-a", "applyImmediately", True),
            "perhaps at once": put(DATABASE, "applyImmediately", UNKNOWN),
            "at once in dev": Red(put(DATABASE, "applyImmediately", True), "dev"),
        },
        green={"one in dev": Red(drop("ClusterInstance::database-b"), "dev")},
    ),
    "A37": example(
        t.REDIS,
        t.KEY,
        red={
            **values(QUEUE, "atRestEncryptionEnabled", False),
            **values(CACHE, "kmsKeyId", "", AWS_KEY),
        },
    ),
    "A38": example(
        t.REDIS,
        red={
            **values(QUEUE, "transitEncryptionEnabled", False),
            **values(CACHE, "transitEncryptionMode", "preferred"),
        },
    ),
    "A39": example(
        *(t.REDIS, t.REDIS_USER_GROUP, t.REDIS_USER),
        red={
            **values(QUEUE, "userGroupIds", [], ["stranger"]),
            "nobody": put("UserGroup::redis-queue", "userIds", []),
            "a stranger": put("UserGroup::redis-queue", "userIds", ["stranger"]),
            "a user who says nothing": cut("User::redis-queue", "authenticationMode"),
            "the default user": put("UserGroup::redis-queue", "userIds", ["default"]),
            "no password": put("User::redis-queue", "noPasswordRequired", True),
            "no password by mode": put(
                "User::redis-cache", "authenticationMode.type", "no-password-required"
            ),
            "a default user that is on": put("User::redis-queue", "userName", "default"),
        },
        green={
            "a token": put(QUEUE, "authTokenWo", "x"),
            "a default user that is off": put("User::redis-queue", "accessString", "off -@all"),
        },
    ),
    "A40": example(
        t.REDIS,
        red={
            **values(QUEUE, "automaticFailoverEnabled", False),
            **values(QUEUE, "multiAzEnabled", False),
            **values(QUEUE, "replicasPerNodeGroup", 0),
            **values(CACHE, "numCacheClusters", 1),
        },
        green={"alone in dev": Red(put(CACHE, "numCacheClusters", 1), "dev")},
    ),
    "A41": example(
        t.REDIS,
        red={
            **values(QUEUE, "snapshotRetentionLimit", 0, 6),
            "none in dev": Red(put(QUEUE, "snapshotRetentionLimit", 0), "dev"),
            **values(QUEUE, "finalSnapshotIdentifier", ""),
            "unprotected": option(CACHE, protect=False),
        },
        green={"one in dev": Red(put(QUEUE, "snapshotRetentionLimit", 1), "dev")},
    ),
    "A42": example(
        t.REDIS,
        red={
            **values(QUEUE, "autoMinorVersionUpgrade", False),
            **values(CACHE, "subnetGroupName", "", "default"),
            "at once": put(QUEUE, "applyImmediately", True),
        },
    ),
    "A43": example(
        t.REDIS,
        t.REDIS_PARAMETERS,
        red={
            **values(QUEUE, "parameterGroupName", "default.valkey8"),
            "a queue that forgets": put(
                "ParameterGroup::redis-queue", "parameters.0.value", "volatile-lru"
            ),
            "a queue that is a cache": put(
                "ParameterGroup::redis-queue", "parameters.0.value", "allkeys-lru"
            ),
            "a cache that refuses": put(
                "ParameterGroup::redis-cache", "parameters.0.value", "noeviction"
            ),
            "the engine's own": put("ParameterGroup::redis-queue", "parameters", []),
            "unknown": put("ParameterGroup::redis-queue", "parameters", UNKNOWN),
            "neither": add(res(t.REDIS, "redis-sessions")),
        },
    ),
    "A44": example(
        t.REDIS,
        red=values(QUEUE, "durability", "async", "default", "disabled"),
        green={"a cache": put(CACHE, "durability", "disabled")},
    ),
    "A45": example(
        t.BUCKET,
        t.BUCKET_ACCESS_BLOCK,
        red={
            **values(BLOCK, "blockPublicAcls", False),
            **values(BLOCK, "blockPublicPolicy", False),
            **values(BLOCK, "ignorePublicAcls", False),
            **values(BLOCK, "restrictPublicBuckets", False),
            "none": drop(BLOCK),
            "of another bucket": put(BLOCK, "bucket", "other"),
        },
    ),
    "A46": example(
        t.BUCKET,
        t.BUCKET_POLICY,
        red={
            **values("BucketPolicy::documents", "policy", "{", "{}"),
            "none": drop("BucketPolicy::documents"),
            "nothing denied": policy(OPEN | {"Principal": {"AWS": ACCOUNT}}),
            "denied to some": policy({**TLS_ONLY, "Principal": {"AWS": ACCOUNT}}),
            "denied in part": policy({**TLS_ONLY, "Action": "s3:GetObject"}),
            "denied for objects alone": policy(
                {**TLS_ONLY, "Resource": ["arn:aws:s3:::documents/*"]}
            ),
            "denied where TLS is": policy(
                {**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
            ),
            "denied under another condition too": policy(
                {**TLS_ONLY, "Condition": {**TLS_ONLY["Condition"], "IpAddress": {}}}
            ),
            "open": policy(TLS_ONLY, OPEN | {"Principal": "*"}),
            "open to any account": policy(TLS_ONLY, OPEN | {"Principal": {"AWS": ["*"]}}),
            "a service for everybody": policy(
                TLS_ONLY, OPEN | {"Principal": {"Service": "x.amazonaws.com"}}
            ),
            "everything for a service": policy(
                TLS_ONLY,
                OPEN
                | {
                    "Principal": {"Service": "x.amazonaws.com"},
                    "Condition": FOR_US,
                    "Action": "s3:*",
                },
            ),
            "open to all but one": policy(TLS_ONLY, OPEN | {"NotPrincipal": {"AWS": ACCOUNT}}),
        },
        green={
            "open to a service": policy(
                TLS_ONLY,
                OPEN | {"Principal": {"Service": "x.amazonaws.com"}, "Condition": FOR_US},
            )
        },
    ),
    "A47": example(
        *(t.BUCKET, t.BUCKET_ENCRYPTION, t.BUCKET_LOGGING, t.KEY),
        red={
            **values(ENCRYPTION, f"{SSE}.sseAlgorithm", "AES256"),
            **values(ENCRYPTION, f"{SSE}.kmsMasterKeyId", "", f"{AWS_KEY[:-3]}s3"),
            **values(ENCRYPTION, "rules.0.bucketKeyEnabled", False),
            **values(ENCRYPTION, "rules", []),
            "none": drop(ENCRYPTION),
            "none of the logs": put(
                "BucketServerSideEncryptionConfiguration::logs", f"{SSE}.sseAlgorithm", "none"
            ),
        },
    ),
    "A48": example(
        t.BUCKET,
        t.BUCKET_VERSIONING,
        red={
            **values("BucketVersioning::documents", "versioningConfiguration.status", "Suspended"),
            "none": drop("BucketVersioning::documents"),
        },
    ),
    "A49": example(
        *(t.BUCKET, t.BUCKET_LIFECYCLE, t.BUCKET_LOGGING),
        red={
            "objects end soon": put(LIFECYCLE, "rules.0.expiration", {"days": 29}),
            "objects end at an unknown time": put(LIFECYCLE, "rules.0.expiration", UNKNOWN),
            **values("BucketLifecycleConfiguration::logs", "rules.1.expiration.days", 89),
            "logs never end": put("BucketLifecycleConfiguration::logs", "rules.1.status", "Off"),
            **values(LIFECYCLE, "rules.0.noncurrentVersionExpiration", {}),
            **values(
                LIFECYCLE, "rules.0.abortIncompleteMultipartUpload", {"daysAfterInitiation": 8}
            ),
            **values(LIFECYCLE, "rules.0.status", "Disabled"),
            "one more rule, which is off": put(
                LIFECYCLE,
                "rules",
                [
                    {
                        "status": "Enabled",
                        "noncurrentVersionExpiration": {"noncurrentDays": 90},
                        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                    },
                    {"status": "Disabled", "expiration": {"days": 365}},
                ],
            ),
            "of a part": put(LIFECYCLE, "rules.0.filter", {"prefix": "old/"}),
            "no rules": put(LIFECYCLE, "rules", []),
            "a prefix without an end": cut(
                "BucketLifecycleConfiguration::logs", "rules.1.expiration"
            ),
            "none": drop(LIFECYCLE),
        },
    ),
    "A50": example(
        t.BUCKET,
        t.BUCKET_LOCK,
        red={
            **values("Bucket::backups", "objectLockEnabled", False),
            **values(LOCK, "rule.defaultRetention.days", 29),
            **values(LOCK, "rule.defaultRetention.mode", "NONE"),
            "none": drop(LOCK),
        },
        green={"a year": put(LOCK, "rule.defaultRetention", {"mode": "COMPLIANCE", "years": 1})},
    ),
    "A51": example(
        *(t.BUCKET, t.BUCKET_OWNERSHIP, t.BUCKET_ACL),
        red={
            **values("BucketOwnershipControls::documents", "rule.objectOwnership", "ObjectWriter"),
            "none": drop("BucketOwnershipControls::documents"),
            "a list": add(res(t.BUCKET_ACL, "documents", bucket="documents", acl="public-read")),
            "a list of its own": put("Bucket::documents", "acl", "private"),
        },
    ),
    "A52": example(
        *(t.BUCKET, t.BUCKET_LOGGING, t.BUCKET_REPLICATION),
        red={
            "unlogged": drop("BucketLogging::documents"),
            "unlogged in dev": Red(drop("BucketLogging::documents"), "dev"),
            "no copy": drop(COPIES),
            "a copy that is off": put(COPIES, "rules.0.status", "Disabled"),
            "a copy nearby": put("Bucket::backups-copy", "region", REGION),
            **values(COPIES, "rules.0.destination", {}),
            "a copy of nothing": put(COPIES, "rules", []),
            **values(COPIES, "rules.0.deleteMarkerReplication", {"status": "Enabled"}),
            **values(COPIES, "rules.0.sourceSelectionCriteria", {}),
            **values(COPIES, "rules.0.destination.encryptionConfiguration", {}),
            **values(COPIES, "rules.0.destination.metrics", {"status": "Disabled"}),
            "an unlogged copy": drop("BucketLogging::backups-copy"),
            "logs far away": put("BucketLogging::backups-copy", "targetBucket", "logs"),
        },
        green={"no copy in dev": Red(drop(COPIES), "dev")},
    ),
    "A53": example(
        t.BUCKET,
        red={
            "emptied": put("Bucket::documents", "forceDestroy", True),
            "perhaps emptied": put("Bucket::documents", "forceDestroy", UNKNOWN),
            "unprotected": option("Bucket::documents", protect=False),
        },
        green={"AWS's own": cut("Bucket::documents", "forceDestroy")},
    ),
}
