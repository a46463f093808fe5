"""Cases of auto scaling groups, their policies and snapshot policies (pure table)."""

from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

_DLM = "aws:dlm/lifecyclePolicy:LifecyclePolicy"
GROUP: dict[str, Any] = {
    "minSize": 1,
    "maxSize": 3,
    "launchTemplate": {"id": "$template", "version": "1"},
    "vpcZoneIdentifiers": ["$subnet-a", "$subnet-b"],
}
MIXED = {
    "launchTemplate": {
        "launchTemplateSpecification": {
            "launchTemplateId": "$template-named",
            "version": "$Latest",
        },
        "overrides": [{"instanceType": "t4g.small"}, {"instanceType": "t4g.medium"}],
    },
    "instancesDistribution": {
        "onDemandBaseCapacity": 1,
        "onDemandPercentageAboveBaseCapacity": 50,
        "spotAllocationStrategy": "price-capacity-optimized",
    },
}
TRACK: dict[str, Any] = {
    "autoscalingGroupName": "$scaling",
    "policyType": "TargetTrackingScaling",
    "targetTrackingConfiguration": {
        "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        "targetValue": 60,
    },
}
STEPS: dict[str, Any] = {
    "policyType": "StepScaling",
    "adjustmentType": "ChangeInCapacity",
    "targetTrackingConfiguration": None,
}
DAILY: dict[str, Any] = {
    "name": "daily",
    "createRule": {"interval": 24, "intervalUnit": "HOURS", "times": "18:00"},
    "retainRule": {"count": 14},
    "copyTags": True,
}
WEEKLY: dict[str, Any] = {
    "name": "weekly",
    "createRule": {"cronExpression": "cron(0 19 ? * SUN *)"},
    "retainRule": {"interval": 3, "intervalUnit": "MONTHS"},
    "crossRegionCopyRules": [
        {
            "target": "us-east-1",
            "encrypted": True,
            "cmkArn": "$key-far:arn",
            "retainRule": {"interval": 1, "intervalUnit": "MONTHS"},
        }
    ],
}


def _details(*schedules: Any, **changes: Any) -> dict[str, Any]:
    details = {
        "resourceTypes": ["VOLUME"],
        "targetTags": {"Backup": "daily"},
        "schedules": list(schedules),
        **changes,
    }
    return {"policyDetails": {key: value for key, value in details.items() if value is not None}}


def _daily(**changes: Any) -> dict[str, Any]:
    return _details({**DAILY, **changes})


CASES = (
    Case(
        tokens.SCALING_GROUP,
        least=GROUP,
        full={
            **{key: value for key, value in GROUP.items() if key != "launchTemplate"},
            "name": "gacp-full",
            "mixedInstancesPolicy": MIXED,
            "desiredCapacity": 2,
            "healthCheckType": "ELB",
            "targetGroupArns": ["$targets:arn"],
            "enabledMetrics": ["GroupInServiceInstances"],
            "terminationPolicies": ["OldestInstance"],
            "suspendedProcesses": ["AZRebalance"],
            "maxInstanceLifetime": 604800,
            "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 150},
            "instanceRefresh": {
                "strategy": "Rolling",
                "preferences": {"minHealthyPercentage": 100, "maxHealthyPercentage": 200},
            },
            "initialLifecycleHooks": [
                {
                    "name": "drain",
                    "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                    "heartbeatTimeout": 300,
                    "notificationTargetArn": "$queue:arn",
                    "roleArn": "$role:arn",
                }
            ],
            "tags": [{"key": "Name", "value": "a", "propagateAtLaunch": True}],
        },
        update={"maxSize": 4},
        replace={"name": "another"},
        drift="maxSize=9",
        rejected=({"maxSize": 0}, "must be greater than or equal to min"),
        outputs=("arn", "name", "availabilityZones", "desiredCapacity", "healthCheckType"),
    ),
    Case(
        tokens.SCALING_POLICY,
        least=TRACK,
        full={
            "autoscalingGroupName": "$scaling",
            "name": "steps",
            "policyType": "StepScaling",
            "adjustmentType": "PercentChangeInCapacity",
            "minAdjustmentMagnitude": 1,
            "metricAggregationType": "Maximum",
            "estimatedInstanceWarmup": 120,
            "stepAdjustments": [
                {"metricIntervalUpperBound": "10", "scalingAdjustment": 10},
                {"metricIntervalLowerBound": "10", "scalingAdjustment": 30},
            ],
        },
        update={"enabled": False},
        replace={"autoscalingGroupName": "$scaling-2"},
        drift="enabled=false",
        rejected=({"targetTrackingConfiguration": None}, "needs targetTrackingConfiguration"),
        outputs=("arn",),
    ),
    Case(
        _DLM,
        least={
            "description": "Daily",
            "executionRoleArn": "$role-dlm:arn",
            **_details(DAILY),
        },
        full={
            "description": "Daily and weekly",
            "executionRoleArn": "$role-dlm:arn",
            "state": "DISABLED",
            **_details(DAILY, WEEKLY),
            "tags": {"Name": "a"},
        },
        update={"state": "DISABLED"},
        replace=_daily(copyTags=False),
        drift="state=DISABLED",
        rejected=(_daily(retainRule={}), "retainRule takes count"),
        outputs=("arn",),
    ),
)

