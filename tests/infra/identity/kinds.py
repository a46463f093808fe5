"""Which of AWS's kinds of resources the calls of a type touch (pure table)."""

from __future__ import annotations

from collections.abc import Mapping

from infra.identity.pipeline.table import TYPES

# Kinds that a type's calls touch: its own first, then what it names, in the words of AWS.
KINDS: Mapping[str, str] = {
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/subnet:Subnet": "subnet vpc",
    "aws:ec2/internetGateway:InternetGateway": "internet-gateway vpc",
    "aws:ec2/eip:Eip": "elastic-ip",
    "aws:ec2/natGateway:NatGateway": "natgateway elastic-ip subnet",
    "aws:ec2/routeTable:RouteTable": "route-table vpc",
    "aws:ec2/route:Route": "route-table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "route-table subnet",
    "aws:ec2/securityGroup:SecurityGroup": "security-group vpc",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "security-group",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "security-group-rule security-group"
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "security-group-rule security-group",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpc-endpoint vpc subnet route-table security-group",
    "aws:ec2/flowLog:FlowLog": "vpc-flow-log vpc",
    "aws:ec2/launchTemplate:LaunchTemplate": "launch-template",
    "aws:ebs/volume:Volume": "volume snapshot",
    "aws:autoscaling/group:Group": (
        "autoScalingGroup instance volume image snapshot network-interface security-group subnet "
        "launch-template"
    ),
    "aws:autoscaling/policy:Policy": "autoScalingGroup",
    "aws:lb/loadBalancer:LoadBalancer": "loadbalancer/net/",
    "aws:lb/targetGroup:TargetGroup": "targetgroup",
    "aws:lb/listener:Listener": "listener/net loadbalancer/net/",
    "aws:eks/cluster:Cluster": "cluster",
    "aws:eks/nodeGroup:NodeGroup": "nodegroup cluster",
    "aws:eks/addon:Addon": "addon cluster podidentityassociation",
    "aws:eks/accessEntry:AccessEntry": "access-entry cluster",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "access-entry",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "podidentityassociation cluster",
    "aws:iam/role:Role": "role instance-profile",
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/instanceProfile:InstanceProfile": "instance-profile",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "oidc-provider",
    "aws:docdb/cluster:Cluster": "cluster cluster-pg subgrp og cluster-snapshot Secret",
    "aws:docdb/clusterInstance:ClusterInstance": "db cluster pg",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": "cluster-pg",
    "aws:docdb/subnetGroup:SubnetGroup": "subgrp",
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "replicationgroup parametergroup subnetgroup usergroup snapshot cluster"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": "parametergroup",
    "aws:elasticache/subnetGroup:SubnetGroup": "subnetgroup",
    "aws:elasticache/user:User": "user",
    "aws:elasticache/userGroup:UserGroup": "usergroup user",
    "aws:kms/key:Key": "key",
    "aws:kms/alias:Alias": "alias key",
    "aws:secretsmanager/secret:Secret": "Secret",
    "aws:ecr/repository:Repository": "repository",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "repository",
    "aws:backup/vault:Vault": "backupVault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "backupVault",
    "aws:backup/plan:Plan": "backupPlan",
    "aws:backup/selection:Selection": "backupPlan",
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": "restoreTestingPlan",
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": "restoreTestingPlan",
    "aws:cloudwatch/logGroup:LogGroup": "log-group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/eventRule:EventRule": "rule-on-default-event-bus",
    "aws:cloudwatch/eventTarget:EventTarget": "rule-on-default-event-bus",
    "aws:sns/topic:Topic": "topic",
    "aws:sns/topicPolicy:TopicPolicy": "topic",
    "aws:sns/topicSubscription:TopicSubscription": "topic",
    "aws:sqs/queue:Queue": "queue",
    "aws:sqs/queuePolicy:QueuePolicy": "queue",
    "aws:budgets/budget:Budget": "budget",
    "aws:acm/certificate:Certificate": "certificate",
    "aws:acm/certificateValidation:CertificateValidation": "certificate",
    "aws:route53/zone:Zone": "hostedzone",
    "aws:route53/record:Record": "hostedzone",
    "aws:cloudfront/distribution:Distribution": "distribution",
    "aws:wafv2/webAcl:WebAcl": "webacl managedruleset",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "webacl",
    # AWS's reference names the destination as what deleting a source is checked against.
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": (
        "delivery-source delivery-destination distribution"
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "delivery-destination",
    "aws:cloudwatch/logDelivery:LogDelivery": (
        "delivery delivery-destination delivery-source bucket"
    ),
    "aws:ssm/parameter:Parameter": "parameter",
    "aws:ssm/document:Document": "document",
    "aws:ssm/association:Association": "association document instance",
    **{type_: "bucket" for type_ in TYPES if type_.startswith("aws:s3/")},
    "aws:s3/bucketObjectv2:BucketObjectv2": "object",
    # Data sources.
    "aws:ec2/getVpc:getVpc": "vpc",
    "aws:ec2/getSubnet:getSubnet": "subnet",
    "aws:ec2/getRouteTables:getRouteTables": "route-table",
    "aws:ec2/getRouteTable:getRouteTable": "route-table",
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": "prefix-list",
}
