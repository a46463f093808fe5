"""Compute profile `host`: a machine that runs everything behind nginx, or several of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.config.choices import NatMode
from infra.config.settings import Settings
from infra.edge.balancer import MACHINES, Balancer, BalancerArgs
from infra.edge.dns import Dns
from infra.host.bundle import BundleArgs, bundle_archive
from infra.host.first_start import FirstStart, user_data
from infra.host.machine import Machine, MachineArgs, packages
from infra.host.machine_group import MachineGroup, MachineGroupArgs, first_start_hook
from infra.host.release import Release, ReleaseArgs
from infra.identity import policies
from infra.identity.host_access import HostAccess
from infra.identity.host_role import HostRole, HostRoleArgs
from infra.identity.workloads import WorkloadAccess
from infra.keys.key import Key, KeyArgs
from infra.network.network import Network
from infra.network.rules import Group, GroupArgs
from infra.observability.alarm_plan import PlannedAlarm
from infra.observability.machine_alarms import of_machines
from infra.stack import Stack
from infra.storage.buckets import Buckets


@dataclass(frozen=True, slots=True)
class HostProfileArgs:
    """`outputs` are the stack's, from which the machines learn where everything is.
    `certificate_arn` is for the balancer of several machines, `zone_id` that of the domain."""

    settings: Settings
    network: Network
    buckets: Buckets
    access: pulumi.Output[WorkloadAccess]
    certificate_arn: pulumi.Output[str]
    outputs: Mapping[str, pulumi.Input[object]]
    zone_id: pulumi.Input[str]


class HostProfile(pulumi.ComponentResource):
    """The machines, who they are, what they run.

    Children: `Key` of their disks, `Release`, `Machine` (where one stands) or a `Group` and a
    `Balancer` (where several do), `HostRole`, `MachineGroup`.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: HostProfileArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:host:HostProfile", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._config = args.settings.stack.compute
        self._child = stack.child_of(self)
        self._known_as = stack.names.of(name)
        self._key = Key(
            f"{name}-key",
            stack,
            KeyArgs("Disks of machines", policies.key_for_node_disks(stack.account), lasts=True),
            self._child,
        )
        self._release = Release(
            f"{name}-release",
            stack,
            ReleaseArgs(_archive(args), args.buckets.releases.bucket),
            self._child,
        )
        self.machine = None if self._config.has_balancer else self._make_machine()
        self.balancer = self._make_balancer() if self._config.has_balancer else None
        self._group = self._make_group(self._make_role())
        self._association_id = self._release.roll_out(self._group.group_name)
        self.register_outputs({})

    def point(self, dns: Dns) -> None:
        """The domain is the machine's address, or the balancer."""
        if self.machine:
            dns.point_at(self.machine.address.public_ip)
        if self.balancer:
            dns.alias_to(self.balancer)

    @property
    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What this profile puts out beside the rest (`infra.outputs.HOST_OUTPUTS`)."""
        address = self.machine.address.public_ip if self.machine else ""
        return {
            "hostGroup": self._group.group_name,
            "hostAddress": self.balancer.dns_name if self.balancer else address,
            "hostDataVolume": self.machine.volume.id if self.machine else "",
            "hostReleaseParameter": self._release.parameter_name,
            "hostReleaseAssociation": self._association_id,
        }

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """What to watch of machines and balancer."""
        of_balancer = self.balancer.alarms if self.balancer else ()
        return (*of_machines(self._group.group_name, self._config.machines), *of_balancer)

    @property
    def protected(self) -> dict[str, pulumi.Output[str]]:
        """What is backed up, by its kind in AWS Backup's words."""
        return {"EBS": self.machine.volume.arn} if self.machine else {}

    def _make_machine(self) -> Machine:
        return Machine(
            self._name,
            self._stack,
            MachineArgs(
                vpc_id=self._args.network.vpc_id,
                zone=self._args.settings.zones[0],
                key_arn=self._key.arn,
                data_volume_gib=self._config.data_volume_gib,
                behind_cdn=self._args.settings.stack.edge.cdn.enabled,
            ),
            self._child,
        )

    def _make_balancer(self) -> Balancer:
        network = self._args.network
        return Balancer(
            "balancer",
            self._stack,
            BalancerArgs(
                vpc_id=network.vpc_id,
                subnet_ids=network.public_subnet_ids,
                workloads_group_id=network.workloads_group_id,
                certificate_arn=self._args.certificate_arn,
                log_bucket=self._args.buckets.logs.bucket,
                first=[network, self._args.buckets.logs],
                behind=MACHINES,
                behind_cdn=self._args.settings.stack.edge.cdn.enabled,
            ),
            self._child,
        )

    def _make_role(self) -> HostRole:
        stack, machine = self._stack, self.machine
        known = pulumi.Output.all(
            releases_bucket=self._args.buckets.releases.arn,
            parameter=self._release.parameter_arn,
            disk_key=self._key.arn,
            volume=machine.volume.arn if machine else "",
            address=machine.address.arn if machine else "",
        )
        access = known.apply(
            lambda arns: HostAccess(
                region=stack.region,
                account=stack.account,
                group=self._known_as,
                known_as=self._known_as,
                **arns,
            )
        )
        name = f"{self._name}-role"
        edge = self._args.settings.stack.edge
        # CloudFront's addresses alone reach the machine, so no authority can ask it.
        proves = (edge.domain, self._args.zone_id) if machine and edge.cdn.enabled else None
        args = HostRoleArgs(self._args.access, access, proves)
        return HostRole(name, stack, args, self._child)

    def _make_group(self, role: HostRole) -> MachineGroup:
        network, balancer = self._args.network, self.balancer
        private = balancer is not None and self._args.settings.stack.network.nat is not NatMode.NONE
        subnets = network.private_subnet_ids if private else network.public_subnet_ids
        return MachineGroup(
            self._name,
            self._stack,
            MachineGroupArgs(
                config=self._config,
                subnet_ids=subnets if balancer else subnets[:1],
                own_address=not private,
                group_ids=[self._edge_group_id(), network.workloads_group_id],
                instance_profile_arn=role.instance_profile_arn,
                key_arn=self._key.arn,
                user_data=self._first_start().apply(user_data),
                first=[*role.rights, network],
                target_group_arns=[balancer.web.arn, balancer.redirect.arn] if balancer else [],
                stop_alarms=self._stop_alarms(),
            ),
            self._child,
        )

    def _stop_alarms(self) -> list[str]:
        """Alarms that nobody answers: what a replacement of machines must not go on through. One
        machine is always gone for a while, so there it goes on."""
        if self.balancer is None or not self._args.settings.stack.alerts.alarms:
            return []
        nobody = [each for each in self.balancer.alarms if each.metric == "HealthyHostCount"]
        return [self._stack.names.of(each.slot) for each in nobody]

    def _edge_group_id(self) -> pulumi.Output[str]:
        """The group that lets people in, or behind a balancer the one that lets packages in."""
        if self.machine:
            return self.machine.edge_group_id
        args = GroupArgs(
            vpc_id=self._args.network.vpc_id,
            description="Machines of the certification platform",
            egress=(packages(),),
        )
        return Group("machines", self._stack, args, self._child).group_id

    def _first_start(self) -> pulumi.Output[FirstStart]:
        machine = self.machine
        return pulumi.Output.all(
            parameter=self._release.parameter_name,
            bucket=self._args.buckets.releases.bucket,
            volume=machine.volume.id if machine else "",
            address=machine.address.allocation_id if machine else "",
        ).apply(
            lambda known: FirstStart(
                region=self._stack.region,
                group=self._known_as,
                hook=first_start_hook(self._known_as),
                **known,
            )
        )


def _archive(args: HostProfileArgs) -> pulumi.Output[bytes]:
    return pulumi.Output.all(**args.outputs).apply(
        lambda known: bundle_archive(BundleArgs.of(args.settings, known))
    )
