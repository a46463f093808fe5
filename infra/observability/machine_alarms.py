"""What to watch of the machines of profile host, as plain data (see `alarm_plan`)."""

from __future__ import annotations

import pulumi

from infra.observability.alarm_plan import Dimensions, Missing, PlannedAlarm

# What the machines of profile host send themselves (infra/host/take_release.py).
RELEASE_NAMESPACE, RELEASE_FAILED = "gacp/host", "ReleaseFailed"


def of_machines(group: pulumi.Input[str], least: int) -> tuple[PlannedAlarm, ...]:
    """The machines of profile host, by their group: machines come and go."""
    where: Dimensions = {"AutoScalingGroupName": group}
    return (
        PlannedAlarm(
            "machine-in-service",
            "AWS/AutoScaling",
            "GroupInServiceInstances",
            where,
            least,
            "Fewer machines serve than should: AWS makes another one, which takes some minutes. If "
            "it doesn't come, look at the group's activity and at the machine's "
            "/var/log/cloud-init-output.log.",
            above=False,
            statistic="Minimum",
            seconds=60,
            missing=Missing.BAD,
        ),
        PlannedAlarm(
            "machine-status",
            "AWS/EC2",
            "StatusCheckFailed",
            where,
            0,
            "A machine fails AWS's checks: its group replaces it, and its data volume goes along.",
            statistic="Maximum",
            seconds=60,
            missing=Missing.BAD,
        ),
        PlannedAlarm(
            "machine-cpu",
            "AWS/EC2",
            "CPUUtilization",
            where,
            85,
            "The machines are busy for a quarter of an hour: look at queue depth and request rate.",
        ),
        PlannedAlarm(
            "machine-release",
            RELEASE_NAMESPACE,
            RELEASE_FAILED,
            {"Group": group},
            0,
            "A machine could not take the release that the stack names, and what served before "
            "serves on. Look at the association's last run in Systems Manager.",
            statistic="Maximum",
            seconds=3600,  # machines try again after hours: shorter, and it would be over at once
            periods=1,
        ),
    )
