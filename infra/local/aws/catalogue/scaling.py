"""Auto scaling groups and their policies (pure table).

Sources: `internal/service/autoscaling` of hashicorp/terraform-provider-aws, and the API reference
of Amazon EC2 Auto Scaling.
"""

from __future__ import annotations

from infra.local.aws.catalogue import scaling_policy_rules, scaling_rules
from infra.local.aws.catalogue.pointing import role, subnets
from infra.local.aws.catalogue.provider_source import (
    after_name,
    arn_of,
    named,
    says,
)
from infra.local.aws.catalogue.tokens import (
    LAUNCH_TEMPLATE,
    QUEUE,
    SCALING_GROUP,
    SCALING_POLICY,
    TARGET_GROUP,
    TOPIC,
)
from infra.local.aws.rules.basic import (
    at_most_one,
    between,
    exactly_one,
    length,
    one_of,
    pattern,
)
from infra.local.aws.rules.places import instance_class, zone
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_FILE, _POLICY_FILE = "autoscaling/group.go", "autoscaling/policy.go"
_API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/{}.html"
_GROUP_API, _POLICY_API = (
    _API.format("API_CreateAutoScalingGroup"),
    _API.format("API_PutScalingPolicy"),
)
_REFRESH, _HOOK = (
    _API.format("API_RefreshPreferences"),
    _API.format("API_LifecycleHookSpecification"),
)
_SHARE = _API.format("API_InstancesDistribution")
_BAD = "ValidationError"
_MIXED = "mixedInstancesPolicy.launchTemplate"
_PREFERENCES = "instanceRefresh.preferences"


def _template(path: str, by: str = "id") -> Reference:
    return Reference(path, (LAUNCH_TEMPLATE,), (by,), _BAD, holds=False)


