"""Kubernetes versions that a stack may choose, each with the add-ons that belong to it.

EKS's default versions of the add-ons for each Kubernetes version, as `aws eks
describe-addon-versions` gave them to a public repository on 2026-10-02 (1.35), and the newest
kube-proxy named in public for the others; compare with that command before an upgrade. How long a
version is supported: `support.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

VPC_CNI = "vpc-cni"
KUBE_PROXY = "kube-proxy"
POD_IDENTITY = "eks-pod-identity-agent"
COREDNS = "coredns"
EBS_CSI = "aws-ebs-csi-driver"

# Without these a node doesn't become ready; the others need nodes to run on.
BEFORE_NODES = (VPC_CNI, KUBE_PROXY, POD_IDENTITY)
ON_NODES = (COREDNS, EBS_CSI)


@dataclass(frozen=True, slots=True)
class KubernetesVersion:
    name: str
    addons: Mapping[str, str]


def _addons(kube_proxy: str) -> Mapping[str, str]:
    return MappingProxyType(
        {
            VPC_CNI: "v1.22.4-eksbuild.3",
            KUBE_PROXY: kube_proxy,
            POD_IDENTITY: "v1.3.10-eksbuild.3",
            COREDNS: "v1.13.2-eksbuild.31",
            EBS_CSI: "v1.64.0-eksbuild.1",
        }
    )


VERSIONS: Mapping[str, KubernetesVersion] = MappingProxyType(
    {
        version.name: version
        for version in (
            KubernetesVersion("1.34", _addons("v1.34.6-eksbuild.25")),
            KubernetesVersion("1.35", _addons("v1.35.3-eksbuild.29")),
        )
    }
)
