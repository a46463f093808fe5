"""What runs the workloads, as a stack configures it."""

# ruff: noqa: RUF009 - key() and section() give a dataclasses.field

from __future__ import annotations

from dataclasses import dataclass

from infra.cluster.versions import VERSIONS
from infra.config import rules
from infra.config.choices import ComputeProfile
from infra.config.keys import key, section

NEWEST = max(VERSIONS)


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """EKS of profile cluster."""

    version: str = key(
        "Kubernetes; an upgrade goes one minor version at a time.",
        rules.one_of(tuple(VERSIONS), f"a version of infra/cluster/versions.py: {list(VERSIONS)}"),
        default=NEWEST,
    )
    public_cidrs: tuple[str, ...] = key(
        "Ranges that reach the API from the internet; none closes the public endpoint.",
        rules.each(rules.NARROW_RANGE),
        default=(),
    )
    admin_roles: tuple[str, ...] = key(
        "IAM roles that administer the cluster beside the one that the stack makes for it.",
        rules.each(rules.ROLE_ARN),
        default=(),
    )
    node_type: str = key("Machine of every node.", rules.ARM_INSTANCE_TYPE, default="m7g.large")
    nodes_min: int = key("Nodes at least.", rules.between(1, 100, "nodes"), default=3)
    nodes_max: int = key("Nodes at most.", rules.between(1, 100, "nodes"), default=6)
    node_volume_gib: int = key("Root volume of a node.", rules.between(20, 1024, "GiB"), default=50)
    burst: bool = key(
        "Roles, queue and events for Karpenter, which adds nodes under load.", default=True
    )


@dataclass(frozen=True, slots=True)
class ComputeConfig:
    """What runs the workloads."""

    profile: ComputeProfile = key("Compute profile.", default=ComputeProfile.EXTERNAL)
    instance_type: str = key(
        "Machine of profile host.", rules.ARM_INSTANCE_TYPE, default="t4g.medium"
    )
    machine_image: str = key(
        # Ubuntu has Docker, compose, the ECR helper and certbot as packages of its own.
        "Image of the machine (Ubuntu 24.04, arm64).",
        rules.MACHINE_IMAGE,
        default="resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/"
        "ebs-gp3/ami-id",
    )
    volume_gib: int = key("Root volume.", rules.between(20, 1024, "GiB"), default=40)
    data_volume_gib: int = key(
        "Data volume of a machine, apart from the root volume; it may grow, never shrink.",
        rules.between(10, 1024, "GiB"),
        default=20,
    )
    machines: int = key(
        "Machines of profile host at least.", rules.between(1, 20, "machines"), default=1
    )
    machines_max: int = key(
        "Machines of profile host at most; more than 1 stand behind a balancer.",
        rules.between(1, 20, "machines"),
        default=1,
    )
    cluster: ClusterConfig = section(ClusterConfig)

    @property
    def has_balancer(self) -> bool:
        """Whether people reach the workloads through a balancer of the stack."""
        several = self.profile is ComputeProfile.HOST and self.machines_max > 1
        return several or self.profile is ComputeProfile.CLUSTER
