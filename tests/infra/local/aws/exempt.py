"""Inputs that are named like references and have no rule, with the reason (pure table)."""

NOT_MODELLED = "{} are not modelled: nothing of the record can be named"
AWS_OWNS = "AWS's own or the region's, which the record does not hold"
OWN_NAME = "the resource's own name, not another's"
FREE_TEXT = "a label that the program chooses"
SAME = "an origin of the same distribution (distribution_rules.py)"

# Type, or `*` for every type -> {path without [*]: reason}
EXEMPT: dict[str, dict[str, str]] = {
    "*": {
        "routes.carrierGatewayId": NOT_MODELLED.format("carrier gateways"),
        "routes.coreNetworkArn": NOT_MODELLED.format("core networks"),
        "routes.destinationPrefixListId": AWS_OWNS,
        "routes.egressOnlyGatewayId": NOT_MODELLED.format("egress-only gateways"),
        "routes.localGatewayId": NOT_MODELLED.format("outposts"),
        "routes.odbNetworkArn": NOT_MODELLED.format("Oracle database networks"),
        "routes.transitGatewayId": NOT_MODELLED.format("transit gateways"),
        "routes.vpcPeeringConnectionId": NOT_MODELLED.format("peering connections"),
        "carrierGatewayId": NOT_MODELLED.format("carrier gateways"),
        "coreNetworkArn": NOT_MODELLED.format("core networks"),
        "destinationPrefixListId": AWS_OWNS,
        "egressOnlyGatewayId": NOT_MODELLED.format("egress-only gateways"),
        "localGatewayId": NOT_MODELLED.format("outposts"),
        "odbNetworkArn": NOT_MODELLED.format("Oracle database networks"),
        "transitGatewayId": NOT_MODELLED.format("transit gateways"),
        "transitGatewayAttachmentId": NOT_MODELLED.format("transit gateways"),
        "vpcPeeringConnectionId": NOT_MODELLED.format("peering connections"),
        "outpostArn": NOT_MODELLED.format("outposts"),
        "outpostConfig.outpostArns": NOT_MODELLED.format("outposts"),
        "outpostConfig.controlPlanePlacement.groupName": NOT_MODELLED.format("placement groups"),
        "ipamPoolId": NOT_MODELLED.format("IPAM pools"),
        "ipv4IpamPoolId": NOT_MODELLED.format("IPAM pools"),
        "ipv6IpamPoolId": NOT_MODELLED.format("IPAM pools"),
        "prefixListId": AWS_OWNS,
        "prefixListIds": AWS_OWNS,
        "egress.prefixListIds": AWS_OWNS,
        "ingress.prefixListIds": AWS_OWNS,
        "availabilityZoneId": AWS_OWNS,
        "availabilityZoneAddresses.availabilityZoneId": AWS_OWNS,
        "snapshotId": NOT_MODELLED.format("snapshots"),
        "capacityReservationSpecification.capacityReservationTarget.capacityReservationId": (
            NOT_MODELLED.format("capacity reservations")
        ),
        "capacityReservationSpecification.capacityReservationTarget"
        ".capacityReservationResourceGroupArn": NOT_MODELLED.format("capacity reservations"),
        "secondaryNetworkInterfaces.secondaryInterfaceId": NOT_MODELLED.format(
            "secondary networks"
        ),
        "secondaryNetworkInterfaces.secondaryNetworkId": NOT_MODELLED.format("secondary networks"),
        "secondaryNetworkInterfaces.secondarySubnetId": NOT_MODELLED.format("secondary networks"),
        "secondaryInterfaces.secondarySubnetId": NOT_MODELLED.format("secondary networks"),
        "hostId": NOT_MODELLED.format("dedicated hosts"),
        "hostResourceGroupArn": NOT_MODELLED.format("dedicated hosts"),
        "placementGroupId": NOT_MODELLED.format("placement groups"),
        "securityGroupNames": "EC2-Classic, which AWS has ended; names of groups in a default VPC",
    },
    "aws:acm/certificate:Certificate": {
        "certificateAuthorityArn": NOT_MODELLED.format("private certificate authorities")
    },
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
        "deliveryDestinationConfiguration.destinationResourceArn": (
            "a bucket may come with a prefix: log_delivery_rules.py looks for it (place_exists)"
        )
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "metricQueries.accountId": "an account, of which there is one",
        "thresholdMetricId": "the id of one of its own metricQueries",
    },
    "aws:docdb/cluster:Cluster": {
        "clusterIdentifier": OWN_NAME,
        "globalClusterIdentifier": NOT_MODELLED.format("global clusters"),
        "restoreToPointInTime.sourceClusterIdentifier": (
            "a cluster that may be gone: its backups outlive it"
        ),
    },
    "aws:ec2/instance:Instance": {
        "ebsBlockDevices.snapshotId": NOT_MODELLED.format("snapshots"),
        "ebsBlockDevices.volumeId": "set by AWS: the volume that it made",
        "rootBlockDevice.volumeId": "set by AWS: the volume that it made",
        "securityGroups": "names of groups in a default VPC, of which there is none",
    },
    "aws:ec2/keyPair:KeyPair": {"keyName": OWN_NAME},
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "blockDeviceMappings.ebs.snapshotId": NOT_MODELLED.format("snapshots"),
        "imageId": AWS_OWNS,
        "kernelId": AWS_OWNS,
        "ramDiskId": AWS_OWNS,
        "licenseSpecifications.licenseConfigurationArn": NOT_MODELLED.format("licences"),
        "placement.groupId": NOT_MODELLED.format("placement groups"),
        "placement.groupName": NOT_MODELLED.format("placement groups"),
        "placement.hostId": NOT_MODELLED.format("dedicated hosts"),
        "placement.hostResourceGroupArn": NOT_MODELLED.format("dedicated hosts"),
    },
    "aws:ec2/networkInterface:NetworkInterface": {
        "attachments.attachmentId": "set by AWS: the attachment that it made"
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "resourceConfigurationArn": NOT_MODELLED.format("resource configurations"),
        "serviceNetworkArn": NOT_MODELLED.format("service networks"),
    },
    "aws:eks/accessEntry:AccessEntry": {"kubernetesGroups": "groups inside Kubernetes"},
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {"policyArn": AWS_OWNS},
    "aws:eks/cluster:Cluster": {
        "vpcConfig.clusterSecurityGroupId": "set by AWS: the group that it made",
        "vpcConfig.vpcId": "set by AWS: the VPC of the subnets",
    },
    "aws:eks/nodeGroup:NodeGroup": {"nodeGroupName": OWN_NAME},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "globalReplicationGroupId": NOT_MODELLED.format("global datastores"),
        "nodeGroupConfigurations.nodeGroupId": FREE_TEXT,
        "nodeGroupConfigurations.primaryOutpostArn": NOT_MODELLED.format("outposts"),
        "nodeGroupConfigurations.replicaOutpostArns": NOT_MODELLED.format("outposts"),
        "replicationGroupId": OWN_NAME,
        "snapshotArns": "objects in S3 that hold a dump",
    },
    "aws:elasticache/user:User": {"userId": OWN_NAME},
    "aws:elasticache/userGroup:UserGroup": {"userGroupId": OWN_NAME},
    "aws:kms/key:Key": {
        "customKeyStoreId": NOT_MODELLED.format("custom key stores"),
        "xksKeyId": "a key in somebody else's key manager",
    },
    "aws:route53/record:Record": {
        "aliases.zoneId": "the zone of the service that the alias leads to",
        "cidrRoutingPolicy.collectionId": NOT_MODELLED.format("CIDR collections"),
        "healthCheckId": NOT_MODELLED.format("health checks"),
    },
    "aws:route53/zone:Zone": {"delegationSetId": NOT_MODELLED.format("delegation sets")},
    "aws:s3/bucket:Bucket": {
        "bucket": OWN_NAME,
        "replicationConfiguration.rules.destination.accountId": "an account, of which there is one",
        "replicationConfiguration.rules.destination.replicaKmsKeyId": (
            "a key of the destination's region, which S3 looks at when it replicates"
        ),
    },
    "aws:s3/bucketNotification:BucketNotification": {
        "lambdaFunctions.lambdaFunctionArn": NOT_MODELLED.format("Lambda functions"),
    },
    "aws:cloudwatch/eventTarget:EventTarget": {
        "ecsTarget.group": NOT_MODELLED.format("ECS tasks"),
        "ecsTarget.taskDefinitionArn": NOT_MODELLED.format("ECS tasks"),
        "sqsTarget.messageGroupId": FREE_TEXT,
        "targetId": OWN_NAME,
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "ipamPools.ipv4IpamPoolId": NOT_MODELLED.format("IPAM pools"),
        "subnetMappings.outpostId": NOT_MODELLED.format("outposts"),
    },
    "aws:lb/listener:Listener": {
        "defaultActions.authenticateCognito.userPoolArn": NOT_MODELLED.format("user pools"),
        "defaultActions.authenticateCognito.userPoolClientId": NOT_MODELLED.format("user pools"),
        "defaultActions.authenticateOidc.clientId": "a name that the issuer of identities gave",
        "mutualAuthentication.trustStoreArn": NOT_MODELLED.format("trust stores"),
    },
    "aws:budgets/budget:Budget": {
        "accountId": "an account, of which there is one",
        "billingViewArn": NOT_MODELLED.format("billing views"),
    },
    "aws:backup/plan:Plan": {
        "rules.targetLogicallyAirGappedBackupVaultArn": NOT_MODELLED.format("air-gapped vaults"),
    },
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": {
        "protectedResourceArns": "anything that can be backed up, by patterns too",
    },
    "aws:autoscaling/group:Group": {
        "capacityReservationSpecification.capacityReservationTarget.capacityReservationIds": (
            NOT_MODELLED.format("capacity reservations")
        ),
        "capacityReservationSpecification.capacityReservationTarget"
        ".capacityReservationResourceGroupArns": NOT_MODELLED.format("capacity reservations"),
        "serviceLinkedRoleArn": "AWS makes the role with the account's first group",
    },
    "aws:cloudfront/distribution:Distribution": {
        "anycastIpListId": NOT_MODELLED.format("anycast addresses"),
        "continuousDeploymentPolicyId": NOT_MODELLED.format("continuous deployment"),
        "defaultCacheBehavior.fieldLevelEncryptionId": NOT_MODELLED.format(
            "field-level encryption profiles"
        ),
        "defaultCacheBehavior.functionAssociations.functionArn": NOT_MODELLED.format(
            "CloudFront functions"
        ),
        "defaultCacheBehavior.lambdaFunctionAssociations.lambdaArn": NOT_MODELLED.format(
            "Lambda functions"
        ),
        "defaultCacheBehavior.originRequestPolicyId": AWS_OWNS
        + "; distribution_world.py checks it",
        "defaultCacheBehavior.realtimeLogConfigArn": NOT_MODELLED.format("real-time logs"),
        "defaultCacheBehavior.targetOriginId": SAME,
        "defaultCacheBehavior.trustedKeyGroups": NOT_MODELLED.format("key groups"),
        "loggingConfig.bucket": "the domain of a bucket (distribution_world.py checks it)",
        "orderedCacheBehaviors.fieldLevelEncryptionId": NOT_MODELLED.format(
            "field-level encryption profiles"
        ),
        "orderedCacheBehaviors.functionAssociations.functionArn": NOT_MODELLED.format(
            "CloudFront functions"
        ),
        "orderedCacheBehaviors.lambdaFunctionAssociations.lambdaArn": NOT_MODELLED.format(
            "Lambda functions"
        ),
        "orderedCacheBehaviors.originRequestPolicyId": AWS_OWNS
        + "; distribution_world.py checks it",
        "orderedCacheBehaviors.realtimeLogConfigArn": NOT_MODELLED.format("real-time logs"),
        "orderedCacheBehaviors.targetOriginId": SAME,
        "orderedCacheBehaviors.trustedKeyGroups": NOT_MODELLED.format("key groups"),
        "originGroups.members.originId": SAME,
        "originGroups.originId": OWN_NAME,
        "origins.customOriginConfig.originMtlsConfig.clientCertificateArn": NOT_MODELLED.format(
            "client certificates"
        ),
        "origins.originId": OWN_NAME,
        "origins.vpcOriginConfig.ownerAccountId": "an account, of which there is one",
        "origins.vpcOriginConfig.vpcOriginId": NOT_MODELLED.format("VPC origins"),
        "viewerCertificate.iamCertificateId": NOT_MODELLED.format("server certificates of IAM"),
        "viewerMtlsConfig.trustStoreConfig.trustStoreId": NOT_MODELLED.format("trust stores"),
    },
    "aws:secretsmanager/secretRotation:SecretRotation": {
        "rotationLambdaArn": NOT_MODELLED.format("Lambda functions"),
    },
}


def reason(token: str, path: str) -> str:
    """Why this input has no reference rule; empty where nothing says so."""
    return EXEMPT.get(token, {}).get(path) or EXEMPT["*"].get(path, "")
