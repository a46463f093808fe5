"""Compute profile `host`: one machine that runs everything behind nginx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.config.settings import Settings
from infra.host.bundle import BundleArgs, render_user_data
from infra.host.machine import Machine, MachineArgs
from infra.identity.host_role import HostRole, HostRoleArgs
from infra.identity.workloads import WorkloadAccess
from infra.network.network import Network
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class HostProfileArgs:
    """`outputs` are the stack's, from which the machine learns where everything is. `zone_id` is
    that of the domain."""

    settings: Settings
    network: Network
    key_arn: pulumi.Output[str]
    access: pulumi.Output[WorkloadAccess]
    outputs: Mapping[str, pulumi.Input[object]]
    zone_id: pulumi.Input[str]


class HostProfile(pulumi.ComponentResource):
    """One machine and who it is.

    Children: `HostRole`, `Machine`.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: HostProfileArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:host:HostProfile", name, None, opts)
        child = stack.child_of(self)
        edge = args.settings.stack.edge
        # CloudFront's addresses alone reach the machine, so no authority can ask it.
        proves = (edge.domain, args.zone_id) if edge.cdn.enabled else None
        role = HostRole(f"{name}-role", stack, HostRoleArgs(args.access, proves), child)
        self._machine = Machine(
            name,
            stack,
            MachineArgs(
                config=args.settings.stack.compute,
                vpc_id=args.network.vpc_id,
                subnet_id=args.network.public_subnet_ids[0],
                workloads_group_id=args.network.workloads_group_id,
                instance_profile_arn=role.instance_profile_arn,
                key_arn=args.key_arn,
                user_data=_user_data(args),
                behind_cdn=edge.cdn.enabled,
            ),
            child,
        )
        self.register_outputs({})

    @property
    def instance_id(self) -> pulumi.Output[str]:
        return self._machine.instance_id

    @property
    def address(self) -> pulumi.Output[str]:
        return self._machine.address

    @property
    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """What this profile puts out beside the rest (`infra.outputs.HOST_OUTPUTS`)."""
        return {
            "hostInstanceId": self._machine.instance_id,
            "hostAddress": self._machine.address,
        }


def _user_data(args: HostProfileArgs) -> pulumi.Output[str]:
    config = args.settings.stack
    domain = config.edge.domain

    def render(known: Mapping[str, object]) -> str:
        return render_user_data(
            BundleArgs(
                outputs=known,
                image=f"{known['repositoryUrl']}@{config.workloads.image_digest}",
                edge_image=config.workloads.edge_image,
                domain=domain,
                contact=config.alerts.emails[0] if config.alerts.emails else f"hostmaster@{domain}",
                log_level=config.workloads.log_level,
                trusted_proxies=config.edge.trusted_proxies,
                behind_cdn=config.edge.cdn.enabled,
            )
        )

    return pulumi.Output.all(**args.outputs).apply(render)
