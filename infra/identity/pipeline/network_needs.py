"""Networks, machines, balancers and clusters (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

_TAG, _RETAG = "CreateTags ", "CreateTags DeleteTags "
_RULE = "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
_NO_RULE = "RevokeSecurityGroupIngress RevokeSecurityGroupEgress "

TYPES = {
    "aws:ec2/vpc:Vpc": needs(
        "ec2",
        read="DescribeVpcs DescribeVpcAttribute DescribeNetworkAcls DescribeRouteTables "
        "DescribeSecurityGroups",
        make=_TAG + "CreateVpc ModifyVpcAttribute",
        change=_RETAG + "ModifyVpcAttribute",
        remove="DeleteVpc",
    ),
    "aws:ec2/subnet:Subnet": needs(
        "ec2",
        read="DescribeSubnets DescribeNetworkInterfaces",
        make=_TAG + "CreateSubnet ModifySubnetAttribute",
        change=_RETAG + "ModifySubnetAttribute",
        remove="DeleteSubnet",
    ),
    "aws:ec2/internetGateway:InternetGateway": needs(
        "ec2",
        read="DescribeInternetGateways",
        make=_TAG + "CreateInternetGateway AttachInternetGateway",
        change=_RETAG + "AttachInternetGateway DetachInternetGateway",
        remove="DetachInternetGateway DeleteInternetGateway",
    ),
    "aws:ec2/eip:Eip": needs(
        "ec2",
        read="DescribeAddresses DescribeAddressesAttribute",
        make=_TAG + "AllocateAddress AssociateAddress",
        change=_RETAG + "AssociateAddress DisassociateAddress",
        remove="DisassociateAddress ReleaseAddress",
    ),
    "aws:ec2/natGateway:NatGateway": needs(
        "ec2",
        read="DescribeNatGateways",
        make=_TAG + "CreateNatGateway",
        change=_RETAG,
        remove="DeleteNatGateway",
    ),
    "aws:ec2/routeTable:RouteTable": needs(
        "ec2",
        read="DescribeRouteTables",
        make=_TAG + "CreateRouteTable CreateRoute",
        change=_RETAG + "CreateRoute ReplaceRoute DeleteRoute",
        remove="DisassociateRouteTable DeleteRouteTable",
    ),
    "aws:ec2/route:Route": needs(
        "ec2",
        read="DescribeRouteTables",
        make="CreateRoute",
        change="ReplaceRoute",
        remove="DeleteRoute",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": needs(
        "ec2",
        read="DescribeRouteTables",
        make="AssociateRouteTable",
        change="ReplaceRouteTableAssociation",
        remove="DisassociateRouteTable",
    ),
    "aws:ec2/securityGroup:SecurityGroup": needs(
        "ec2",
        read="DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces",
        make=_TAG + "CreateSecurityGroup " + _RULE + _NO_RULE,
        change=_RETAG + _RULE + _NO_RULE,
        remove=_NO_RULE + "DeleteSecurityGroup",
    ),
    # Its first adoption tags a group that AWS made without tags: an administrator's.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": needs(
        "ec2",
        read="DescribeSecurityGroups DescribeSecurityGroupRules",
        change=_RETAG + _RULE + _NO_RULE,
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": needs(
        "ec2",
        read="DescribeSecurityGroupRules",
        make=_TAG + "AuthorizeSecurityGroupIngress",
        change=_RETAG + "ModifySecurityGroupRules",
        remove="RevokeSecurityGroupIngress",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": needs(
        "ec2",
        read="DescribeSecurityGroupRules",
        make=_TAG + "AuthorizeSecurityGroupEgress",
        change=_RETAG + "ModifySecurityGroupRules",
        remove="RevokeSecurityGroupEgress",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": needs(
        "ec2",
        read="DescribeVpcEndpoints DescribePrefixLists DescribeNetworkInterfaces",
        make=_TAG + "CreateVpcEndpoint",
        change=_RETAG + "ModifyVpcEndpoint",
        remove="DeleteVpcEndpoints",
    ),
    "aws:ec2/flowLog:FlowLog": needs(
        "ec2",
        read="DescribeFlowLogs",
        make=_TAG + "CreateFlowLogs",
        change=_RETAG,
        remove="DeleteFlowLogs",
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": needs(
        "ec2",
        read="DescribeLaunchTemplates DescribeLaunchTemplateVersions",
        make=_TAG + "CreateLaunchTemplate",
        change=_RETAG + "CreateLaunchTemplateVersion ModifyLaunchTemplate",
        remove="DeleteLaunchTemplate",
    ),
    "aws:ebs/volume:Volume": needs(
        "ec2",
        read="DescribeVolumes",
        make=_TAG + "CreateVolume",
        change=_RETAG + "ModifyVolume",
        remove="DeleteVolume CreateSnapshot",
    ),
    "aws:autoscaling/group:Group": needs(
        "autoscaling",
        read="DescribeAutoScalingGroups DescribeTags DescribeLifecycleHooks "
        "DescribeScalingActivities DescribeInstanceRefreshes "
        "elasticloadbalancing:DescribeTargetHealth",
        make="CreateAutoScalingGroup CreateOrUpdateTags PutLifecycleHook EnableMetricsCollection "
        "ec2:RunInstances ec2:CreateTags",
        change="UpdateAutoScalingGroup CreateOrUpdateTags DeleteTags PutLifecycleHook "
        "EnableMetricsCollection DisableMetricsCollection DeleteLifecycleHook "
        "StartInstanceRefresh CancelInstanceRefresh SuspendProcesses ResumeProcesses",
        remove="UpdateAutoScalingGroup DeleteAutoScalingGroup",
    ),
    "aws:autoscaling/policy:Policy": needs(
        "autoscaling",
        read="DescribePolicies",
        make="PutScalingPolicy",
        change="PutScalingPolicy",
        remove="DeletePolicy",
    ),
    "aws:lb/loadBalancer:LoadBalancer": needs(
        "elasticloadbalancing",
        read="DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeTags "
        "DescribeCapacityReservation",
        make="CreateLoadBalancer AddTags ModifyLoadBalancerAttributes",
        change="SetSubnets SetSecurityGroups ModifyLoadBalancerAttributes AddTags RemoveTags",
        remove="DeleteLoadBalancer",
    ),
    "aws:lb/targetGroup:TargetGroup": needs(
        "elasticloadbalancing",
        read="DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags",
        make="CreateTargetGroup AddTags ModifyTargetGroupAttributes",
        change="ModifyTargetGroup ModifyTargetGroupAttributes AddTags RemoveTags",
        remove="DeleteTargetGroup",
    ),
    "aws:lb/listener:Listener": needs(
        "elasticloadbalancing",
        read="DescribeListeners DescribeListenerAttributes DescribeTags",
        make="CreateListener AddTags ModifyListenerAttributes",
        change="ModifyListener ModifyListenerAttributes AddTags RemoveTags",
        remove="DeleteListener",
    ),
}
