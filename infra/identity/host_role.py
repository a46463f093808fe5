"""Who the machine of profile `host` is on AWS."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.identity.domain_proof import proves_domain
from infra.identity.host_access import HostAccess, host_statements
from infra.identity.roles import RoleArgs, make_role
from infra.identity.workloads import WorkloadAccess, workload_statements
from infra.stack import Stack

# Session Manager is the only way onto the machine: no key, no port 22.
SSM_POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


@dataclass(frozen=True, slots=True)
class HostRoleArgs:
    """What the workloads on the machine may touch, and the machine itself; known later.

    `proves` is the domain that the machine proves by DNS and the id of its zone, or None where it
    proves it by answering.
    """

    access: pulumi.Output[WorkloadAccess]
    machine: pulumi.Output[HostAccess]
    proves: tuple[str, pulumi.Input[str]] | None = None


class HostRole(pulumi.ComponentResource):
    """The machine's role: what its workloads and its own programs need, and Session Manager.

    Children: the role, its policy, the attachment of AWS's policy for Session Manager, the
    instance profile.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: HostRoleArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:identity:HostRole", name, None, opts)
        child, tags = stack.child_of(self), stack.tags.of(stack.names.of(name))
        trust = policies.document(policies.trust_of_service("ec2.amazonaws.com"))
        described = "Machine that runs the certification platform"
        role = make_role(name, stack, RoleArgs(stack.names.of(name), trust, described), child)
        policy = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=_statements(args).apply(policies.document),
            opts=child,
        )
        managed = aws.iam.RolePolicyAttachment(
            f"{name}-ssm", role=role.name, policy_arn=SSM_POLICY, opts=child
        )
        self._rights: list[pulumi.Resource] = [policy, managed]
        self._profile = aws.iam.InstanceProfile(
            name, name=stack.names.of(name), role=role.name, tags=tags, opts=child
        )
        self.register_outputs({})

    @property
    def rights(self) -> list[pulumi.Resource]:
        """What the role may do: a machine that starts before it has them can't claim a thing."""
        return self._rights

    @property
    def instance_profile_arn(self) -> pulumi.Output[str]:
        return self._profile.arn


def _statements(args: HostRoleArgs) -> pulumi.Output[tuple[policies.Statement, ...]]:
    domain, zone_id = args.proves or ("", "")
    return pulumi.Output.all(args.access, args.machine, zone_id).apply(
        lambda known: (
            *workload_statements(known[0]),
            *host_statements(known[1]),
            *(proves_domain(domain, known[2]) if domain else ()),
        )
    )
