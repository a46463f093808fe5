"""What the mutation rules need to know of the types: guards, weak values, and what is neutral."""

from __future__ import annotations

from collections.abc import Mapping

# Types that exist to keep something safe, seen or alive: only without one of these is a stack less
# safe. Without anything else (a bucket, a machine, a way in, an alias) it is smaller, or the
# provider refuses what named it.
GUARDS: frozenset[str] = frozenset(
    {
        *("Addon", "BucketLifecycleConfiguration", "BucketLogging", "Budget"),
        *("BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPolicy"),
        *("BucketPublicAccessBlock", "BucketReplicationConfig"),
        *("BucketServerSideEncryptionConfiguration", "BucketVersioning", "ClusterInstance"),
        *("ClusterParameterGroup", "DefaultSecurityGroup", "FlowLog", "LifecyclePolicy"),
        *("LogGroup", "MetricAlarm", "NatGateway", "ParameterGroup", "Plan", "RestoreTestingPlan"),
        *("RestoreTestingSelection", "SecretRotation", "Selection", "Subnet", "TopicSubscription"),
        *("UserGroup", "Vault", "VaultLockConfiguration", "VpcEndpoint"),
    }
)

# Properties whose absence or change makes nothing less safe, by the reason; `*` is every type.
_REQUIRED = {  # the provider refuses a resource without: nothing comes to be
    "*": ("vpcId",),
    "AccessEntry": ("clusterName", "principalArn"),
    "AccessPolicyAssociation": ("clusterName", "principalArn", "accessScope.type"),
    "Association": ("parameters",),  # the document declares them
    "BucketObjectv2": ("bucket", "key"),
    "Document": ("content", "documentType"),
    "Group": (
        *("initialLifecycleHooks.name", "launchTemplate.id", "metricsGranularity"),
        "vpcZoneIdentifiers",
    ),
    "Parameter": ("type", "value"),
    "Volume": ("availabilityZone",),
    "Addon": (
        *("addonName", "clusterName", "podIdentityAssociations.roleArn"),
        "podIdentityAssociations.serviceAccount",
    ),
    "Alias": ("targetKeyId", "region"),  # the key's own region
    "BucketLogging": ("bucket", "targetBucket", "targetPrefix", "region"),
    "BucketObjectLockConfiguration": ("bucket", "region"),
    "BucketPolicy": ("bucket", "region"),
    # The bucket's own region: S3 answers PermanentRedirect where another is asked.
    **dict.fromkeys(
        (
            *("BucketLifecycleConfiguration", "BucketOwnershipControls", "BucketVersioning"),
            *("BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration"),
        ),
        ("region",),
    ),
    # S3 takes no rule with a word on delete markers and without a filter (replication_rules.py).
    "BucketReplicationConfig": ("bucket", "role", "rules.filter"),
    "Budget": (
        *("budgetType", "timeUnit", "limitUnit", "notifications.notificationType"),
        *("notifications.threshold", "notifications.thresholdType"),
        "notifications.comparisonOperator",
    ),
    "Certificate": ("domainName", "validationMethod"),
    "CertificateValidation": ("certificateArn", "validationRecordFqdns"),
    "ClusterInstance": ("clusterIdentifier", "instanceClass", "engine"),
    "Dashboard": ("dashboardBody", "dashboardName"),
    "EipAssociation": ("allocationId", "instanceId"),
    "EventRule": ("eventPattern",),
    "EventTarget": ("arn", "rule"),
    "FlowLog": ("iamRoleArn",),
    "InstanceProfile": ("role",),
    "LifecyclePolicy": ("policy", "repository"),
    "Key": ("region",),  # a vault takes no key of another region
    "Listener": ("loadBalancerArn", "port", "defaultActions.targetGroupArn"),
    # PutMetricAlarm wants them all of an alarm on one metric.
    "MetricAlarm": (
        *("comparisonOperator", "evaluationPeriods", "metricName", "namespace"),
        *("period", "statistic"),
    ),
    "NatGateway": ("subnetId", "allocationId"),
    "NodeGroup": ("clusterName", "scalingConfig.maxSize", "scalingConfig.desiredSize"),
    "OpenIdConnectProvider": ("url",),
    "ParameterGroup": ("family",),
    "ClusterParameterGroup": ("family",),
    "Plan": ("rules.ruleName", "rules.targetVaultName"),
    "PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount", "roleArn"),
    "QueuePolicy": ("queueUrl",),
    "Record": ("zoneId", "type", "ttl", "records", "aliases.name", "aliases.zoneId"),
    "ReplicationGroup": ("description",),
    "RestoreTestingPlan": (
        *("recoveryPointSelection.algorithm", "recoveryPointSelection.recoveryPointTypes"),
    ),
    "RestoreTestingSelection": ("protectedResourceType",),
    "RolePolicy": ("role",),
    "RolePolicyAttachment": ("role",),
    "Route": ("routeTableId", "destinationCidrBlock"),
    "RouteTableAssociation": ("subnetId", "routeTableId"),
    "SecretRotation": ("secretId",),
    "Selection": ("planId",),
    "Subnet": ("cidrBlock",),
    "TargetGroup": ("port", "protocol", "targetType"),
    "TopicPolicy": ("arn",),
    "TopicSubscription": ("topic", "protocol", "endpoint"),
    "User": ("accessString", "userId", "userName", "engine"),
    "UserGroup": ("userGroupId", "engine"),
    "VaultLockConfiguration": ("backupVaultName", "region"),  # the vault's own region
    "Vpc": ("cidrBlock", "enableDnsHostnames", "enableDnsSupport"),  # private names want both
    "VpcEndpoint": ("serviceName", "subnetIds"),
}
_NAMES = {  # another name, or one that is made up
    "*": ("name", "bucketPrefix"),
    "Association": ("associationName", "complianceSeverity"),
    "Bucket": ("bucket",),
    "BucketObjectv2": ("contentType",),
    "BucketLifecycleConfiguration": ("rules.id", "rules.prefix", "rules.filter"),
    "BucketReplicationConfig": ("rules.id", "rules.priority"),
    "Cluster": ("clusterIdentifier", "engine", "engineVersion", "masterUsername", "port"),
    "ClusterInstance": ("identifier", "promotionTier"),
    "ClusterParameterGroup": ("description", "parameters.name", "parameters.applyMethod"),
    "EventRule": ("description",),
    "EventTarget": ("targetId",),
    "Key": ("description",),
    "LaunchTemplate": ("blockDeviceMappings.deviceName", "tagSpecifications.resourceType"),
    "LoadBalancer": ("accessLogs.prefix",),
    "NodeGroup": ("labels", "nodeGroupNamePrefix"),
    "Parameter": ("description",),
    "ParameterGroup": ("description", "parameters.name"),
    "ReplicationGroup": ("replicationGroupId", "engine", "engineVersion", "port"),
    "Role": ("description",),
    "Secret": ("description",),
    "SubnetGroup": ("description",),
    "Zone": ("comment",),
}
_SIZES_AND_TIMES = {  # how big, and when
    "BucketLifecycleConfiguration": ("rules.transitions",),  # what old objects cost
    "Cluster": ("preferredBackupWindow", "preferredMaintenanceWindow"),
    "ClusterInstance": ("preferredMaintenanceWindow",),
    "FlowLog": ("maxAggregationInterval", "logDestinationType"),
    "LaunchTemplate": (
        *("blockDeviceMappings.ebs.volumeSize", "blockDeviceMappings.ebs.volumeType"),
        *("blockDeviceMappings.ebs.deleteOnTermination", "imageId", "instanceType"),
        *("updateDefaultVersion", "metadataOptions.httpEndpoint"),
    ),
    "Group": (
        *("healthCheckGracePeriod", "initialLifecycleHooks.heartbeatTimeout"),
        *("instanceRefresh.preferences", "maxSize", "waitForCapacityTimeout"),
    ),
    "Volume": ("size", "type"),
    "NodeGroup": ("amiType", "instanceTypes"),
    "Plan": ("rules.startWindow", "rules.completionWindow"),
    "Queue": ("messageRetentionSeconds",),
    "ReplicationGroup": ("maintenanceWindow", "nodeType", "snapshotWindow"),
    "RestoreTestingPlan": ("recoveryPointSelection.selectionWindowDays",),
    "RestoreTestingSelection": ("validationWindowHours",),
    "TargetGroup": (
        *("deregistrationDelay", "healthCheck.interval"),
        *("healthCheck.healthyThreshold", "healthCheck.unhealthyThreshold"),
    ),
}
_NARROWER = {  # without it less is open, or something stops and is seen to stop
    "Addon": ("podIdentityAssociations",),  # its pods get no role and say so
    "DefaultSecurityGroup": ("ingress", "egress"),  # adopting it takes all rules away
    "Eip": ("domain",),
    "EipAssociation": ("allowReassociation",),
    "Instance": ("subnetId", "userData", "vpcSecurityGroupIds", "launchTemplate.version"),
    "LaunchTemplate": ("userData", "vpcSecurityGroupIds", "networkInterfaces"),
    # Without metrics the alarm on them goes off; without content a machine refuses the bundle.
    "Group": ("launchTemplate.version", "enabledMetrics"),
    "BucketObjectv2": ("contentBase64",),
    "Listener": ("defaultActions.type",),
    "LoadBalancer": ("internal",),
    "NodeGroup": ("launchTemplate",),
    "Record": ("allowOverwrite",),
    "Route": ("gatewayId", "natGatewayId"),
    "SecurityGroupRule": ("type", "securityGroupId", "sourceSecurityGroupId"),
    "TargetGroup": ("proxyProtocolV2",),  # nginx refuses what comes without
    "VpcEndpoint": ("securityGroupIds", "vpcEndpointType"),
}
_NO_EFFECT = {  # AWS does the same either way
    # https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBInstance.html
    "ClusterInstance": ("autoMinorVersionUpgrade",),
    # Nothing that EKS brought is there to conflict with (bootstrapSelfManagedAddons is false), and
    # where it did, the add-ons take its place.
    "Addon": ("resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
    "Instance": ("forceDestroy",),  # termination protection is lifted for a replacement
    "LoadBalancer": ("loadBalancerType",),  # an application balancer is always across zones
}
# The provider refuses a resource without; changed, they are weaker.
_REQUIRED_AND_TELLING = {
    "AccessPolicyAssociation": ("accessScope", "policyArn"),
    "BucketLifecycleConfiguration": ("rules.status",),
    "Cluster": ("roleArn",),
    "Listener": ("defaultActions", "certificateArn"),
    "LoadBalancer": ("accessLogs.bucket",),
    "Record": ("aliases",),
    "RolePolicyAttachment": ("policyArn",),
    "SecurityGroupIngressRule": ("referencedSecurityGroupId",),  # or another source
}
# Taken away, these fall back to a default that is as safe; changed, they are weaker.
_SAFE_DEFAULT = {
    "Bucket": ("forceDestroy", "objectLockEnabled"),
    "Cluster": ("applyImmediately", "bootstrapSelfManagedAddons", "skipFinalSnapshot"),
    "ClusterInstance": ("applyImmediately",),
    "ClusterParameterGroup": ("parameters.value",),
    "LaunchTemplate": ("tagSpecifications",),
    "Queue": ("sqsManagedSseEnabled",),
    "ReplicationGroup": ("applyImmediately",),
    "Repository": ("forceDelete",),
    "Role": ("maxSessionDuration",),  # an hour
    "Secret": ("recoveryWindowInDays",),  # 30
    "SecurityGroupIngressRule": (
        *("cidrIpv4", "fromPort", "toPort", "ipProtocol", "securityGroupId"),
    ),
    "SecurityGroupEgressRule": (
        *("cidrIpv4", "fromPort", "toPort", "ipProtocol", "securityGroupId"),
        "referencedSecurityGroupId",
    ),
    "SecurityGroupRule": ("protocol", "fromPort", "toPort"),
    "Subnet": ("availabilityZone", "mapPublicIpOnLaunch"),
    "Vault": ("forceDestroy",),
    "Zone": ("forceDestroy",),
}

NEVER: tuple[Mapping[str, tuple[str, ...]], ...] = (
    *(_REQUIRED, _NAMES, _SIZES_AND_TIMES, _NARROWER, _NO_EFFECT),
)
NOT_REMOVED: tuple[Mapping[str, tuple[str, ...]], ...] = (_SAFE_DEFAULT, _REQUIRED_AND_TELLING)

# Booleans that are no weaker when they become true.
SAFER_TRUE = frozenset({"bucketKeyEnabled", "evaluateTargetHealth", "objectLockEnabled"})

# (type or *, path or last word): values that are weaker than any that we use.
WEAK: Mapping[tuple[str, str], tuple[object, ...]] = {
    ("*", "accessConfig.authenticationMode"): ("CONFIG_MAP",),
    ("*", "automaticallyAfterDays"): (365,),
    ("*", "availabilityZone"): ("ap-southeast-1a",),
    ("*", "backupRetentionPeriod"): (1,),
    ("*", "cidrIpv4"): ("0.0.0.0/0",),
    ("*", "configurationValues"): ("{}",),
    ("*", "daysAfterInitiation"): (90,),
    ("*", "dbClusterParameterGroupName"): ("default.docdb5.0",),
    ("*", "defaultRetention.days"): (1,),
    ("*", "deletionWindowInDays"): (7,),
    ("*", "durability"): ("async",),
    ("*", "enabledCloudwatchLogsExports"): ([], ["profiler"]),
    ("*", "enabledClusterLogTypes"): ([], ["api"]),
    ("*", "encryptionType"): ("AES256",),
    ("*", "expiration.days"): (1,),
    ("*", "fromPort"): (0, 22),
    ("*", "httpPutResponseHopLimit"): (64,),
    ("*", "httpTokens"): ("optional",),
    ("*", "imageTagMutability"): ("MUTABLE",),
    ("*", "ipProtocol"): ("-1",),
    ("*", "keyArn"): ("alias/aws/eks",),
    ("*", "kmsKeyArn"): ("alias/aws/backup",),
    ("*", "kmsKeyId"): ("alias/aws/ebs",),
    ("*", "kmsMasterKeyId"): ("alias/aws/s3",),
    ("*", "minRetentionDays"): (0,),
    ("*", "minSize"): (0, 1),
    ("*", "mode"): ("NONE",),
    ("*", "numCacheClusters"): (1,),
    ("*", "objectOwnership"): ("ObjectWriter",),
    ("*", "parameterGroupName"): ("default.valkey8",),
    ("*", "policyArn"): ("arn:aws:iam::aws:policy/AdministratorAccess",),
    ("*", "replicasPerNodeGroup"): (0,),
    ("*", "retentionInDays"): (0, 7),
    ("*", "recoveryWindowInDays"): (0,),
    ("*", "snapshotRetentionLimit"): (0,),
    ("*", "sseAlgorithm"): ("none",),
    ("*", "sslPolicy"): ("ELBSecurityPolicy-2016-08",),
    ("*", "status"): ("Suspended",),
    ("*", "subnetGroupName"): ("default",),
    ("*", "supportType"): ("EXTENDED",),
    ("*", "toPort"): (65535,),
    ("*", "trafficType"): ("ACCEPT",),
    ("*", "transitEncryptionMode"): ("preferred",),
    ("*", "userGroupIds"): ([],),
    ("*", "userIds"): (["default"],),
    ("*", "actionsEnabled"): (False,),
    ("*", "alarmActions"): ([],),
    ("*", "deleteAfter"): (1,),
    ("*", "dimensions"): ({},),
    ("*", "limitAmount"): ("0",),
    ("*", "notifications"): ([],),
    ("*", "protectedResourceArns"): ([],),
    ("*", "treatMissingData"): ("ignore",),
    ("AccessPolicyAssociation", "policyArn"): (
        "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    ),
    ("Cluster", "version"): ("1.28",),
}
# Weak values of parameters, by their name.
WEAK_PARAMETERS: Mapping[str, str] = {
    "audit_logs": "disabled",
    "maxmemory-policy": "volatile-lru",
    "profiler": "disabled",
    "tls": "disabled",
}
