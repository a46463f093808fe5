"""EKS add-ons at pinned versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from infra.cluster.versions import KubernetesVersion
from infra.stack import Stack


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """The service account of an add-on's pods and the role that they get."""

    service_account: str
    role_arn: pulumi.Output[str]


@dataclass(frozen=True, slots=True)
class AddonsArgs:
    """Add-ons by EKS's names; `settings` is each one's configuration, `identities` its pods'."""

    cluster_name: pulumi.Output[str]
    version: KubernetesVersion
    names: Sequence[str]
    settings: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]]
    )
    identities: Mapping[str, PodIdentity] = field(default_factory=dict[str, PodIdentity])
    first: Sequence[pulumi.Resource] = ()


class Addons(pulumi.ComponentResource):
    """Add-ons that come and go together.

    Children: one add-on for each name. What somebody changed in the cluster by hand is set right
    by the next update.
    """

    def __init__(
        self, name: str, stack: Stack, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:cluster:Addons", name, None, opts)
        # Pods of these add-ons need nodes, which no input of theirs names.
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.first) or None)
        self.addons = [
            aws.eks.Addon(
                addon,
                cluster_name=args.cluster_name,
                addon_name=addon,
                addon_version=args.version.addons[addon],
                configuration_values=_text(args.settings.get(addon)),
                pod_identity_associations=_associations(args.identities.get(addon)),
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                tags=stack.tags.of(stack.names.of(addon)),
                opts=child,
            )
            for addon in args.names
        ]
        self.register_outputs({})


def _text(settings: Mapping[str, object] | None) -> str | None:
    return json.dumps(settings, sort_keys=True) if settings else None


def _associations(
    identity: PodIdentity | None,
) -> list[aws.eks.AddonPodIdentityAssociationArgsDict] | None:
    if identity is None:
        return None
    return [{"role_arn": identity.role_arn, "service_account": identity.service_account}]
