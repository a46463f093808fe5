"""A complete stack that keeps every control: every type, in prod, with a cluster and a machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.identity import policies
from infra.identity.pipeline import guards
from infra.identity.scope import Scope
from infra.naming import Names
from infra.policy import types as t
from infra.policy.controls.beyond import CALLED
from infra.policy.controls.network import INTERFACES
from infra.policy.controls.pipeline import GITHUB
from infra.policy.model import Options, Resource
from infra.policy.values import identities_of
from infra.tags import Tags

ZONES = ("a", "b", "c")
REGION, OTHER_REGION, ACCOUNT = "ap-southeast-1", "ap-southeast-2", "123456789012"
POINT = "recovery-point"
TAGS = Tags("prod", "owner", "centre")
OIDC = f"oidc.eks.{REGION}.amazonaws.com/id/ABCDEF"


def arn(kind: str, name: str, region: str = REGION) -> str:
    service = kind.split(":")[1].split("/")[0]
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{name}"


def res(kind: str, name: str, /, *, protect: bool = False, **properties: Any) -> Resource:
    """A tagged resource; its id is `NAME-id`, or the name that it was given."""
    given = {key: value for key, value in properties.items() if value is not None}
    identity = given.get("bucket") if kind == t.BUCKET else given.get("name", f"{name}-id")
    outputs = {"id": identity, "arn": arn(kind, name, given.get("region", REGION))}
    tags = given.pop("tags", TAGS.of(name))
    return Resource(
        urn=f"urn:pulumi:t::gacp::{kind}::{name}",
        type=kind,
        name=name,
        properties={**given, "tags": tags} if tags else given,
        identities=identities_of(given, outputs),
        options=Options(protect=protect),
    )


def _id(name: str) -> str:
    return f"{name}-id"


KEY = arn(t.KEY, "data")


def keys() -> Iterator[Resource]:
    yield res(
        t.KEY,
        "data",
        protect=True,
        enableKeyRotation=True,
        deletionWindowInDays=30,
        policy=policies.document(policies.key_of_account(ACCOUNT)),
    )
    yield res(t.KEY_ALIAS, "data", name="alias/data", targetKeyId=_id("data"), tags={})


def network() -> Iterator[Resource]:
    yield res(t.VPC, "vpc", cidrBlock="10.20.0.0/16")
    yield res(t.DEFAULT_GROUP, "vpc-default", vpcId=_id("vpc"), ingress=[], egress=[])
    yield res(
        t.FLOW_LOG,
        "flow-logs",
        vpcId=_id("vpc"),
        trafficType="ALL",
        logDestination=arn(t.LOG_GROUP, "flow-logs"),
    )
    yield res(t.LOG_GROUP, "flow-logs", name="/flow", retentionInDays=365, kmsKeyId=KEY)
    yield res(t.INTERNET_GATEWAY, "egress", vpcId=_id("vpc"))
    yield res(t.ROUTE_TABLE, "public", vpcId=_id("vpc"))
    yield res(
        t.ROUTE,
        "public",
        routeTableId=_id("public"),
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=_id("egress"),
        tags={},
    )
    for zone in ZONES:
        yield from _zone(zone)
    called = {service for services in CALLED.values() for service in services}
    for service in (*INTERFACES, *sorted(called)):
        yield res(
            t.ENDPOINT,
            f"endpoint-{service}",
            vpcId=_id("vpc"),
            vpcEndpointType="Interface",
            serviceName=f"com.amazonaws.{REGION}.{service}",
            privateDnsEnabled=True,
        )
    yield res(
        t.ENDPOINT,
        "endpoint-s3",
        vpcId=_id("vpc"),
        vpcEndpointType="Gateway",
        serviceName=f"com.amazonaws.{REGION}.s3",
        routeTableIds=[_id(f"private-{zone}") for zone in ZONES],
    )


def _zone(zone: str) -> Iterator[Resource]:
    for tier in ("public", "private", "data"):
        yield res(
            t.SUBNET,
            f"{tier}-subnet-{zone}",
            vpcId=_id("vpc"),
            availabilityZone=f"{REGION}{zone}",
            mapPublicIpOnLaunch=False,
        )
        if tier == "data":
            continue  # no way out: the VPC's own table
        table = "public" if tier == "public" else f"private-{zone}"
        yield res(
            t.ROUTE_TABLE_ASSOCIATION,
            f"{tier}-{zone}",
            subnetId=_id(f"{tier}-subnet-{zone}"),
            routeTableId=_id(table),
            tags={},
        )
    yield res(t.NAT_GATEWAY, f"nat-{zone}", subnetId=_id(f"public-subnet-{zone}"))
    yield res(t.ROUTE_TABLE, f"private-{zone}", vpcId=_id("vpc"))
    yield res(
        t.ROUTE,
        f"private-{zone}",
        routeTableId=_id(f"private-{zone}"),
        destinationCidrBlock="0.0.0.0/0",
        natGatewayId=_id(f"nat-{zone}"),
        tags={},
    )


def _in(name: str, group: str, port: int, **source: Any) -> Resource:
    return res(
        t.INGRESS_RULE,
        name,
        securityGroupId=_id(group),
        ipProtocol="tcp",
        fromPort=port,
        toPort=port,
        description="what it is for",
        **source,
    )


def groups() -> Iterator[Resource]:
    for name in ("edge", "workloads", "database", "redis"):
        yield res(t.GROUP, name, vpcId=_id("vpc"), description=f"What {name} is for")
    for port in (80, 443):
        yield _in(f"edge-in-{port}", "edge", port, prefixListId="pl-of-cloudfront")
    yield _in("database-in", "database", 27017, referencedSecurityGroupId=_id("workloads"))
    yield _in("redis-in", "redis", 6379, referencedSecurityGroupId=_id("workloads"))
    yield res(
        t.EGRESS_RULE,
        "workloads-out",
        securityGroupId=_id("workloads"),
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        cidrIpv4="0.0.0.0/0",
        description="AWS's services",
    )
    yield res(
        t.GROUP_RULE,
        "workloads-in",
        securityGroupId=_id("workloads"),
        type="ingress",
        protocol="tcp",
        fromPort=8080,
        toPort=8080,
        sourceSecurityGroupId=_id("edge"),
        description="The edge",
        tags={},
    )


def balancer() -> Iterator[Resource]:
    yield res(
        t.LOAD_BALANCER,
        "edge",
        loadBalancerType="network",
        enableDeletionProtection=True,
        enableCrossZoneLoadBalancing=True,
        accessLogs={"enabled": True, "bucket": "logs"},
        subnets=[_id(f"public-subnet-{zone}") for zone in ZONES],
        securityGroups=[_id("edge")],
    )
    yield res(
        t.LISTENER,
        "tls",
        loadBalancerArn=arn(t.LOAD_BALANCER, "edge"),
        protocol="TLS",
        sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        defaultActions=[{"type": "forward"}],
    )
    yield res(
        t.LISTENER,
        "redirect",
        loadBalancerArn=arn(t.LOAD_BALANCER, "edge"),
        protocol="HTTP",
        defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS"}}],
    )


def cluster() -> Iterator[Resource]:
    private = [_id(f"private-subnet-{zone}") for zone in ZONES]
    yield res(
        t.CLUSTER,
        "main",
        name="main",
        protect=True,
        version="1.35",
        vpcConfig={
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
            "subnetIds": private,
        },
        encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": KEY}},
        enabledClusterLogTypes=["api", "audit", "authenticator", "controllerManager", "scheduler"],
        upgradePolicy={"supportType": "STANDARD"},
        accessConfig={
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        },
        deletionProtection=True,
    )
    logs = "/aws/eks/main/cluster"
    yield res(t.LOG_GROUP, "cluster", name=logs, retentionInDays=365, kmsKeyId=KEY)
    yield res(
        t.NODE_GROUP,
        "nodes",
        clusterName="main",
        nodeRoleArn=arn(t.ROLE, "nodes"),
        subnetIds=private,
        scalingConfig={"minSize": 2, "maxSize": 3, "desiredSize": 2},
        updateConfig={"maxUnavailable": 1},
        nodeRepairConfig={"enabled": True},
        launchTemplate={"id": _id("nodes"), "version": "1"},
    )
    for name in ("vpc-cni", "eks-pod-identity-agent", "aws-ebs-csi-driver"):
        values = json.dumps({"enableNetworkPolicy": "true"}) if name == "vpc-cni" else None
        yield res(
            t.ADDON,
            name,
            clusterName="main",
            addonName=name,
            addonVersion="v1.2.3-eksbuild.1",
            configurationValues=values,
        )
    yield res(
        t.POD_IDENTITY,
        "api",
        clusterName="main",
        namespace="gacp",
        serviceAccount="api",
        roleArn=arn(t.ROLE, "api"),
    )


def _template(name: str, **more: Any) -> Resource:
    return res(
        t.LAUNCH_TEMPLATE,
        name,
        metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1},
        blockDeviceMappings=[
            {"deviceName": "/dev/sda1", "ebs": {"encrypted": "true", "kmsKeyId": KEY}}
        ],
        monitoring={"enabled": True},
        vpcSecurityGroupIds=[_id("workloads")],
        tagSpecifications=[{"resourceType": "instance", "tags": TAGS.of(name)}],
        userData="IyEvYmluL3NoCmVjaG8gaGVsbG8K",
        **more,
    )


def machines() -> Iterator[Resource]:
    yield _template("nodes")
    yield _template(
        "host",
        iamInstanceProfile={"arn": arn(t.INSTANCE_PROFILE, "host")},
        disableApiTermination=True,
    )
    yield res(
        t.INSTANCE,
        "host",
        launchTemplate={"id": _id("host"), "version": "1"},
        disableApiTermination=True,
        subnetId=_id("public-subnet-a"),
    )
    listed = [
        {"key": key, "value": value, "propagateAtLaunch": True}
        for key, value in TAGS.of("host").items()
    ]
    yield res(
        t.AUTOSCALING_GROUP,
        "host",
        name="hosts",
        launchTemplate={"id": _id("host"), "version": "1"},
        minSize=1,
        maxSize=1,
        initialLifecycleHooks=[
            {
                "name": "first-start",
                "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                "defaultResult": "ABANDON",
            }
        ],
        instanceRefresh={"strategy": "Rolling"},
        targetGroupArns=[arn(t.TARGET_GROUP, "web")],
        healthCheckType="ELB",
        tags=listed,
    )
    yield res(
        t.ASSOCIATION,
        "release",
        name="release",
        targets=[{"key": "tag:Name", "values": ["host"]}],
        scheduleExpression="rate(6 hours)",
        maxConcurrency="1",
        maxErrors="0",
    )
    yield res(t.INSTANCE_PROFILE, "host", name="host-profile", role="host-role")
    yield res(
        t.VOLUME,
        "host-data",
        protect=True,
        availabilityZone=f"{REGION}a",
        encrypted=True,
        kmsKeyId=KEY,
        finalSnapshot=True,
    )
    # A machine that says everything itself.
    yield res(
        t.INSTANCE,
        "bastion",
        metadataOptions={"httpTokens": "required"},
        rootBlockDevice={"encrypted": True, "kmsKeyId": KEY},
        disableApiTermination=True,
        monitoring=True,
        iamInstanceProfile="host-profile",
        vpcSecurityGroupIds=[_id("workloads")],
        userData="#!/bin/sh\necho hello\n",
    )


def _trust(principal: dict[str, str], action: Any, condition: Any = None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return policies.document([statement])


def _role(name: str, trust: str) -> Resource:
    boundary = arn(t.POLICY, "boundary")
    return res(
        t.ROLE, name, name=f"{name}-role", assumeRolePolicy=trust, permissionsBoundary=boundary
    )


def identity() -> Iterator[Resource]:
    assume = "sts:AssumeRole"
    yield _role("host", _trust({"Service": "ec2.amazonaws.com"}, assume))
    for_us = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    flow_logs = {"Service": "vpc-flow-logs.amazonaws.com"}
    yield _role("flow-logs", _trust(flow_logs, assume, for_us))
    yield _role("nodes", _trust({"Service": "ec2.amazonaws.com"}, assume))
    pods = {"Service": "pods.eks.amazonaws.com"}
    yield _role("api", _trust(pods, [assume, "sts:TagSession"], for_us))
    yield _role("backup", _trust({"Service": "backup.amazonaws.com"}, assume, for_us))
    exact = {"StringEquals": {f"{OIDC}:sub": "system:serviceaccount:a:b", f"{OIDC}:aud": "sts"}}
    federated = {"Federated": arn(t.OIDC_PROVIDER, "cluster")}
    yield _role("irsa", _trust(federated, "sts:AssumeRoleWithWebIdentity", exact))
    yield res(t.OIDC_PROVIDER, "cluster", url=f"https://{OIDC}")
    for name, role, policy in (
        ("host-ssm", "host-role", "AmazonSSMManagedInstanceCore"),
        ("nodes-worker", "nodes-role", "AmazonEKSWorkerNodePolicy"),
        ("nodes-pull", "nodes-role", "AmazonEC2ContainerRegistryPullOnly"),
    ):
        policy_arn = f"arn:aws:iam::aws:policy/{policy}"
        yield res(t.ATTACHMENT, name, role=role, policyArn=policy_arn, tags={})
    use = {
        "Sid": "Use",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "kms:Decrypt"],
        "Resource": [arn(t.BUCKET, "documents"), KEY],
    }
    yield res(t.ROLE_POLICY, "api", role="api-role", policy=policies.document([use]), tags={})
    passing = {
        "Sid": "Pass",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": arn(t.ROLE, "nodes"),
    }
    yield res(t.POLICY, "deploy", name="deploy", policy=policies.document([passing]))
    yield from _pipeline()
    ours = [f"arn:aws:s3:::{name}*" for name in ("backups", "documents", "logs")]
    limits = [
        policies.allow("Keys", ["kms:Decrypt", "rds:*"], ["*"]),
        policies.allow("OurBuckets", ["s3:*"], ours),
        policies.allow(
            "OurSecrets",
            ["secretsmanager:*"],
            [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gacp/*"],
        ),
        policies.allow(
            "OurRoles",
            ["iam:PassRole"],
            [f"arn:aws:iam::{ACCOUNT}:role/*-role"],
            {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        policies.deny("DatabaseStays", ["rds:DeleteDBCluster"], ["*"]),
        policies.deny(
            "LocksStay", ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"], ["*"]
        ),
    ]
    yield res(t.POLICY, "boundary", name="boundary", policy=policies.document(limits))


def _pipeline() -> Iterator[Resource]:
    """A job of GitHub with more rights than it needs, which its boundary takes."""
    scope, name = Scope(ACCOUNT, REGION, Names("prod")), "gacp-prod-pipeline-deploy"
    limits = policies.document(guards.pipeline_boundary(scope, "state"))
    bound = "gacp-prod-pipeline-boundary"
    yield res(t.POLICY, "pipeline-boundary", name=bound, policy=limits)
    provider = arn(t.OIDC_PROVIDER, "github")
    yield res(t.OIDC_PROVIDER, "github", name="github", url=f"https://{GITHUB}")
    yield res(
        t.ROLE,
        "pipeline-deploy",
        name=name,
        assumeRolePolicy=_trust(
            {"Federated": provider},
            "sts:AssumeRoleWithWebIdentity",
            {
                "StringEquals": {
                    f"{GITHUB}:sub": "repo:a/b:environment:prod",
                    f"{GITHUB}:aud": "sts",
                }
            },
        ),
        permissionsBoundary=arn(t.POLICY, "pipeline-boundary"),
    )
    near = f"{REGION}:{ACCOUNT}"
    for service, resources in {
        "iam": (f"arn:aws:iam::{ACCOUNT}:*/gacp-prod-*",),
        "s3": tuple(f"arn:aws:s3:::{name}*" for name in ("backups", "documents", "logs")),
        "sts": (f"arn:aws:iam::{ACCOUNT}:role/*",),
        "rds": (f"arn:aws:rds:{near}:cluster:database",),
        "secretsmanager": (f"arn:aws:secretsmanager:{near}:secret:gacp/*",),
        "backup": tuple(f"arn:aws:backup:{near}:{kind}:*" for kind in ("backup-vault", POINT)),
    }.items():
        wide = policies.allow("Wide", [f"{service}:*"], resources)
        text = policies.document([wide])
        yield res(t.ROLE_POLICY, f"pipeline-{service}", role=name, policy=text, tags={})
