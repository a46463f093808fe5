"""Type tokens that controls look at: pulumi-aws 7, and three components of ours."""

from __future__ import annotations

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
AUTOSCALING_GROUP = "aws:autoscaling/group:Group"
ASSOCIATION = "aws:ssm/association:Association"
VOLUME = "aws:ebs/volume:Volume"

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE_TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"

# Components of ours that write down what somebody else owns (infra/network/adopted.py,
# infra/data/external.py); an adopted subnet's properties are named as a subnet's are.
ADOPTED_VPC = "gacp:network:AdoptedVpc"
ADOPTED_SUBNET = "gacp:network:AdoptedSubnet"
EXTERNAL_DATABASE = "gacp:data:ExternalDatabase"
SUBNETS = (SUBNET, ADOPTED_SUBNET)

SUBNET_GROUPS = (
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
)

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"

DATABASE = "aws:docdb/cluster:Cluster"
DATABASE_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance"
DATABASE_PARAMETERS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"

REDIS = "aws:elasticache/replicationGroup:ReplicationGroup"
REDIS_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
REDIS_USER = "aws:elasticache/user:User"
REDIS_USER_GROUP = "aws:elasticache/userGroup:UserGroup"

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl"
BUCKET_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
BUCKET_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
BUCKET_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
BUCKET_LOGGING = "aws:s3/bucketLogging:BucketLogging"
BUCKET_OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"

KEY = "aws:kms/key:Key"
KEY_ALIAS = "aws:kms/alias:Alias"
KEYS = (KEY, KEY_ALIAS, "aws:kms/replicaKey:ReplicaKey")

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
SECRET_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"  # noqa: S105 - a type
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 - a type

TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
RESOURCE_POLICIES = (
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    TOPIC_POLICY,
    "aws:sqs/queuePolicy:QueuePolicy",
)

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INSTANCE_PROFILE = "aws:iam/instanceProfile:InstanceProfile"
OIDC_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
USER = "aws:iam/user:User"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY = "aws:ecr/repository:Repository"
REPOSITORY_LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TOPIC = "aws:sns/topic:Topic"
BUDGET = "aws:budgets/budget:Budget"
QUEUE = "aws:sqs/queue:Queue"
ZONE = "aws:route53/zone:Zone"

VAULT = "aws:backup/vault:Vault"
VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
BACKUP_PLAN = "aws:backup/plan:Plan"
BACKUP_SELECTION = "aws:backup/selection:Selection"
RESTORE_TEST = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
RESTORE_TEST_SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection"

CERTIFICATE = "aws:acm/certificate:Certificate"
CERTIFICATES = (CERTIFICATE, "aws:acm/certificateValidation:CertificateValidation")
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
LOG_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
LOG_DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery"
