"""EKS: nodes and add-ons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.policy import types
from infra.policy.claims import at_least, fault, is_given, is_true, must, wrong
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Severity, control
from infra.policy.subnets import private_subnets

ADDONS = ("vpc-cni", "eks-pod-identity-agent", "aws-ebs-csi-driver")
# EKS brings these itself, unless bootstrapSelfManagedAddons is false.
BASICS = ("coredns", "kube-proxy")

_CLUSTER = (types.CLUSTER,)


@control(
    "A09",
    "Nodes lie in private subnets and let nobody in by key",
    "eks.NodeGroup subnetIds are private; remoteAccess is absent",
    "CKV_AWS_100",
    Severity.HIGH,
    (types.NODE_GROUP,),
)
def node_access(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.NODE_GROUP):
        yield from private_subnets(graph, group, "subnetIds", 1)
        if group.get("remoteAccess") not in (None, {}, []):
            yield wrong(
                group, "remoteAccess", "must be absent", "use Session Manager instead of a key"
            )


@control(
    "A12",
    "Network policies, pod identity and encrypted disks have their add-ons",
    "eks.Addon vpc-cni (enableNetworkPolicy), eks-pod-identity-agent, aws-ebs-csi-driver; each "
    "addonVersion pinned; coredns and kube-proxy where EKS doesn't bring them",
    "CIS 4.3.1 5.4.4",
    Severity.HIGH,
    _CLUSTER,
)
def addons(graph: Graph, _: Profile) -> Iterator[Finding]:
    for cluster in graph.of(types.CLUSTER):
        there = {a.get("addonName"): a for a in graph.users(cluster, "clusterName", types.ADDON)}
        brings = cluster.get("bootstrapSelfManagedAddons") in (None, True)
        wanted = ADDONS if brings else (*ADDONS, *BASICS)
        for missing in (name for name in wanted if name not in there):
            yield fault(cluster, f"must have the add-on {missing}", "add an eks.Addon")
        for addon in there.values():
            yield from must(
                addon, "addonVersion", is_given, "must be pinned", "write the version down"
            )
        cni = there.get("vpc-cni")
        if cni is not None and not enforces_policies(cni.get("configurationValues")):
            yield wrong(
                cni,
                "configurationValues",
                'must hold "enableNetworkPolicy": "true"',
                "without it NetworkPolicy objects do nothing",
            )


def enforces_policies(text: Any) -> bool:
    """Whether the CNI's JSON turns network policies on (the add-on's schema wants a text)."""
    try:
        values: Any = json.loads(text)
    except (TypeError, ValueError):
        return False
    return isinstance(values, dict) and is_true(values.get("enableNetworkPolicy"))


@control(
    "A15",
    "A lost node is no outage, and nodes are updated a few at a time",
    "eks.NodeGroup scalingConfig.minSize is at least 2 in prod; updateConfig is set; prod: "
    "nodeRepairConfig is enabled",
    "reliability",
    Severity.MEDIUM,
    (types.NODE_GROUP,),
    alone=True,
)
def node_count(graph: Graph, profile: Profile) -> Iterator[Finding]:
    for group in graph.of(types.NODE_GROUP):
        if profile.is_prod:
            yield from must(
                group,
                "scalingConfig.minSize",
                at_least(2),
                "must be at least 2 in prod",
                "a zone's or a node's end then leaves one",
            )
            yield from must(
                group,
                "nodeRepairConfig.enabled",
                is_true,
                "must be true in prod",
                "EKS then replaces a node that is broken and still there",
            )
        yield from must(
            group,
            "updateConfig",
            is_given,
            "must say how many nodes may be missing",
            "set max_unavailable to 1",
        )
