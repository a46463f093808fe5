"""EKS clusters and who may use them (pure table).

Sources: `cluster.go`, `access_entry.go`, `access_policy_association.go` of
hashicorp/terraform-provider-aws `internal/service/eks`, CloudFormation's createOnlyProperties
(cfn-lint 1.58.0), and the enumerations of botocore's eks 2017-11-01 service model.
"""

from __future__ import annotations

from infra.local.aws.catalogue import cluster_rules, entry_rules
from infra.local.aws.catalogue.cluster_ranges import public_ranges
from infra.local.aws.catalogue.pointing import groups, key, role, subnets
from infra.local.aws.catalogue.tokens import (
    ACCESS_ENTRY,
    ACCESS_POLICY,
    EKS,
    ROLE,
    SECURITY_GROUP,
    USER,
)
from infra.local.aws.rules.basic import at_most_one, count, length, one_of, pattern
from infra.local.aws.rules.network import cidr
from infra.local.aws.spec import Autoname, Reference, Sometimes, TypeSpec, always

TF = "terraform-provider-aws internal/service/eks/{}: {}"
API = "https://docs.aws.amazon.com/eks/latest/APIReference/{}.html"
ARN = "arn:aws:eks:{region}:{account}:"
OF_CLUSTER = Reference(
    "clusterName", (EKS,), ("id", "name"), "ResourceNotFoundException", holds=False
)

