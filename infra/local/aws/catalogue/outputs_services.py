"""Where the computed outputs of data, security and messages are from (pure table).

Each is what the provider for AWS reads back and sets in the Read function of the file that is named
(hashicorp/terraform-provider-aws `internal/service`). `filled` are inputs that AWS fills in where
the program leaves them out. A test refuses a computed output without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.spec import Outputs, outputs_of

ROWS: Mapping[str, Outputs] = {
    "aws:acm/certificate:Certificate": outputs_of(
        "acm/certificate.go",
        (
            "arn domainValidationOptions status type renewalEligibility pendingRenewal "
            "renewalSummaries validationEmails notAfter notBefore"
        ),
        filled="keyAlgorithm subjectAlternativeNames",
    ),
    "aws:cloudwatch/logGroup:LogGroup": outputs_of("logs/group.go", "arn", filled="logGroupClass"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": outputs_of("cloudwatch/metric_alarm.go", "arn"),
    "aws:docdb/cluster:Cluster": outputs_of(
        "docdb/cluster.go",
        "arn clusterResourceId endpoint readerEndpoint hostedZoneId masterUserSecrets",
        filled=(
            "port availabilityZones clusterMembers dbClusterParameterGroupName dbSubnetGroupName "
            "engineVersion kmsKeyId masterUsername networkType preferredBackupWindow "
            "preferredMaintenanceWindow vpcSecurityGroupIds"
        ),
    ),
    "aws:docdb/clusterInstance:ClusterInstance": outputs_of(
        "docdb/cluster_instance.go",
        (
            "arn dbSubnetGroupName dbiResourceId endpoint port engineVersion kmsKeyId "
            "storageEncrypted preferredBackupWindow publiclyAccessible writer"
        ),
        filled="availabilityZone preferredMaintenanceWindow caCertIdentifier",
    ),
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": outputs_of(
        "docdb/cluster_parameter_group.go", "arn"
    ),
    "aws:docdb/subnetGroup:SubnetGroup": outputs_of(
        "docdb/subnet_group.go", "arn supportedNetworkTypes"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": outputs_of(
        "elasticache/parameter_group.go", "arn"
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": outputs_of(
        "elasticache/replication_group.go",
        (
            "arn primaryEndpointAddress readerEndpointAddress configurationEndpointAddress "
            "clusterEnabled memberClusters engineVersionActual"
        ),
        filled=(
            "port clusterMode numCacheClusters numNodeGroups replicasPerNodeGroup engine "
            "engineVersion parameterGroupName atRestEncryptionEnabled transitEncryptionEnabled "
            "transitEncryptionMode autoMinorVersionUpgrade applyImmediately dataTieringEnabled "
            "ipDiscovery networkType maintenanceWindow snapshotWindow subnetGroupName "
            "securityGroupIds securityGroupNames"
        ),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": outputs_of(
        "elasticache/subnet_group.go", "arn vpcId"
    ),
    "aws:elasticache/user:User": outputs_of(
        "elasticache/user.go", "arn", filled="authenticationMode"
    ),
    "aws:elasticache/userGroup:UserGroup": outputs_of("elasticache/user_group.go", "arn"),
    "aws:iam/group:Group": outputs_of("iam/group.go", "arn uniqueId"),
    "aws:iam/instanceProfile:InstanceProfile": outputs_of(
        "iam/instance_profile.go", "arn createDate uniqueId"
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": outputs_of(
        "iam/openid_connect_provider.go", "arn", filled="thumbprintLists"
    ),
    "aws:iam/policy:Policy": outputs_of("iam/policy.go", "arn policyId attachmentCount"),
    "aws:iam/role:Role": outputs_of(
        "iam/role.go", "arn createDate uniqueId", filled="managedPolicyArns inlinePolicies"
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": outputs_of(
        "iam/service_linked_role.go", "arn name path createDate uniqueId"
    ),
    "aws:iam/user:User": outputs_of("iam/user.go", "arn uniqueId"),
    "aws:kms/alias:Alias": outputs_of("kms/alias.go", "arn targetKeyArn"),
    "aws:kms/key:Key": outputs_of(
        "kms/key.go", "arn keyId", filled="policy description multiRegion rotationPeriodInDays"
    ),
    "aws:route53/record:Record": outputs_of("route53/record.go", "fqdn"),
    "aws:route53/zone:Zone": outputs_of(
        "route53/zone.go", "arn zoneId nameServers primaryNameServer"
    ),
    "aws:secretsmanager/secret:Secret": outputs_of(
        "secretsmanager/secret.go", "arn", filled="policy replicas"
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": outputs_of(
        "secretsmanager/secret_version.go",
        "versionId arn secretArn hasSecretStringWo",
        filled="versionStages",
    ),
    "aws:sns/topic:Topic": outputs_of(
        "sns/topic.go",
        "arn owner beginningArchiveTime",
        filled="policy signatureVersion tracingConfig",
    ),
    "aws:sns/topicPolicy:TopicPolicy": outputs_of("sns/topic_policy.go", "owner"),
    "aws:sns/topicSubscription:TopicSubscription": outputs_of(
        "sns/topic_subscription.go",
        "arn ownerId confirmationWasAuthenticated pendingConfirmation",
        filled="filterPolicyScope",
    ),
    "aws:ssm/association:Association": outputs_of(
        "ssm/association.go", "associationId arn", filled="documentVersion parameters targets"
    ),
    "aws:ssm/document:Document": outputs_of(
        "ssm/document.go",
        (
            "arn createdDate defaultVersion description documentVersion hash hashType "
            "latestVersion owner parameters platformTypes schemaVersion status"
        ),
    ),
    "aws:ssm/parameter:Parameter": outputs_of(
        "ssm/parameter.go", "version hasValueWo", filled="arn dataType tier keyId insecureValue"
    ),
}
