"""EKS node groups, add-ons and pod identities (pure table).

Sources: `node_group.go`, `addon.go`, `pod_identity_association.go` of
hashicorp/terraform-provider-aws `internal/service/eks`, CloudFormation's createOnlyProperties
(cfn-lint 1.58.0), and the enumerations of botocore's eks 2017-11-01 service model.
"""

from __future__ import annotations

from infra.local.aws.catalogue import node_rules
from infra.local.aws.catalogue.cluster_rules import now
from infra.local.aws.catalogue.clusters import API, ARN, OF_CLUSTER, TF
from infra.local.aws.catalogue.pointing import groups, pair, role, subnets
from infra.local.aws.catalogue.tokens import ADDON, EKS, LAUNCH_TEMPLATE, NODE_GROUP, POD_IDENTITY
from infra.local.aws.rules.basic import at_most_one, between, count, length, one_of, pattern
from infra.local.aws.rules.documents import json_text, policy
from infra.local.aws.rules.places import instance_class
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_NODES = API.format("API_CreateNodegroup")

TYPES = (
    TypeSpec(
        NODE_GROUP,
        id="{in.clusterName}:{out.nodeGroupName}",
        computed={
            "nodeGroupName": node_rules.group_name,
            "arn": ARN + "nodegroup/{in.clusterName}/{out.nodeGroupName}/{uuid}",
            "resources": node_rules.group_resources,
            "status": "ACTIVE",
            "amiType": node_rules.image_type,
            "capacityType": "ON_DEMAND",
            "diskSize": node_rules.disk_size,
            "instanceTypes": node_rules.classes,
            "releaseVersion": node_rules.release,
            "version": node_rules.cluster_version,
            "updateConfig": always({"maxUnavailable": 1}),
        },
        live=("version", "releaseVersion"),
        autoname=Autoname("nodeGroupName", longest=63, unless=("nodeGroupNamePrefix",)),
        unique=("clusterName", "nodeGroupName"),
        exists="ResourceInUseException",
        rules=(
            at_most_one(
                ("nodeGroupName", "nodeGroupNamePrefix"),
                TF.format("node_group.go", "ConflictsWith"),
            ),
            length("nodeGroupName", 1, 63, _NODES),
            pattern(
                "nodeGroupName",
                r"[0-9A-Za-z][A-Za-z0-9_-]*",
                "letters, digits, - and _, beginning with a letter or digit",
                _NODES,
            ),
            one_of("amiType", node_rules.IMAGE_TYPES, _NODES),
            one_of("capacityType", ("ON_DEMAND", "SPOT", "CAPACITY_BLOCK"), _NODES),
            instance_class("instanceTypes[*]", "ec2"),
            count("instanceTypes", 0, 20, _NODES),
            between("diskSize", 1, 65536, "GiB", _NODES),
            count("taints", 0, 50, API.format("API_Taint")),
            one_of(
                "taints[*].effect",
                ("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"),
                API.format("API_Taint"),
            ),
            length("taints[*].key", 1, 63, API.format("API_Taint")),
            length("taints[*].value", 0, 63, API.format("API_Taint")),
            one_of(
                "updateConfig.updateStrategy",
                ("DEFAULT", "MINIMAL"),
                API.format("API_NodegroupUpdateConfig"),
            ),
            between(
                "updateConfig.maxUnavailable",
                1,
                100,
                "nodes",
                API.format("API_NodegroupUpdateConfig"),
            ),
            between(
                "updateConfig.maxUnavailablePercentage",
                1,
                100,
                "percent",
                API.format("API_NodegroupUpdateConfig"),
            ),
            node_rules.scaling(API.format("API_NodegroupScalingConfig")),
            node_rules.one_unavailability(API.format("API_NodegroupUpdateConfig")),
            node_rules.template_decides(
                "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html"
            ),
        ),
        references=(
            Reference("clusterName", (EKS,), ("id", "name"), "ResourceNotFoundException"),
            role("nodeRoleArn", "InvalidParameterException"),
            subnets("subnetIds[*]", "InvalidParameterException"),
            groups("remoteAccess.sourceSecurityGroupIds[*]", "InvalidParameterException"),
            pair("remoteAccess.ec2SshKey"),
            Reference(
                "launchTemplate.id",
                (LAUNCH_TEMPLATE,),
                code="InvalidRequestException",
                holds=False,
            ),
            Reference(
                "launchTemplate.name",
                (LAUNCH_TEMPLATE,),
                ("name",),
                "InvalidRequestException",
                holds=False,
            ),
        ),
        world=(
            node_rules.nodes_of_clusters_vpc,
            node_rules.not_newer_than_cluster,
            node_rules.image_fits_classes,
        ),
    ),
    TypeSpec(
        ADDON,
        id="{in.clusterName}:{in.addonName}",
        computed={
            "arn": ARN + "addon/{in.clusterName}/{in.addonName}/{uuid}",
            "addonVersion": node_rules.addon_version,
            "configurationValues": "",
            "createdAt": now,
            "modifiedAt": now,
        },
        live=("modifiedAt",),
        unique=("clusterName", "addonName"),
        exists="ResourceInUseException",
        rules=(
            pattern(
                "addonName",
                r"[a-z0-9][a-z0-9_-]*",
                "a name such as vpc-cni",
                API.format("API_CreateAddon"),
            ),
            pattern(
                "addonVersion",
                r"v\d+\.\d+\.\d+.*",
                "a version such as v1.20.4-eksbuild.2",
                API.format("API_CreateAddon"),
            ),
            one_of(
                "resolveConflictsOnCreate",
                ("NONE", "OVERWRITE"),
                TF.format("addon.go", "ValidateFunc"),
            ),
            one_of(
                "resolveConflictsOnUpdate",
                ("NONE", "OVERWRITE", "PRESERVE"),
                TF.format("addon.go", "ValidateDiagFunc"),
            ),
            json_text(
                "configurationValues", "InvalidParameterException", API.format("API_CreateAddon")
            ),
        ),
        references=(
            OF_CLUSTER,
            role("serviceAccountRoleArn", "InvalidParameterException"),
            role("podIdentityAssociations[*].roleArn", "InvalidParameterException"),
        ),
    ),
    TypeSpec(
        POD_IDENTITY,
        id="a-{token}",
        computed={
            "associationId": "{id}",
            "associationArn": ARN + "podidentityassociation/{in.clusterName}/{id}",
            "disableSessionTags": always(False),
            "externalId": node_rules.external_id,
        },
        live=("externalId",),
        unique=("clusterName", "namespace", "serviceAccount"),
        exists="ResourceInUseException",
        rules=(
            pattern(
                "namespace",
                r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                "a Kubernetes namespace: lower-case letters, digits and hyphens",
                API.format("API_CreatePodIdentityAssociation"),
            ),
            pattern(
                "serviceAccount",
                r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
                "a Kubernetes name: lower-case letters, digits, dots and hyphens",
                API.format("API_CreatePodIdentityAssociation"),
            ),
            policy("policy", "InvalidParameterException", principal=False, longest=2048),
        ),
        references=(
            OF_CLUSTER,
            role("roleArn", "InvalidParameterException"),
            role("targetRoleArn", "InvalidParameterException"),
        ),
        world=(node_rules.role_trusts_pods,),
    ),
)
