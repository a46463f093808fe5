"""Why a row differs from the provider's source, where it should (pure table)."""

from __future__ import annotations

from collections.abc import Mapping

_NEWER = "newer than the source that was read; the installed SDK declares it"
_RULE_SOURCE = "ModifyPlan of the plugin framework names it by a variable, which is not read here"
_VERSION = "secretVersionForceNewCustomDiff forces it through a helper, which is not read here"
_REGIONAL = "regional NAT gateways are not modelled (README)"

# (type, path) → reason
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "evaluationWindow"): _NEWER,
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "warmUpConfiguration"): _NEWER,
    ("aws:ec2/natGateway:NatGateway", "regionalNatGatewayAutoMode"): _REGIONAL,
    ("aws:ec2/networkInterface:NetworkInterface", "connectionTrackingSpecification"): _NEWER,
    ("aws:eks/cluster:Cluster", "defaultAddonsToRemoves"): "pulumi-aws adds it; no Terraform",
    ("aws:eks/cluster:Cluster", "kubeApiServerConfig"): _NEWER,
    ("aws:eks/cluster:Cluster", "kubeControllerManagerConfig"): _NEWER,
    ("aws:eks/cluster:Cluster", "kubeSchedulerConfig"): _NEWER,
    ("aws:eks/cluster:Cluster", "vpcConfig"): "required; AWS fills in parts of it (`fills`)",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "authTokenWo"): _NEWER,
    ("aws:elasticache/replicationGroup:ReplicationGroup", "authTokenWoVersion"): _NEWER,
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "timeouts",
    ): "Terraform's own block, which the bridge lets through as an input",
    ("aws:secretsmanager/secretVersion:SecretVersion", "secretString"): _VERSION,
    ("aws:secretsmanager/secretVersion:SecretVersion", "secretStringWoVersion"): _VERSION,
    ("aws:secretsmanager/secretRotation:SecretRotation", "rotationEnabled"): (
        "an output in the source that was read; the installed SDK, newer, declares it as an input"
    ),
    ("aws:sns/topic:Topic", "maximumMessageSize"): _NEWER,
    ("aws:wafv2/webAcl:WebAcl", "monetizationConfig"): _NEWER,
    **{
        (f"aws:vpc/securityGroup{side}Rule:SecurityGroup{side}Rule", name): _RULE_SOURCE
        for side in ("Egress", "Ingress")
        for name in ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    },
}
