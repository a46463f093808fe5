"""Databases, caches, buckets, keys, secrets, images and backups (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

_TAG, _RETAG = "AddTagsToResource ", "AddTagsToResource RemoveTagsFromResource "
_NEWER_TAG, _NEWER_RETAG = "TagResource ", "TagResource UntagResource "
_TAGS = "ListTagsForResource "


TYPES = {
    "aws:docdb/cluster:Cluster": needs(
        "rds",
        read=_TAGS + "DescribeDBClusters DescribeGlobalClusters",
        # The password is Secrets Manager's: https://docs.aws.amazon.com/documentdb/latest/
        # developerguide/docdb-secrets-manager.html, permissions.
        make=_TAG + "CreateDBCluster secretsmanager:CreateSecret secretsmanager:TagResource",
        change=_RETAG + "ModifyDBCluster secretsmanager:RotateSecret",
        remove="DeleteDBCluster CreateDBClusterSnapshot",
    ),
    "aws:docdb/clusterInstance:ClusterInstance": needs(
        "rds",
        read=_TAGS + "DescribeDBInstances",
        make=_TAG + "CreateDBInstance",
        change=_RETAG + "ModifyDBInstance",
        remove="DeleteDBInstance",
    ),
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": needs(
        "rds",
        read=_TAGS + "DescribeDBClusterParameterGroups DescribeDBClusterParameters",
        make=_TAG + "CreateDBClusterParameterGroup ModifyDBClusterParameterGroup",
        change=_RETAG + "ModifyDBClusterParameterGroup ResetDBClusterParameterGroup",
        remove="DeleteDBClusterParameterGroup",
    ),
    "aws:docdb/subnetGroup:SubnetGroup": needs(
        "rds",
        read=_TAGS + "DescribeDBSubnetGroups",
        make=_TAG + "CreateDBSubnetGroup",
        change=_RETAG + "ModifyDBSubnetGroup",
        remove="DeleteDBSubnetGroup",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": needs(
        "elasticache",
        read=_TAGS + "DescribeReplicationGroups DescribeCacheClusters",
        make=_TAG + "CreateReplicationGroup",
        change=_RETAG + "ModifyReplicationGroup IncreaseReplicaCount DecreaseReplicaCount "
        "ModifyReplicationGroupShardConfiguration",
        remove="DeleteReplicationGroup",
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": needs(
        "elasticache",
        read=_TAGS + "DescribeCacheParameterGroups DescribeCacheParameters",
        make=_TAG + "CreateCacheParameterGroup ModifyCacheParameterGroup",
        change=_RETAG + "ModifyCacheParameterGroup ResetCacheParameterGroup",
        remove="DeleteCacheParameterGroup",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": needs(
        "elasticache",
        read=_TAGS + "DescribeCacheSubnetGroups",
        make=_TAG + "CreateCacheSubnetGroup",
        change=_RETAG + "ModifyCacheSubnetGroup",
        remove="DeleteCacheSubnetGroup",
    ),
    "aws:elasticache/user:User": needs(
        "elasticache",
        read=_TAGS + "DescribeUsers",
        make=_TAG + "CreateUser",
        change=_RETAG + "ModifyUser",
        remove="DeleteUser",
    ),
    "aws:elasticache/userGroup:UserGroup": needs(
        "elasticache",
        read=_TAGS + "DescribeUserGroups",
        make=_TAG + "CreateUserGroup",
        change=_RETAG + "ModifyUserGroup",
        remove="DeleteUserGroup",
    ),
    "aws:kms/key:Key": needs(
        "kms",
        read="DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
        make="CreateKey TagResource EnableKeyRotation",
        change="PutKeyPolicy UpdateKeyDescription EnableKeyRotation TagResource UntagResource",
        remove="ScheduleKeyDeletion",
    ),
    "aws:kms/alias:Alias": needs(
        "kms",
        read="ListAliases",
        make="CreateAlias",
        change="UpdateAlias",
        remove="DeleteAlias",
    ),
    "aws:secretsmanager/secret:Secret": needs(
        "secretsmanager",
        read="DescribeSecret GetResourcePolicy",
        make=_NEWER_TAG + "CreateSecret",
        change=_NEWER_RETAG + "UpdateSecret",
        remove="DeleteSecret",
    ),
    "aws:ecr/repository:Repository": needs(
        "ecr",
        read=_TAGS + "DescribeRepositories",
        make=_NEWER_TAG + "CreateRepository",
        change=_NEWER_RETAG + "PutImageTagMutability PutImageScanningConfiguration",
        remove="DeleteRepository",
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": needs(
        "ecr",
        read="GetLifecyclePolicy",
        make="PutLifecyclePolicy",
        change="PutLifecyclePolicy",
        remove="DeleteLifecyclePolicy",
    ),
    "aws:backup/vault:Vault": needs(
        "backup",
        read="DescribeBackupVault ListTags",
        # Two services keep a vault's key; both are asked under the caller's name:
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
        make=_NEWER_TAG + "CreateBackupVault backup-storage:MountCapsule",
        change=_NEWER_RETAG,
        remove="DeleteBackupVault",
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": needs(
        "backup",
        read="DescribeBackupVault",
        make="PutBackupVaultLockConfiguration",
        change="PutBackupVaultLockConfiguration",
        remove="DeleteBackupVaultLockConfiguration",
    ),
    "aws:backup/plan:Plan": needs(
        "backup",
        read="GetBackupPlan ListTags",
        make=_NEWER_TAG + "CreateBackupPlan",
        change=_NEWER_RETAG + "UpdateBackupPlan",
        remove="DeleteBackupPlan",
    ),
    "aws:backup/selection:Selection": needs(
        "backup",
        read="GetBackupSelection",
        make="CreateBackupSelection",
        remove="DeleteBackupSelection",
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": needs(
        "backup",
        read="GetRestoreTestingPlan ListTags",
        make=_NEWER_TAG + "CreateRestoreTestingPlan",
        change=_NEWER_RETAG + "UpdateRestoreTestingPlan",
        remove="DeleteRestoreTestingPlan",
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": needs(
        "backup",
        read="GetRestoreTestingSelection",
        make="CreateRestoreTestingSelection",
        change="UpdateRestoreTestingSelection",
        remove="DeleteRestoreTestingSelection",
    ),
}