REFUSED = (
    Refused(
        tokens.SCALING_GROUP,
        {
            "launchTemplate": {"id": "$template-parameter", "version": "1"},
            "instanceRefresh": {"strategy": "Rolling", "preferences": {"autoRollback": True}},
        },
        "autoRollback is not for a launch template whose image is resolve:ssm:",
    ),
    Refused(tokens.SCALING_GROUP, {"launchTemplate": None}, "exactly one of launchConfiguration"),
    Refused(tokens.SCALING_GROUP, {"vpcZoneIdentifiers": None}, "exactly one of availabilityZones"),
    Refused(tokens.SCALING_GROUP, {"desiredCapacity": 9}, "must be between the specified min"),
    Refused(tokens.SCALING_GROUP, {"minSize": -1}, "is negative"),
    Refused(tokens.SCALING_GROUP, {"healthCheckType": "HTTP"}, "none of EC2"),
    Refused(tokens.SCALING_GROUP, {"launchTemplate": {"version": "1"}}, "one of id and name"),
    Refused(
        tokens.SCALING_GROUP,
        {"launchTemplate": {"id": "$template", "version": "7"}},
        "has no version 7",
    ),
    Refused(
        tokens.SCALING_GROUP, {"launchTemplate": {"id": "$template-bare"}}, "the parameter imageId"
    ),
    Refused(
        tokens.SCALING_GROUP,
        {"launchTemplate": {"name": "nobody"}},
        "it does not exist",
    ),
    Refused(
        tokens.SCALING_GROUP,
        {"vpcZoneIdentifiers": ["$subnet-a", "$subnet-other"]},
        "are of one VPC",
    ),
    Refused(tokens.SCALING_GROUP, {"targetGroupArns": ["$targets-ip:arn"]}, "of target type ip"),
    Refused(tokens.SCALING_GROUP, {"targetGroupArns": ["$targets-other:arn"]}, "may not be valid"),
    Refused(tokens.SCALING_GROUP, {"maxInstanceLifetime": 60}, "neither 0 nor a day"),
    Refused(tokens.SCALING_GROUP, {"suspendedProcesses": ["Sleep"]}, "none of Launch"),
    Refused(tokens.SCALING_GROUP, {"enabledMetrics": ["All"]}, "none of GroupMinSize"),
    Refused(tokens.SCALING_GROUP, {"waitForCapacityTimeout": "soon"}, "a time such as 10m"),
    Refused(
        tokens.SCALING_GROUP,
        {"instanceMaintenancePolicy": {"minHealthyPercentage": 50, "maxHealthyPercentage": 200}},
        "most 100 apart",
    ),
    Refused(
        tokens.SCALING_GROUP,
        {"tags": [{"key": "a", "value": "b", "propagateAtLaunch": True}] * 2},
        "are not distinct",
    ),
    Refused(
        tokens.SCALING_GROUP,
        {
            "launchTemplate": {"id": "$template", "version": "$Latest"},
            "instanceRefresh": {"strategy": "Rolling", "preferences": {"autoRollback": True}},
        },
        "needs a numbered",
    ),
    Refused(tokens.SCALING_GROUP, {"instanceRefresh": {"strategy": "Fast"}}, "none of Rolling"),
    Refused(
        tokens.SCALING_GROUP,
        {"availabilityZones": ["us-east-1a"], "vpcZoneIdentifiers": None},
        "is not a zone of",
    ),
    Refused(tokens.SCALING_POLICY, {"cooldown": 60}, "cooldown is supported for SimpleScaling"),
    Refused(tokens.SCALING_POLICY, {"policyType": "Magic"}, "none of SimpleScaling"),
    Refused(tokens.SCALING_POLICY, STEPS, "needs stepAdjustments"),
    Refused(
        tokens.SCALING_POLICY,
        {**STEPS, "stepAdjustments": [{"scalingAdjustment": 1}, {"scalingAdjustment": 2}]},
        "do not meet end to end",
    ),
    Refused(
        tokens.SCALING_POLICY,
        {
            **STEPS,
            "minAdjustmentMagnitude": 2,
            "stepAdjustments": [{"scalingAdjustment": 1}],
        },
        "goes with PercentChangeInCapacity",
    ),
    Refused(
        tokens.SCALING_POLICY, {"targetTrackingConfiguration": {"targetValue": 1}}, "exactly one of"
    ),
    Refused(
        tokens.SCALING_POLICY,
        {
            "targetTrackingConfiguration": {
                "targetValue": 1,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "ALBRequestCountPerTarget"
                },
            }
        },
        "needs resourceLabel",
    ),
    Refused(_DLM, {"description": "day & night"}, "letters, digits"),
    Refused(_DLM, {"executionRoleArn": "$role:arn"}, "cannot be assumed by dlm"),
    Refused(_DLM, _details(DAILY, DAILY), "are not distinct"),
    Refused(_DLM, _details(DAILY, targetTags=None), "needs policyDetails.targetTags"),
    Refused(_DLM, _details(DAILY, resourceTypes=["VOLUME", "INSTANCE"]), "2 elements"),
    Refused(_DLM, _details(DAILY, exclusions={}), "exclusions needs defaultPolicy"),
    Refused(_DLM, _daily(createRule={"interval": 5}), "5 is none of 1, 2"),
    Refused(
        _DLM,
        _daily(createRule={"interval": 24, "cronExpression": "cron(0 1 * * ? *)"}),
        "not both",
    ),
    Refused(_DLM, _daily(createRule={"interval": 24, "times": "25:00"}), "a time such as"),
    Refused(_DLM, _daily(retainRule={"interval": 3}), "interval with intervalUnit"),
    Refused(
        _DLM,
        _daily(crossRegionCopyRules=[{"target": "mars-1", "encrypted": True}]),
        "not an AWS region",
    ),
    Refused(
        _DLM,
        _daily(crossRegionCopyRules=[{"target": "ap-southeast-1", "encrypted": True}]),
        "another region than",
    ),
    Refused(
        _DLM,
        _daily(
            crossRegionCopyRules=[
                {"target": "eu-west-1", "encrypted": True, "cmkArn": "$key-far:arn"}
            ]
        ),
        "is of us-east-1 and the copy of eu-west-1",
    ),
)

HELD = (
    Held(
        "subnet-b",
        tokens.SCALING_GROUP,
        {**GROUP, "vpcZoneIdentifiers": ["$subnet-b"]},
        "DependencyViolation",
    ),
)