TYPES = (
    TypeSpec(
        EKS,
        id="{in.name}",
        computed={
            "arn": ARN + "cluster/{id}",
            "certificateAuthority": cluster_rules.authority,
            "createdAt": cluster_rules.now,
            "endpoint": cluster_rules.endpoint,
            "identities": cluster_rules.identity,
            "platformVersion": "eks.1",
            "status": "ACTIVE",
            "version": cluster_rules.newest_version,
            "vpcConfig": cluster_rules.network,
            "accessConfig": cluster_rules.access,
            "kubernetesNetworkConfig": cluster_rules.service_network,
            "upgradePolicy": always({"supportType": "EXTENDED"}),
        },
        fills=("vpcConfig", "accessConfig", "kubernetesNetworkConfig"),
        sometimes={
            "encryptionConfig": Sometimes(
                lambda old, new: (
                    bool(old.get("encryptionConfig")) and not new.get("encryptionConfig")
                ),
                TF.format("cluster.go", "CustomizeDiff ForceNewIfChange encryption_config"),
            ),
            "computeConfig.nodeRoleArn": Sometimes(
                cluster_rules.had_another_node_role,
                TF.format("cluster.go", "CustomizeDiff compute_config.node_role_arn"),
            ),
        },
        autoname=Autoname(longest=100),
        unique=("name",),
        exists="ResourceInUseException",
        rules=(
            pattern(
                "name",
                r"[0-9A-Za-z][A-Za-z0-9_-]*",
                "letters, digits, - and _, beginning with a letter or digit",
                API.format("API_CreateCluster"),
            ),
            length("name", 1, 100, API.format("API_CreateCluster")),
            cluster_rules.offered_version("version"),
            one_of(
                "enabledClusterLogTypes[*]",
                ("api", "audit", "authenticator", "controllerManager", "scheduler"),
                API.format("API_LogSetup"),
            ),
            one_of(
                "accessConfig.authenticationMode",
                ("API", "API_AND_CONFIG_MAP", "CONFIG_MAP"),
                API.format("API_CreateAccessConfigRequest"),
            ),
            one_of(
                "upgradePolicy.supportType",
                ("STANDARD", "EXTENDED"),
                API.format("API_UpgradePolicyRequest"),
            ),
            one_of(
                "encryptionConfig.resources[*]", ("secrets",), API.format("API_EncryptionConfig")
            ),
            one_of(
                "kubernetesNetworkConfig.ipFamily",
                ("ipv4", "ipv6"),
                API.format("API_KubernetesNetworkConfigRequest"),
            ),
            one_of(
                "computeConfig.nodePools[*]",
                ("general-purpose", "system"),
                API.format("API_ComputeConfigRequest"),
            ),
            cidr("vpcConfig.publicAccessCidrs[*]"),
            public_ranges(API.format("API_VpcConfigRequest")),
            cidr(
                "kubernetesNetworkConfig.serviceIpv4Cidr",
                12,
                24,
                TF.format("cluster.go", "IsCIDRNetwork(12, 24)"),
            ),
            count("vpcConfig.securityGroupIds", 0, 5, API.format("API_VpcConfigRequest")),
            at_most_one(
                ("encryptionConfig", "outpostConfig"), TF.format("cluster.go", "ConflictsWith")
            ),
            at_most_one(
                ("kubernetesNetworkConfig", "outpostConfig"),
                TF.format("cluster.go", "ConflictsWith"),
            ),
            cluster_rules.reachable,
            cluster_rules.private_services,
            cluster_rules.auto_mode,
        ),
        references=(
            role("roleArn", "InvalidParameterException"),
            role("computeConfig.nodeRoleArn", "InvalidParameterException"),
            subnets("vpcConfig.subnetIds[*]", "InvalidParameterException"),
            groups("vpcConfig.securityGroupIds[*]", "InvalidParameterException"),
            key("encryptionConfig.provider.keyArn", "InvalidParameterException"),
        ),
        world=(
            cluster_rules.role_is_assumable,
            cluster_rules.two_zones_of_one_vpc,
            cluster_rules.next_version_only,
        ),
        keep=(cluster_rules.may_go,),
        brings={SECURITY_GROUP: "vpcConfig.clusterSecurityGroupId"},
        in_use="ResourceInUseException",
    ),
    TypeSpec(
        ACCESS_ENTRY,
        id="{in.clusterName}:{in.principalArn}",
        computed={
            "accessEntryArn": ARN + "access-entry/{in.clusterName}/{uuid}",
            "createdAt": cluster_rules.now,
            "modifiedAt": cluster_rules.now,
            "kubernetesGroups": always([]),
            "userName": "{in.principalArn}",
        },
        live=("modifiedAt",),
        unique=("clusterName", "principalArn"),
        exists="ResourceInUseException",
        rules=(
            one_of(
                "type",
                (
                    "STANDARD",
                    "EC2",
                    "EC2_LINUX",
                    "EC2_WINDOWS",
                    "FARGATE_LINUX",
                    "HYBRID_LINUX",
                    "HYPERPOD_LINUX",
                ),
                API.format("API_CreateAccessEntry"),
            ),
            pattern(
                "kubernetesGroups[*]",
                r"(?!system:|eks:|aws:|amazon:|iam:).+",
                "a group does not begin with system:, eks:, aws:, amazon: or iam:",
                API.format("API_CreateAccessEntry"),
            ),
            entry_rules.groups_of_standard_entries,
        ),
        references=(
            OF_CLUSTER,
            Reference(
                "principalArn", (ROLE, USER), ("arn",), "InvalidParameterException", holds=False
            ),
        ),
        world=(entry_rules.uses_access_entries,),
    ),
    TypeSpec(
        ACCESS_POLICY,
        id="{in.clusterName}#{in.principalArn}#{in.policyArn}",
        computed={"associatedAt": cluster_rules.now, "modifiedAt": cluster_rules.now},
        live=("modifiedAt",),
        unique=("clusterName", "principalArn", "policyArn"),
        rules=(
            pattern(
                "policyArn",
                r"arn:aws[a-z-]*:eks::aws:cluster-access-policy/Amazon\w+",
                "an access policy such as"
                " arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html",
            ),
            one_of("accessScope.type", ("cluster", "namespace"), API.format("API_AccessScope")),
            entry_rules.namespaces_of_scope(API.format("API_AccessScope")),
        ),
        references=(
            OF_CLUSTER,
            Reference(
                "principalArn", (ROLE, USER), ("arn",), "ResourceNotFoundException", holds=False
            ),
        ),
        world=(entry_rules.has_an_entry,),
    ),
)
