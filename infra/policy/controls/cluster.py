"""EKS: the control plane."""

from __future__ import annotations

from collections.abc import Iterator

from infra.cluster.support import SUPPORT
from infra.policy import types
from infra.policy.claims import customer_key, has_all, is_true, must, protected, wrong
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Severity, Where, control
from infra.policy.subnets import private_subnets

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")

WORLD = ("0.0.0.0/0", "::/0")

_CLUSTER = (types.CLUSTER,)


@control(
    "A01",
    "The API server has a private endpoint",
    "eks.Cluster vpcConfig.endpointPrivateAccess is true",
    "CIS 5.4.2",
    Severity.HIGH,
    _CLUSTER,
    alone=True,
)
def private_endpoint(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster,
            "vpcConfig.endpointPrivateAccess",
            is_true,
            "must be true",
            "nodes and operators then reach the API inside the VPC",
        )


@control(
    "A02",
    "The API server is not open to the world",
    "eks.Cluster vpcConfig.endpointPublicAccess is false in prod; elsewhere publicAccessCidrs is "
    "set, without 0.0.0.0/0 and ::/0",
    "EKS.1 CKV_AWS_38/39 CIS 5.4.1",
    Severity.HIGH,
    _CLUSTER,
    alone=True,
)
def public_endpoint(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        if cluster.get("vpcConfig.endpointPublicAccess") is False:
            continue
        if profile.is_prod:
            yield wrong(
                cluster,
                "vpcConfig.endpointPublicAccess",
                "must be false in prod (AWS opens it where nothing is said)",
                "set it to false and go through the private endpoint",
            )
            continue
        ranges = cluster.items("vpcConfig.publicAccessCidrs")
        if not ranges or any(each is UNKNOWN or each in WORLD for each in ranges):
            yield wrong(
                cluster,
                "vpcConfig.publicAccessCidrs",
                "must list ranges, none of them the whole world",
                "name the addresses that operators come from, or close the public endpoint",
            )


@control(
    "A03",
    "Kubernetes secrets are encrypted with our key",
    'eks.Cluster encryptionConfig has resource "secrets" and a customer key',
    "EKS.3 CKV_AWS_58 CIS 5.3.1",
    Severity.HIGH,
    _CLUSTER,
)
def secrets_encryption(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster,
            "encryptionConfig.resources",
            has_all("secrets"),
            'must hold "secrets"',
            'set encryption_config resources to ["secrets"]; it can\'t be taken back',
        )
        yield from customer_key(graph, cluster, "encryptionConfig.provider.keyArn")


@control(
    "A04",
    "The control plane writes all its logs",
    f"eks.Cluster enabledClusterLogTypes holds {', '.join(LOG_TYPES)}",
    "EKS.8 CKV_AWS_37 CIS 2.1.1",
    Severity.MEDIUM,
    _CLUSTER,
    alone=True,
)
def control_plane_logs(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster,
            "enabledClusterLogTypes",
            has_all(*LOG_TYPES),
            f"must hold {', '.join(LOG_TYPES)}",
            "name all five",
        )


@control(
    "A05",
    "The Kubernetes version is in standard support",
    "eks.Cluster version is in the dated list and not past its end; upgradePolicy.supportType is "
    "STANDARD",
    "EKS.2 CKV_AWS_339",
    Severity.HIGH,
    _CLUSTER,
    alone=True,
)
def supported_version(graph: Graph, profile: Profile) -> Iterator[Finding]:
    supported = [v for v, support in SUPPORT.items() if support.standard >= profile.today]
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster,
            "version",
            lambda value: value in supported,
            f"must be in standard support on {profile.today}: {', '.join(supported)}",
            "upgrade, or add the version with its dates to infra/cluster/support.py",
        )
        yield from must(
            cluster,
            "upgradePolicy.supportType",
            lambda value: value == "STANDARD",
            "must be STANDARD",
            "extended support costs $0.50 an hour from the day standard support ends",
        )


@control(
    "A06",
    "Access to the cluster is given by entries of the API",
    "eks.Cluster accessConfig.authenticationMode is API; in prod "
    "bootstrapClusterCreatorAdminPermissions is false",
    "CIS 4.1.7, EKS best practices (identity)",
    Severity.HIGH,
    _CLUSTER,
    alone=True,
)
def access_entries(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster,
            "accessConfig.authenticationMode",
            lambda value: value == "API",
            "must be API",
            "the aws-auth map is edited outside of the state",
        )
        if profile.is_prod:
            yield from must(
                cluster,
                "accessConfig.bootstrapClusterCreatorAdminPermissions",
                lambda value: value is False,
                "must be false in prod (AWS makes the creator an administrator)",
                "set it to false and write an access entry for the operators' role",
            )


@control(
    "A07",
    "The cluster refuses to be deleted",
    "eks.Cluster deletionProtection is true; option protect",
    "safety of stateful resources",
    Severity.MEDIUM,
    _CLUSTER,
    where=Where.PROD,
    alone=True,
)
def cluster_deletion(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        yield from must(
            cluster, "deletionProtection", is_true, "must be true in prod", "set it to true"
        )
        yield from protected(cluster)


@control(
    "A08",
    "The control plane lies in private subnets of several zones",
    "eks.Cluster vpcConfig.subnetIds are private, in at least 2 zones (prod: 3)",
    "CIS 5.4.3",
    Severity.HIGH,
    _CLUSTER,
)
def cluster_subnets(graph: Graph, profile: Profile) -> Iterator[Finding]:
    least = 3 if profile.is_prod else 2
    for cluster in graph.of(types.CLUSTER):
        yield from private_subnets(graph, cluster, "vpcConfig.subnetIds", least)
