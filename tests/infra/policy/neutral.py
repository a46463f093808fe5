"""What mutants leave alone, with the reason, and the weak values of enumerations."""

from __future__ import annotations

from collections.abc import Mapping

# Resources whose absence makes nothing less safe by itself: what they serve stops working, or the
# provider refuses, and that is seen without any control.
NEUTRAL_TYPES: frozenset[str] = frozenset()

# Property paths (without places in lists) whose absence is no misconfiguration; `*` is every type.
NEUTRAL_PROPERTIES: Mapping[str, tuple[str, ...]] = {}

# (type or *, path or last word): values that are weaker than any that we use.
WEAK: Mapping[tuple[str, str], tuple[object, ...]] = {
    ("*", "cidrIpv4"): ("0.0.0.0/0",),
    ("*", "fromPort"): (0, 22),
    ("*", "toPort"): (65535,),
    ("*", "ipProtocol"): ("-1",),
    ("*", "kmsKeyId"): ("alias/aws/ebs",),
    ("*", "kmsKeyArn"): ("alias/aws/backup",),
    ("*", "keyArn"): ("alias/aws/eks",),
    ("*", "kmsMasterKeyId"): ("alias/aws/s3",),
    ("*", "httpTokens"): ("optional",),
    ("*", "httpPutResponseHopLimit"): (64,),
    ("*", "retentionInDays"): (0, 7),
    ("*", "backupRetentionPeriod"): (1,),
    ("*", "snapshotRetentionLimit"): (0,),
    ("*", "deletionWindowInDays"): (7,),
    ("*", "recoveryWindowInDays"): (0,),
    ("*", "days"): (1,),
    ("*", "minRetentionDays"): (0,),
    ("*", "automaticallyAfterDays"): (365,),
    ("*", "daysAfterInitiation"): (90,),
    ("*", "minSize"): (0, 1),
    ("*", "numCacheClusters"): (1,),
    ("*", "replicasPerNodeGroup"): (0,),
    ("*", "trafficType"): ("ACCEPT",),
    ("*", "sseAlgorithm"): ("none",),
    ("*", "status"): ("Suspended",),
    ("*", "objectOwnership"): ("ObjectWriter",),
    ("*", "imageTagMutability"): ("MUTABLE",),
    ("*", "encryptionType"): ("AES256",),
    ("*", "sslPolicy"): ("ELBSecurityPolicy-2016-08",),
    ("*", "supportType"): ("EXTENDED",),
    ("*", "authenticationMode"): ("CONFIG_MAP",),
    ("*", "transitEncryptionMode"): ("preferred",),
    ("*", "enabledClusterLogTypes"): ([], ["api"]),
    ("*", "enabledCloudwatchLogsExports"): ([], ["profiler"]),
    ("*", "userGroupIds"): ([],),
    ("*", "userIds"): (["default"],),
    ("*", "availabilityZone"): ("ap-southeast-1a",),
    ("*", "version"): (),
    ("Cluster", "version"): ("1.28",),
    ("*", "policyArn"): ("arn:aws:iam::aws:policy/AdministratorAccess",),
    ("*", "durability"): ("async",),
    ("*", "configurationValues"): ("{}",),
    ("*", "vpcEndpointType"): (),
    ("*", "subnetGroupName"): ("default",),
    ("*", "parameterGroupName"): ("default.valkey8",),
    ("*", "dbClusterParameterGroupName"): ("default.docdb5.0",),
    ("*", "mode"): ("NONE",),
    ("ParameterGroup", "parameters.value"): ("volatile-lru",),
    ("ClusterParameterGroup", "parameters.value"): ("disabled",),
}
