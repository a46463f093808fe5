"""Where the computed outputs of networks, machines, clusters and storage are from (pure table).

Each is what the provider for AWS reads back and sets in the Read function of the file that is named
(hashicorp/terraform-provider-aws `internal/service`). `filled` are inputs that AWS fills in where
the program leaves them out. A test refuses a computed output without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.spec import Outputs, outputs_of

ROWS: Mapping[str, Outputs] = {
    "aws:ebs/volume:Volume": outputs_of(
        "ec2/ebs_volume.go", "arn createTime", filled="encrypted type iops throughput size"
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": outputs_of(
        "ec2/vpc_default_route_table.go", "arn ownerId vpcId", filled="routes"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": outputs_of(
        "ec2/vpc_default_security_group.go", "arn ownerId name description"
    ),
    "aws:ec2/eip:Eip": outputs_of(
        "ec2/ec2_eip.go",
        "allocationId arn publicIp publicDns",
        filled="domain networkBorderGroup publicIpv4Pool",
    ),
    "aws:ec2/eipAssociation:EipAssociation": outputs_of(
        "ec2/ec2_eip_association.go", "", filled="publicIp networkInterfaceId privateIpAddress"
    ),
    "aws:ec2/flowLog:FlowLog": outputs_of("ec2/vpc_flow_log.go", "arn", filled="logFormat"),
    "aws:ec2/instance:Instance": outputs_of(
        "ec2/ec2_instance.go",
        "arn instanceState privateDns publicIp publicDns primaryNetworkInterfaceId",
        filled=(
            "ami instanceType subnetId availabilityZone privateIp vpcSecurityGroupIds "
            "iamInstanceProfile tenancy monitoring ebsOptimized disableApiTermination "
            "disableApiStop instanceInitiatedShutdownBehavior rootBlockDevice"
        ),
    ),
    "aws:ec2/internetGateway:InternetGateway": outputs_of(
        "ec2/vpc_internet_gateway.go", "arn ownerId"
    ),
    "aws:ec2/keyPair:KeyPair": outputs_of(
        "ec2/ec2_key_pair.go", "arn keyPairId fingerprint keyType"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": outputs_of(
        "ec2/ec2_launch_template.go", "arn latestVersion", filled="defaultVersion"
    ),
    "aws:ec2/natGateway:NatGateway": outputs_of(
        "ec2/vpc_nat_gateway.go", "associationId networkInterfaceId publicIp", filled="privateIp"
    ),
    "aws:ec2/networkAcl:NetworkAcl": outputs_of(
        "ec2/vpc_network_acl.go", "arn ownerId", filled="ingress egress subnetIds"
    ),
    "aws:ec2/networkInterface:NetworkInterface": outputs_of(
        "ec2/vpc_network_interface.go",
        "arn ownerId macAddress privateDnsName",
        filled="privateIp privateIps interfaceType securityGroups",
    ),
    "aws:ec2/route:Route": outputs_of("ec2/vpc_route.go", "origin state"),
    "aws:ec2/routeTable:RouteTable": outputs_of(
        "ec2/vpc_route_table.go", "arn ownerId", filled="routes propagatingVgws"
    ),
    "aws:ec2/securityGroup:SecurityGroup": outputs_of(
        "ec2/vpc_security_group.go", "arn ownerId", filled="ingress egress"
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": outputs_of(
        "ec2/vpc_security_group_rule.go", "securityGroupRuleId"
    ),
    "aws:ec2/subnet:Subnet": outputs_of(
        "ec2/vpc_subnet.go",
        "arn ownerId",
        filled="availabilityZone availabilityZoneId privateDnsHostnameTypeOnLaunch",
    ),
    "aws:ec2/vpc:Vpc": outputs_of(
        "ec2/vpc_.go",
        (
            "arn defaultNetworkAclId defaultRouteTableId defaultSecurityGroupId dhcpOptionsId "
            "mainRouteTableId ownerId"
        ),
        filled="enableDnsHostnames",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": outputs_of(
        "ec2/vpc_endpoint.go",
        (
            "arn ownerId state requesterManaged prefixListId cidrBlocks dnsEntries "
            "networkInterfaceIds"
        ),
        filled="ipAddressType privateDnsEnabled routeTableIds securityGroupIds subnetIds policy",
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": outputs_of("ecr/lifecycle_policy.go", "registryId"),
    "aws:ecr/repository:Repository": outputs_of(
        "ecr/repository.go", "arn registryId repositoryUrl"
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": outputs_of(
        "ecr/repository_policy.go", "registryId"
    ),
    "aws:eks/accessEntry:AccessEntry": outputs_of(
        "eks/access_entry.go",
        "accessEntryArn createdAt modifiedAt",
        filled="kubernetesGroups userName",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": outputs_of(
        "eks/access_policy_association.go", "associatedAt modifiedAt"
    ),
    "aws:eks/addon:Addon": outputs_of(
        "eks/addon.go", "arn createdAt modifiedAt", filled="addonVersion configurationValues"
    ),
    "aws:eks/cluster:Cluster": outputs_of(
        "eks/cluster.go",
        "arn certificateAuthority createdAt endpoint identities platformVersion status",
        filled="version vpcConfig accessConfig kubernetesNetworkConfig upgradePolicy",
    ),
    "aws:eks/nodeGroup:NodeGroup": outputs_of(
        "eks/node_group.go",
        "arn resources status",
        filled=(
            "amiType capacityType diskSize instanceTypes nodeGroupName releaseVersion version"
            " updateConfig"
        ),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": outputs_of(
        "eks/pod_identity_association.go",
        "associationId associationArn externalId",
        filled="disableSessionTags",
    ),
    "aws:s3/bucket:Bucket": outputs_of(
        "s3/bucket.go",
        "arn bucketDomainName bucketRegionalDomainName bucketRegion hostedZoneId",
        filled="objectLockEnabled requestPayer",
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": outputs_of(
        "s3/bucket_lifecycle_configuration.go", "", filled="transitionDefaultMinimumObjectSize"
    ),
    "aws:s3/bucketObject:BucketObject": outputs_of(
        "s3/bucket_object.go",
        "arn versionId",
        filled="contentType etag serverSideEncryption storageClass",
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": outputs_of(
        "s3/object.go", "arn versionId", filled="contentType etag serverSideEncryption storageClass"
    ),
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": outputs_of(
        "s3/bucket_website_configuration.go", "websiteDomain websiteEndpoint"
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": outputs_of(
        "ec2/vpc_security_group_egress_rule.go", "arn securityGroupRuleId"
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": outputs_of(
        "ec2/vpc_security_group_ingress_rule.go", "arn securityGroupRuleId"
    ),
}
