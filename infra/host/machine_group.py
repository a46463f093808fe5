"""The machines of profile `host`, kept up by AWS alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.config.compute import ComputeConfig
from infra.host.first_start import DATA_DEVICE
from infra.launching import disk, metadata_service, root_disk, tagged
from infra.stack import Stack
from infra.tags import DataClass

ROOT_DEVICE = "/dev/sda1"  # of Ubuntu's images
# A machine that has not said by then that it serves makes room for another one.
FIRST_START_SECONDS = 1500
BUSY_PERCENT = 70
# What the alarms on a group read (infra/observability/machine_alarms.py).
METRICS = (
    aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
    aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
    aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
)


@dataclass(frozen=True, slots=True)
class MachineGroupArgs:
    """`subnet_ids` are of one zone where there is one machine, since its volume is.

    `own_address` gives machines a public address to call out with, where no gateway does.
    `user_data` is base64; a new one makes new machines. `target_group_arns` are a balancer's, none
    for one machine. `stop_alarms` are names of alarms that end the replacement of machines.
    `first` is what a machine needs from its first minute: rights, and the way out.
    """

    config: ComputeConfig
    subnet_ids: Sequence[pulumi.Output[str]]
    own_address: bool
    group_ids: Sequence[pulumi.Output[str]]
    instance_profile_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    user_data: pulumi.Output[str]
    first: Sequence[pulumi.Resource]
    target_group_arns: Sequence[pulumi.Output[str]] = ()
    stop_alarms: Sequence[str] = ()


class MachineGroup(pulumi.ComponentResource):
    """An auto scaling group: a machine that dies is made again, and takes the present release.

    Children: launch template, group; a scaling policy where there may be more machines than at
    least. A new template (machine type, image, first start) replaces the machines one after
    another: several without a gap, one with a gap of its first start, since its volume moves.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: MachineGroupArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:host:MachineGroup", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._known_as = stack.names.of(name)
        self._tags = stack.tags.of(self._known_as, DataClass.INTERNAL)
        self._child = stack.child_of(self)
        self._group = self._make_group(self._make_template())
        if args.config.machines_max > args.config.machines:
            self._scale()
        self.register_outputs({"group": self._group.name})

    @property
    def group_name(self) -> pulumi.Output[str]:
        return self._group.name

    def _make_template(self) -> aws.ec2.LaunchTemplate:
        args, config = self._args, self._args.config
        disks = root_disk(ROOT_DEVICE, args.key_arn, config.volume_gib)
        if config.has_balancer:
            disks.append(disk(DATA_DEVICE, args.key_arn, config.data_volume_gib))
        return aws.ec2.LaunchTemplate(
            self._name,
            image_id=config.machine_image,
            instance_type=config.instance_type,
            update_default_version=True,
            iam_instance_profile={"arn": args.instance_profile_arn},
            # An address to call out with, until a machine has claimed the stack's; subnets give
            # none by themselves (EC2.15).
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "true" if args.own_address else "false",
                    "delete_on_termination": "true",
                    "security_groups": list(args.group_ids),
                }
            ],
            # Two hops: containers on the bridge fetch the role's credentials there.
            metadata_options=metadata_service(hops=2),
            monitoring={"enabled": True},
            # Refused to people and scripts; the group itself is not held up by it.
            disable_api_termination=True,
            block_device_mappings=disks,
            tag_specifications=tagged(self._tags, "instance", "volume", "network-interface"),
            user_data=args.user_data,
            tags=self._tags,
            opts=self._child,
        )

    def _make_group(self, template: aws.ec2.LaunchTemplate) -> aws.autoscaling.Group:
        args, config = self._args, self._args.config
        return aws.autoscaling.Group(
            self._name,
            name=self._known_as,
            min_size=config.machines,
            max_size=config.machines_max,
            vpc_zone_identifiers=list(args.subnet_ids),
            launch_template={
                "id": template.id,
                "version": template.latest_version.apply(lambda version: str(int(version))),
            },
            target_group_arns=list(args.target_group_arns),
            health_check_type="ELB" if config.has_balancer else "EC2",
            health_check_grace_period=120,
            initial_lifecycle_hooks=[
                {
                    "name": first_start_hook(self._known_as),
                    "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                    "heartbeat_timeout": FIRST_START_SECONDS,
                    "default_result": "ABANDON",
                }
            ],
            wait_for_capacity_timeout=f"{FIRST_START_SECONDS + 300}s",
            instance_refresh=refresh_of(config, args.stop_alarms),
            enabled_metrics=list(METRICS),
            metrics_granularity="1Minute",
            tags=[
                {"key": key, "value": value, "propagate_at_launch": False}  # the template's task
                for key, value in self._tags.items()
            ],
            # Neither the role's rights nor the way out is an input of the group.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.first)),
        )

    def _scale(self) -> None:
        aws.autoscaling.Policy(
            self._name,
            name=f"{self._known_as}-cpu",
            autoscaling_group_name=self._group.name,
            policy_type="TargetTrackingScaling",
            estimated_instance_warmup=120,
            target_tracking_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": "ASGAverageCPUUtilization"
                },
                "target_value": BUSY_PERCENT,
            },
            opts=self._child,
        )


def first_start_hook(group: str) -> str:
    """Name of the hook that holds a machine back until it serves."""
    return f"{group}-first-start"


def refresh_of(
    config: ComputeConfig, stop_alarms: Sequence[str] = ()
) -> aws.autoscaling.GroupInstanceRefreshArgs:
    """How a new template reaches the machines.

    One machine goes before the next comes, which takes its volume. AWS rolls back only to an image
    that is named by id: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
    API_RefreshPreferences.html
    """
    healthy = 100 if config.has_balancer else 0
    return aws.autoscaling.GroupInstanceRefreshArgs(
        strategy="Rolling",
        preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
            min_healthy_percentage=healthy,
            max_healthy_percentage=healthy + 100 if healthy else 100,
            instance_warmup="60",
            auto_rollback=config.machine_image.startswith("ami-"),
            skip_matching=True,
            alarm_specification=aws.autoscaling.GroupInstanceRefreshPreferencesAlarmSpecificationArgs(
                alarms=list(stop_alarms)
            )
            if stop_alarms
            else None,
        ),
    )
