"""ECR and EKS: images, network, cluster, nodes, add-ons, who may use it, and roles of pods."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
nodes = config.require_int("nodes")
NAME = "farms"


def role_for(name, principal, policies=(), actions=("sts:AssumeRole",)):
    role = aws.iam.Role(
        name,
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": principal},
                        "Action": list(actions),
                    }
                ],
            }
        ),
    )
    attached = [
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}", role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}"
        )
        for policy in policies
    ]
    return role, attached


images = {}
for name in ("api", "worker"):
    images[name] = aws.ecr.Repository(
        name,
        name=f"farms/{name}",
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        force_delete=True,
    )
    aws.ecr.LifecyclePolicy(
        name,
        repository=images[name].name,
        policy=json.dumps(
            {
                "rules": [
                    {
                        "rulePriority": 1,
                        "description": "keep thirty",
                        "selection": {
                            "tagStatus": "any",
                            "countType": "imageCountMoreThan",
                            "countNumber": 30,
                        },
                        "action": {"type": "expire"},
                    }
                ]
            }
        ),
    )

vpc = aws.ec2.Vpc(
    "cluster",
    cidr_block="10.128.0.0/16",
    enable_dns_hostnames=True,
    tags={"Name": "cluster", f"kubernetes.io/cluster/{NAME}": "shared"},
)
gateway = aws.ec2.InternetGateway("cluster", vpc_id=vpc.id)
routes = aws.ec2.RouteTable(
    "cluster", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}]
)
subnets = []
for number, zone in enumerate(aws.get_availability_zones(state="available").names[:3]):
    subnet = aws.ec2.Subnet(
        f"cluster-{number}",
        vpc_id=vpc.id,
        cidr_block=f"10.128.{16 * number}.0/20",
        availability_zone=zone,
        map_public_ip_on_launch=True,
        tags={"kubernetes.io/role/elb": "1"},
    )
    aws.ec2.RouteTableAssociation(
        f"cluster-{number}", subnet_id=subnet.id, route_table_id=routes.id
    )
    subnets.append(subnet.id)

key = aws.kms.Key("cluster", description="secrets of the cluster", enable_key_rotation=True)
logs = aws.cloudwatch.LogGroup("cluster", name=f"/aws-eks/{NAME}/cluster", retention_in_days=30)
control_role, control_policies = role_for(
    "control", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"]
)
cluster = aws.eks.Cluster(
    NAME,
    name=NAME,
    role_arn=control_role.arn,
    version=config.require("version"),
    vpc_config={
        "subnet_ids": subnets,
        "endpoint_private_access": True,
        "endpoint_public_access": True,
        "public_access_cidrs": ["203.0.113.0/24"],
    },
    access_config={
        "authentication_mode": "API",
        "bootstrap_cluster_creator_admin_permissions": False,
    },
    encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
    enabled_cluster_log_types=["api", "audit"],
    opts=pulumi.ResourceOptions(depends_on=[*control_policies, logs]),
)
node_role, node_policies = role_for(
    "nodes",
    "ec2.amazonaws.com",
    [
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryReadOnly",
    ],
)
group = aws.eks.NodeGroup(
    "base",
    cluster_name=cluster.name,
    node_role_arn=node_role.arn,
    subnet_ids=subnets,
    ami_type="AL2023_ARM_64_STANDARD",
    instance_types=["m7g.large"],
    scaling_config={"min_size": 1, "desired_size": nodes, "max_size": 2 * nodes},
    update_config={"max_unavailable_percentage": 33},
    labels={"role": "base"},
    opts=pulumi.ResourceOptions(depends_on=node_policies),
)
for name in ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent"):
    aws.eks.Addon(
        name,
        cluster_name=cluster.name,
        addon_name=name,
        resolve_conflicts_on_update="PRESERVE",
        opts=pulumi.ResourceOptions(depends_on=[group]),
    )

# People who run it.
operators = aws.iam.Role(
    "operators",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": aws.get_caller_identity().account_id},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
)
entry = aws.eks.AccessEntry("operators", cluster_name=cluster.name, principal_arn=operators.arn)
aws.eks.AccessPolicyAssociation(
    "operators",
    cluster_name=cluster.name,
    principal_arn=entry.principal_arn,
    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope={"type": "cluster"},
)

# Roles of pods, in both ways.
worker, _ = role_for(
    "worker", "pods.eks.amazonaws.com", actions=("sts:AssumeRole", "sts:TagSession")
)
aws.eks.PodIdentityAssociation(
    "worker",
    cluster_name=cluster.name,
    namespace="farms",
    service_account="worker",
    role_arn=worker.arn,
)
issuer = cluster.identities[0].oidcs[0].issuer
provider = aws.iam.OpenIdConnectProvider(
    "cluster", url=issuer, client_id_lists=["sts.amazonaws.com"]
)
api = aws.iam.Role(
    "api",
    assume_role_policy=pulumi.Output.all(provider.arn, issuer).apply(
        lambda known: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Federated": known[0]},
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {
                            "StringEquals": {
                                f"{known[1].removeprefix('https://')}:sub": (
                                    "system:serviceaccount:farms:api"
                                )
                            }
                        },
                    }
                ],
            }
        )
    ),
)
aws.vpc.SecurityGroupIngressRule(
    "metrics",
    security_group_id=cluster.vpc_config.cluster_security_group_id,
    ip_protocol="tcp",
    from_port=4443,
    to_port=4443,
    cidr_ipv4=vpc.cidr_block,
)
kubeconfig = pulumi.Output.json_dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": NAME,
                "cluster": {
                    "server": cluster.endpoint,
                    "certificate-authority-data": cluster.certificate_authority.data,
                },
            }
        ],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
        "users": [
            {
                "name": NAME,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": ["eks", "get-token", "--cluster-name", NAME],
                    }
                },
            }
        ],
    }
)
pulumi.export("kubeconfig", pulumi.Output.secret(kubeconfig))
pulumi.export("images", {name: image.repository_url for name, image in images.items()})
pulumi.export("apiRole", api.arn)
