"""Cases of EKS (pure table)."""

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TAGS = {"tags": {"Name": "a"}}
SUBNETS = ["$subnet-a", "$subnet-b"]
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"

CASES = (
    Case(
        tokens.EKS,
        least={"roleArn": "$role-eks:arn", "vpcConfig": {"subnetIds": SUBNETS}},
        full={
            "name": "gacp",
            "roleArn": "$role-eks:arn",
            "version": "1.34",
            "vpcConfig": {
                "subnetIds": SUBNETS,
                "securityGroupIds": ["$group"],
                "endpointPrivateAccess": True,
                "endpointPublicAccess": False,
            },
            "accessConfig": {
                "authenticationMode": "API",
                "bootstrapClusterCreatorAdminPermissions": False,
            },
            "encryptionConfig": {"provider": {"keyArn": "$key:arn"}, "resources": ["secrets"]},
            "enabledClusterLogTypes": ["api", "audit"],
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.21.0.0/16"},
            "upgradePolicy": {"supportType": "STANDARD"},
            "deletionProtection": True,
            **TAGS,
        },
        update={"enabledClusterLogTypes": ["audit"]},
        replace={"name": "another"},
        drift='enabledClusterLogTypes=["api"]',
        rejected=({"version": "1.20"}, "is none of 1."),
        outputs=("arn", "endpoint", "identities", "certificateAuthority", "version", "status"),
    ),
    Case(
        tokens.NODE_GROUP,
        least={
            "clusterName": "$eks",
            "nodeRoleArn": "$role:arn",
            "subnetIds": SUBNETS,
            "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
        },
        full={
            "clusterName": "$eks",
            "nodeGroupName": "base",
            "nodeRoleArn": "$role:arn",
            "subnetIds": ["$subnet-a"],
            "scalingConfig": {"minSize": 0, "desiredSize": 1, "maxSize": 3},
            "amiType": "AL2023_ARM_64_STANDARD",
            "instanceTypes": ["t4g.large"],
            "capacityType": "SPOT",
            "diskSize": 40,
            "labels": {"role": "base"},
            "taints": [{"key": "dedicated", "value": "base", "effect": "NO_SCHEDULE"}],
            "updateConfig": {"maxUnavailablePercentage": 33},
            **TAGS,
        },
        update={"scalingConfig": {"minSize": 1, "desiredSize": 3, "maxSize": 6}},
        replace={"instanceTypes": ["m7g.large"]},
        drift="scalingConfig.desiredSize=3",
        rejected=(
            {"scalingConfig": {"minSize": 3, "desiredSize": 1, "maxSize": 2}},
            "do not ascend",
        ),
        outputs=("arn", "resources", "status", "amiType", "version"),
    ),
    Case(
        tokens.ACCESS_ENTRY,
        least={"clusterName": "$eks", "principalArn": "$role:arn"},
        full={
            "clusterName": "$eks",
            "principalArn": "$person:arn",
            "kubernetesGroups": ["viewers"],
            "userName": "somebody",
            **TAGS,
        },
        update={"kubernetesGroups": ["viewers"]},
        replace={"principalArn": "$role-2:arn"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"kubernetesGroups": ["system:masters"]}, "does not begin with system:"),
        outputs=("accessEntryArn", "createdAt", "userName"),
    ),
    Case(
        tokens.ACCESS_POLICY,
        least={
            "clusterName": "$eks",
            "principalArn": "$entry:principalArn",
            "policyArn": ADMIN,
            "accessScope": {"type": "cluster"},
        },
        full={
            "clusterName": "$eks",
            "principalArn": "$entry:principalArn",
            "policyArn": VIEW,
            "accessScope": {"type": "namespace", "namespaces": ["certification"]},
        },
        replace={"policyArn": VIEW},
        fixed="each input replaces: an association has nothing to change",
        drift=f"policyArn={VIEW}",
        rejected=({"principalArn": "$role-2:arn"}, "has no access entry"),
        outputs=("associatedAt",),
    ),
    Case(
        tokens.ADDON,
        least={"clusterName": "$eks", "addonName": "vpc-cni"},
        full={
            "clusterName": "$eks",
            "addonName": "aws-ebs-csi-driver",
            "addonVersion": "v1.50.1-eksbuild.1",
            "configurationValues": '{"controller": {"replicaCount": 1}}',
            "podIdentityAssociations": [
                {"roleArn": "$role-pods:arn", "serviceAccount": "ebs-csi-controller-sa"}
            ],
            "resolveConflictsOnCreate": "OVERWRITE",
            "resolveConflictsOnUpdate": "PRESERVE",
            **TAGS,
        },
        update={"configurationValues": '{"enableNetworkPolicy": "true"}'},
        replace={"addonName": "coredns"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"configurationValues": "enableNetworkPolicy: true"}, "is not JSON"),
        outputs=("arn", "addonVersion"),
    ),
    Case(
        tokens.POD_IDENTITY,
        least={
            "clusterName": "$eks",
            "namespace": "default",
            "serviceAccount": "app",
            "roleArn": "$role-pods:arn",
        },
        full={
            "clusterName": "$eks",
            "namespace": "certification",
            "serviceAccount": "app",
            "roleArn": "$role-pods:arn",
            "disableSessionTags": True,
            **TAGS,
        },
        update={"disableSessionTags": True},
        replace={"serviceAccount": "other"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"roleArn": "$role:arn"}, "pods.eks.amazonaws.com"),
        outputs=("associationArn", "associationId"),
    ),
)
