"""The program: read the configuration, wire the components, put the outputs out."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from infra.cluster.profile import ClusterProfile, ClusterProfileArgs
from infra.config.choices import ComputeProfile
from infra.config.loader import load_settings
from infra.config.settings import Settings
from infra.config.source import program_configuration
from infra.edge.cdn import Cdn, CdnArgs
from infra.edge.dns import Dns, DnsArgs
from infra.host.profile import HostProfile, HostProfileArgs
from infra.identity.boundary import bounded
from infra.identity.pipeline.roles import outputs_of_pipeline
from infra.observability import alarm_plan
from infra.observability.alarms import Alarms, AlarmsArgs
from infra.outputs import export
from infra.parts import Parts, Running
from infra.stack import Stack
from infra.wiring import guard, wire


def make_host(settings: Settings, stack: Stack, parts: Parts, dns: Dns) -> Running:
    """Profile `host`, and the domain that points at its machine or balancer."""
    args = HostProfileArgs(
        settings=settings,
        network=parts.network,
        buckets=parts.buckets,
        access=parts.workload_access(),
        certificate_arn=dns.certificate_arn,
        outputs=parts.outputs(settings),
        zone_id=dns.zone_id,
    )
    host = HostProfile("host", stack, args)
    host.point(dns)
    return Running(host.outputs, host.alarms, host.protected)


def make_cluster(settings: Settings, stack: Stack, parts: Parts, dns: Dns) -> Running:
    """Profile `cluster`, and the domain that points at its balancer."""
    args = ClusterProfileArgs(
        settings=settings,
        network=parts.network,
        logs_key_arn=parts.logs_key.arn,
        access=parts.workload_access(),
        certificate_arn=dns.certificate_arn,
        logs=parts.buckets.logs,
    )
    cluster = ClusterProfile("cluster", stack, args)
    dns.alias_to(cluster.balancer)
    return Running(cluster.outputs, cluster.balancer.alarms)


# Both want a domain; the configuration refuses them without one.
PROFILES = {ComputeProfile.HOST: make_host, ComputeProfile.CLUSTER: make_cluster}


def main() -> None:
    """Read, wire, put out."""
    settings = load_settings(program_configuration())
    config, stack = settings.stack, bounded(settings, Stack.of(settings))
    parts = wire(settings, stack)
    watched = [*parts.alarms(settings)]
    protected: Mapping[str, pulumi.Output[str]] = {}
    outputs, edge = parts.outputs(settings), config.edge
    outputs |= outputs_of_pipeline(settings, stack)
    if edge.domain:
        dns = Dns("dns", stack, DnsArgs(edge.domain, edge.zone_id, edge.cdn.enabled))
        watched += alarm_plan.of_certificate(dns.certificate_arn)
        if make := PROFILES.get(config.compute.profile):
            running = make(settings, stack, parts, dns)
            outputs |= running.outputs
            watched += running.alarms
            if edge.cdn.enabled:
                Cdn("cdn", stack, CdnArgs(settings, dns, parts.buckets.logs))
            protected = running.protected
    watched += guard(settings, stack, parts, protected)
    if config.alerts.alarms:
        Alarms("alarms", stack, AlarmsArgs(parts.alerts.topic_arn, watched))
    export(outputs)


if __name__ == "__main__":
    main()
