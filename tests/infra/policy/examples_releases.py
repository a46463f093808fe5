"""Examples of the controls of new machines and releases."""

from __future__ import annotations

from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import cut, put
from tests.infra.policy.example import Example, example, values

GROUP, ROLL_OUT = "Group::host", "Association::release"
HOOK = "initialLifecycleHooks.0"

EXAMPLES: dict[str, Example] = {
    "B23": example(
        t.AUTOSCALING_GROUP,
        red={
            "counts at once": put(GROUP, "initialLifecycleHooks", []),
            "perhaps counts at once": put(GROUP, "initialLifecycleHooks", UNKNOWN),
            "counts when it says nothing": put(GROUP, f"{HOOK}.defaultResult", "CONTINUE"),
            "held back when it goes": put(
                GROUP, f"{HOOK}.lifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING"
            ),
            "a template that waits": cut(GROUP, "instanceRefresh"),
            "the balancer is not asked": put(GROUP, "healthCheckType", "EC2"),
            "the balancer is perhaps asked": put(GROUP, "healthCheckType", UNKNOWN),
        },
        green={"no balancer": put(GROUP, "targetGroupArns", [])},
    ),
    "B24": example(
        t.ASSOCIATION,
        red={
            **values(ROLL_OUT, "maxConcurrency", "50%"),
            **values(ROLL_OUT, "maxErrors", "1"),
            **values(ROLL_OUT, "targets", []),
            **values(ROLL_OUT, "scheduleExpression", ""),
        },
    ),
}
