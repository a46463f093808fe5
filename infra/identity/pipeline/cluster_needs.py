"""EKS, and who may be whom (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

_RETAG = "TagResource UntagResource "

TYPES = {
    "aws:eks/cluster:Cluster": needs(
        "eks",
        read="DescribeCluster",
        make="CreateCluster TagResource",
        change=_RETAG + "UpdateClusterConfig UpdateClusterVersion AssociateEncryptionConfig "
        "DescribeUpdate",
        remove="UpdateClusterConfig DescribeUpdate DeleteCluster",
    ),
    "aws:eks/nodeGroup:NodeGroup": needs(
        "eks",
        read="DescribeNodegroup",
        make="CreateNodegroup TagResource",
        change=_RETAG + "UpdateNodegroupConfig UpdateNodegroupVersion DescribeUpdate",
        remove="DeleteNodegroup",
    ),
    "aws:eks/addon:Addon": needs(
        "eks",
        read="DescribeAddon",
        make="CreateAddon TagResource",
        change=_RETAG + "UpdateAddon DescribeUpdate",
        remove="DeleteAddon",
    ),
    "aws:eks/accessEntry:AccessEntry": needs(
        "eks",
        read="DescribeAccessEntry",
        make="CreateAccessEntry TagResource",
        change=_RETAG + "UpdateAccessEntry",
        remove="DeleteAccessEntry",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": needs(
        "eks",
        read="ListAssociatedAccessPolicies",
        make="AssociateAccessPolicy",
        remove="DisassociateAccessPolicy",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": needs(
        "eks",
        read="DescribePodIdentityAssociation",
        make="CreatePodIdentityAssociation TagResource",
        change=_RETAG + "UpdatePodIdentityAssociation",
        remove="DeletePodIdentityAssociation",
    ),
    "aws:iam/role:Role": needs(
        "iam",
        read="GetRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole "
        "ListRoleTags",
        make="CreateRole TagRole",
        change="UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy "
        "PutRolePermissionsBoundary TagRole UntagRole",
        remove="DeleteRole RemoveRoleFromInstanceProfile",
    ),
    "aws:iam/rolePolicy:RolePolicy": needs(
        "iam",
        read="GetRolePolicy",
        make="PutRolePolicy",
        change="PutRolePolicy",
        remove="DeleteRolePolicy",
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": needs(
        "iam",
        read="ListAttachedRolePolicies",
        make="AttachRolePolicy",
        remove="DetachRolePolicy",
    ),
    "aws:iam/instanceProfile:InstanceProfile": needs(
        "iam",
        read="GetInstanceProfile ListInstanceProfileTags",
        make="CreateInstanceProfile AddRoleToInstanceProfile TagInstanceProfile",
        change="AddRoleToInstanceProfile RemoveRoleFromInstanceProfile TagInstanceProfile "
        "UntagInstanceProfile",
        remove="RemoveRoleFromInstanceProfile DeleteInstanceProfile",
    ),
    # Boundaries and the pipeline's own: read here, written by an administrator.
    "aws:iam/policy:Policy": needs(
        "iam", read="GetPolicy GetPolicyVersion ListPolicyVersions ListPolicyTags"
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": needs(
        "iam", read="GetOpenIDConnectProvider ListOpenIDConnectProviderTags"
    ),
}
