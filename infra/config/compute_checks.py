"""Contradictions about what runs the workloads."""

from __future__ import annotations

from collections.abc import Iterator

from infra.config.choices import ComputeProfile, Environment, NatMode
from infra.config.errors import Problem
from infra.config.settings import Settings


def images_of_a_host(settings: Settings) -> Iterator[Problem]:
    if settings.stack.compute.profile is not ComputeProfile.HOST:
        return
    workloads = settings.stack.workloads
    for name, value in (
        ("imageDigest", workloads.image_digest),
        ("edgeImage", workloads.edge_image),
    ):
        if not value:
            yield Problem(
                f"gacp:workloads.{name}", value, "has to be given in compute profile host"
            )


def machines_of_a_host(settings: Settings) -> Iterator[Problem]:
    stack, compute = settings.stack, settings.stack.compute
    if compute.machines > compute.machines_max:
        yield Problem(
            "gacp:compute.machines",
            compute.machines,
            f"must be at most gacp:compute.machinesMax, which is {compute.machines_max}",
        )
    in_prod = stack.environment is Environment.PROD
    several = compute.profile is ComputeProfile.HOST and compute.has_balancer
    if in_prod and several and compute.machines < 2:
        yield Problem(
            "gacp:compute.machines",
            compute.machines,
            "must be at least 2 in environment prod where gacp:compute.machinesMax is over 1",
            "a machine that is lost would take the platform with it, and the balancer helps nobody",
        )


def nodes_of_a_cluster(settings: Settings) -> Iterator[Problem]:
    stack, cluster = settings.stack, settings.stack.compute.cluster
    if cluster.nodes_min > cluster.nodes_max:
        yield Problem(
            "gacp:compute.cluster.nodesMin",
            cluster.nodes_min,
            f"must be at most gacp:compute.cluster.nodesMax, which is {cluster.nodes_max}",
        )
    adopts = bool(stack.network.adopt.vpc_id)  # its owner answers for the ways out
    in_cluster = stack.compute.profile is ComputeProfile.CLUSTER
    if in_cluster and stack.network.nat is NatMode.NONE and not adopts:
        yield Problem(
            "gacp:network.nat",
            str(stack.network.nat),
            "must be one or per-zone in compute profile cluster: nodes pull images and call out",
        )