TYPES = (
    TypeSpec(
        SCALING_GROUP,
        id="{out.name}",
        computed={
            "name": named,
            "arn": after_name(
                arn_of("autoscaling:autoScalingGroup:{uuid}:autoScalingGroupName/{out.name}")
            ),
            "availabilityZones": scaling_rules.zones_of_subnets,
            "vpcZoneIdentifiers": always([]),
            "desiredCapacity": lambda making: making.given("minSize"),
            "defaultCooldown": always(300),
            "healthCheckType": "EC2",
            "predictedCapacity": always(0),
            "warmPoolSize": always(0),
        },
        autoname=Autoname(longest=255, unless=("namePrefix",)),
        unique=("name",),
        exists="AlreadyExists",
        rules=(
            at_most_one(("name", "namePrefix"), says(_FILE, "ConflictsWith")),
            exactly_one(
                ("launchConfiguration", "launchTemplate", "mixedInstancesPolicy"),
                says(_FILE, "ExactlyOneOf"),
            ),
            exactly_one(("availabilityZones", "vpcZoneIdentifiers"), says(_FILE, "ConflictsWith")),
            pattern("name", r"[^:\r\n]{1,255}", "255 characters, none of them :", _GROUP_API),
            zone("availabilityZones[*]"),
            scaling_rules.sizes(_GROUP_API),
            one_of("healthCheckType", ("EC2", "ELB", "EBS", "VPC_LATTICE"), _GROUP_API),
            between("healthCheckGracePeriod", 0, 7200, "seconds", _GROUP_API),
            between("defaultCooldown", 0, 2147483647, "seconds", _GROUP_API),
            one_of("metricsGranularity", ("1Minute",), _GROUP_API),
            one_of("desiredCapacityType", ("units", "vcpu", "memory-mib"), _GROUP_API),
            one_of("suspendedProcesses[*]", scaling_rules.PROCESSES, _GROUP_API),
            one_of("terminationPolicies[*]", scaling_rules.TERMINATIONS, _GROUP_API),
            one_of("enabledMetrics[*]", scaling_rules.METRICS, _GROUP_API),
            pattern(
                "waitForCapacityTimeout", r"0|(\d+[hms])+", "a time such as 10m, or 0", says(_FILE)
            ),
            scaling_rules.lifetime(_GROUP_API),
            scaling_rules.maintenance(says(_FILE)),
            scaling_rules.template_named(says(_FILE, "ConflictsWith")),
            length("launchTemplate.version", 1, 255, says(_FILE)),
            scaling_rules.tags_differ(_API.format("API_Tag")),
            one_of(
                "instanceRefresh.strategy",
                ("Rolling", "ReplaceRootVolume"),
                _API.format("API_StartInstanceRefresh"),
            ),
            between(f"{_PREFERENCES}.minHealthyPercentage", 0, 100, "%", _REFRESH),
            between(f"{_PREFERENCES}.maxHealthyPercentage", 100, 200, "%", _REFRESH),
            between(f"{_PREFERENCES}.checkpointPercentages[*]", 1, 100, "%", _REFRESH),
            one_of(
                f"{_PREFERENCES}.scaleInProtectedInstances", ("Refresh", "Ignore", "Wait"), _REFRESH
            ),
            one_of(f"{_PREFERENCES}.standbyInstances", ("Terminate", "Ignore", "Wait"), _REFRESH),
            scaling_rules.rollback(_REFRESH),
            between("initialLifecycleHooks[*].heartbeatTimeout", 30, 7200, "seconds", _HOOK),
            one_of("initialLifecycleHooks[*].defaultResult", ("CONTINUE", "ABANDON"), _HOOK),
            one_of(
                "initialLifecycleHooks[*].lifecycleTransition",
                ("autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"),
                _HOOK,
            ),
            between(
                "mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",
                0,
                100,
                "%",
                _SHARE,
            ),
            one_of(
                "mixedInstancesPolicy.instancesDistribution.onDemandAllocationStrategy",
                ("prioritized", "lowest-price"),
                _SHARE,
            ),
            one_of(
                "mixedInstancesPolicy.instancesDistribution.spotAllocationStrategy",
                (
                    *("lowest-price", "capacity-optimized", "capacity-optimized-prioritized"),
                    "price-capacity-optimized",
                ),
                _SHARE,
            ),
            instance_class(f"{_MIXED}.overrides[*].instanceType", "ec2"),
        ),
        references=(
            subnets("vpcZoneIdentifiers[*]", _BAD),
            _template("launchTemplate.id"),
            _template("launchTemplate.name", "name"),
            _template(f"{_MIXED}.launchTemplateSpecification.launchTemplateId"),
            _template(f"{_MIXED}.launchTemplateSpecification.launchTemplateName", "name"),
            _template(f"{_MIXED}.overrides[*].launchTemplateSpecification.launchTemplateId"),
            Reference("targetGroupArns[*]", (TARGET_GROUP,), ("arn",), _BAD, holds=False),
            Reference(
                "initialLifecycleHooks[*].notificationTargetArn",
                (TOPIC, QUEUE),
                by=("arn",),
                code=_BAD,
                holds=False,
            ),
            role("initialLifecycleHooks[*].roleArn", _BAD),
        ),
        world=(
            scaling_rules.template_is_whole,
            scaling_rules.rollback_has_an_image,
            scaling_rules.one_vpc,
            scaling_rules.targets_are_instances,
        ),
        keep=(scaling_rules.takes_policies_along,),
    ),
    TypeSpec(
        SCALING_POLICY,
        id="{in.autoscalingGroupName}/{in.name}",
        computed={
            "arn": arn_of(
                "autoscaling:scalingPolicy:{uuid}:autoScalingGroupName/{in.autoscalingGroupName}"
                ":policyName/{in.name}"
            ),
            "metricAggregationType": scaling_policy_rules.aggregation,
        },
        autoname=Autoname(longest=255),
        unique=("autoscalingGroupName", "name"),
        exists="AlreadyExists",
        rules=(
            length("name", 1, 255, _POLICY_API),
            one_of("policyType", scaling_policy_rules.TYPES, _POLICY_API),
            one_of("adjustmentType", scaling_policy_rules.ADJUSTMENTS, _POLICY_API),
            one_of("metricAggregationType", ("Minimum", "Maximum", "Average"), _POLICY_API),
            at_most_one(
                ("scalingAdjustment", "stepAdjustments"), says(_POLICY_FILE, "ConflictsWith")
            ),
            scaling_policy_rules.of_type(says(_POLICY_FILE, "getPutScalingPolicyInput")),
            scaling_policy_rules.steps(_API.format("API_StepAdjustment")),
            between("minAdjustmentMagnitude", 1, 2147483647, "instances", says(_POLICY_FILE)),
            scaling_policy_rules.tracked(_API.format("API_TargetTrackingConfiguration")),
            one_of(
                "targetTrackingConfiguration.predefinedMetricSpecification.predefinedMetricType",
                scaling_policy_rules.PREDEFINED,
                _API.format("API_PredefinedMetricSpecification"),
            ),
            one_of(
                "predictiveScalingConfiguration.mode",
                ("ForecastAndScale", "ForecastOnly"),
                _API.format("API_PredictiveScalingConfiguration"),
            ),
            one_of(
                "predictiveScalingConfiguration.maxCapacityBreachBehavior",
                ("HonorMaxCapacity", "IncreaseMaxCapacity"),
                _API.format("API_PredictiveScalingConfiguration"),
            ),
        ),
        references=(
            Reference("autoscalingGroupName", (SCALING_GROUP,), ("id", "name"), _BAD, holds=False),
        ),
    ),
)
