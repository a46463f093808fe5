"""ElastiCache (pure table).

Sources: `replication_group.go`, `subnet_group.go`, `parameter_group.go`, `user.go`,
`user_group.go`, `user_group_association.go` of hashicorp/terraform-provider-aws
`internal/service/elasticache`.
"""

from __future__ import annotations

from infra.local.aws.catalogue import cache_rules, cache_shards
from infra.local.aws.catalogue.tokens import (
    CACHE_GROUP,
    CACHE_PARAMETERS,
    CACHE_SUBNETS,
    CACHE_USERS,
    KEY,
    LOG_GROUP,
    SECURITY_GROUP,
    TOPIC,
)
from infra.local.aws.rules.basic import at_most_one, between, length, needs, one_of, pattern
from infra.local.aws.rules.places import instance_class, zone
from infra.local.aws.spec import Autoname, Reference, Sometimes, TypeSpec, always

TF = "terraform-provider-aws internal/service/elasticache/{}: {}"
ARN = "arn:aws:elasticache:{region}:{account}:"
_GROUP_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
_ID = r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)"
_SAYS = "letters, digits and single hyphens, beginning with a letter, not ending with a hyphen"
_ENGINES = ("redis", "valkey")

TYPES = (
    TypeSpec(
        CACHE_GROUP,
        id="{in.replicationGroupId}",
        computed={
            "arn": ARN + "replicationgroup:{id}",
            "primaryEndpointAddress": cache_rules.primary,
            "readerEndpointAddress": cache_rules.reader,
            "port": cache_rules.port,
            "configurationEndpointAddress": cache_rules.configuration,
            "clusterEnabled": cache_shards.is_cluster,
            "clusterMode": cache_shards.cluster_mode,
            "numCacheClusters": lambda making: len(cache_shards.members(making)),
            "numNodeGroups": always(1),
            "replicasPerNodeGroup": lambda making: len(cache_shards.members(making)) - 1,
            "memberClusters": cache_shards.members,
            "engine": "redis",
            "engineVersion": cache_rules.newest_version,
            "engineVersionActual": cache_rules.actual_version,
            "parameterGroupName": cache_rules.default_parameters,
            "atRestEncryptionEnabled": lambda making: making.given("engine") == "valkey",
            "transitEncryptionEnabled": lambda making: making.given("engine") == "valkey",
            "transitEncryptionMode": cache_rules.transit_mode,
            "autoMinorVersionUpgrade": always(True),
            "applyImmediately": always(False),
            "dataTieringEnabled": always(False),
            "ipDiscovery": "ipv4",
            "networkType": "ipv4",
            "maintenanceWindow": "sun:18:00-sun:19:00",
            "snapshotWindow": "17:00-18:00",
            "subnetGroupName": "default",
            "securityGroupIds": always([]),
            "securityGroupNames": always([]),
        },
        live=("memberClusters", "engineVersionActual"),
        local_wins=("port",),
        sometimes={
            "engine": Sometimes(
                lambda old, new: old.get("engine") == "valkey" and new.get("engine") == "redis",
                TF.format("replication_group.go", "customizeDiffEngineForceNewOnDowngrade"),
            ),
            "engineVersion": Sometimes(
                cache_rules.is_downgrade,
                TF.format("replication_group.go", "customizeDiffEngineVersionForceNewOnDowngrade"),
            ),
            "nodeGroupConfigurations": Sometimes(
                lambda _old, _new: True,
                TF.format("replication_group.go", "ForceNewIf node_group_configuration"),
            ),
        },
        autoname=Autoname("replicationGroupId", longest=40, lower=True),
        unique=("replicationGroupId",),
        exists="ReplicationGroupAlreadyExists",
        rules=(
            pattern("replicationGroupId", _ID, _SAYS, _GROUP_API),
            length("replicationGroupId", 1, 40, _GROUP_API),
            length("description", 1, 255, TF.format("replication_group.go", "ValidateFunc")),
            one_of("engine", _ENGINES, TF.format("replication_group.go", "ValidateDiagFunc")),
            instance_class("nodeType", "elasticache"),
            zone("preferredCacheClusterAzs[*]"),
            between(
                "snapshotRetentionLimit",
                0,
                35,
                "days",
                TF.format("replication_group.go", "ValidateFunc"),
            ),
            between("numCacheClusters", 1, 6, "nodes", _GROUP_API),
            between("replicasPerNodeGroup", 0, 5, "replicas", _GROUP_API),
            one_of("transitEncryptionMode", ("preferred", "required"), _GROUP_API),
            one_of("clusterMode", ("enabled", "disabled", "compatible"), _GROUP_API),
            at_most_one(
                ("numCacheClusters", "numNodeGroups"),
                TF.format("replication_group.go", "ConflictsWith"),
            ),
            at_most_one(
                ("numCacheClusters", "replicasPerNodeGroup"),
                TF.format("replication_group.go", "ConflictsWith"),
            ),
            at_most_one(
                ("authToken", "userGroupIds"), TF.format("replication_group.go", "ConflictsWith")
            ),
            needs("authToken", "transitEncryptionEnabled", _GROUP_API),
            needs(
                "authTokenWo",
                "authTokenWoVersion",
                TF.format("replication_group.go", "RequiredWith"),
            ),
            needs("userGroupIds", "transitEncryptionEnabled", _GROUP_API),
            needs("kmsKeyId", "atRestEncryptionEnabled", _GROUP_API),
            *cache_rules.WINDOWS,
            cache_rules.failover(_GROUP_API),
            cache_shards.failover_of_shards,
            cache_rules.durable,
            cache_rules.node_type_is_needed,
            cache_rules.version_of_engine,
        ),
        references=(
            Reference(
                "subnetGroupName",
                (CACHE_SUBNETS,),
                by=("name",),
                code="CacheSubnetGroupNotFoundFault",
            ),
            Reference(
                "parameterGroupName",
                (CACHE_PARAMETERS,),
                by=("name",),
                code="CacheParameterGroupNotFound",
            ),
            Reference("securityGroupIds[*]", (SECURITY_GROUP,), code="InvalidParameterValue"),
            Reference(
                "kmsKeyId",
                (KEY,),
                by=("id", "arn", "keyId"),
                code="InvalidKMSKeyFault",
                holds=False,
            ),
            Reference(
                "userGroupIds[*]",
                (CACHE_USERS,),
                by=("id", "userGroupId"),
                code="UserGroupNotFound",
            ),
            Reference(
                "notificationTopicArn",
                (TOPIC,),
                by=("arn",),
                code="InvalidParameterValue",
                holds=False,
            ),
            Reference(
                "logDeliveryConfigurations[*].destination",
                (LOG_GROUP,),
                by=("name",),
                code="InvalidParameterValue",
                holds=False,
            ),
        ),
        world=(
            cache_rules.family_of_parameters,
            cache_rules.same_vpc,
            cache_shards.mode_of_parameters,
        ),
        in_use="InvalidReplicationGroupState",
    ),
)
