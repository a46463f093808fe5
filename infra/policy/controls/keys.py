"""KMS keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.policy import types
from infra.policy.claims import (
    Statement,
    actions_of,
    at_least,
    everybodys,
    fault,
    is_derived,
    is_of_account,
    is_true,
    must,
    protected,
    statements,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control

_KEY = (types.KEY,)


@control(
    "A54",
    "Keys are rotated, slow to delete, and not for everybody",
    "kms.Key enableKeyRotation is true, deletionWindowInDays is 30, policy allows no Principal * "
    "and no service for every account, and everything to the account alone; option protect",
    "KMS.3/4/5 CKV_AWS_7/33 CKV2_AWS_64",
    Severity.CRITICAL,
    _KEY,
    where=Where.AWS,
)
def key_care(graph: Graph, _: Profile) -> Iterator[Finding]:
    for key in graph.of(types.KEY):
        yield from must(key, "enableKeyRotation", is_true, "must be true", "set it to true")
        yield from must(
            key,
            "deletionWindowInDays",
            at_least(30),
            "must be 30: what it encrypted is lost with it",
            "raise gacp:safety.recoveryDays",
        )
        yield from protected(key)
        if is_derived(graph, key, "policy"):
            continue
        listed = statements(key.get("policy"))
        if listed is None:
            yield wrong(key, "policy", "must be a policy that can be read", "write one")
            continue
        yield from everybodys(key, listed)
        yield from _too_much(key, listed)


def _too_much(key: Resource, listed: Sequence[Statement]) -> Iterator[Finding]:
    """Only the account itself may do everything; who makes grants does so for a service of AWS."""
    for each in listed:
        if each.get("Effect") != "Allow" or is_of_account(each):
            continue
        sid, actions = each.get("Sid", "without Sid"), actions_of(each)
        if any(action in ("*", "kms:*") for action in actions):
            yield fault(key, f"must name what may be done with it ({sid})", "list the actions")
        if "kms:CreateGrant" in actions and not each.get("Condition"):
            rule = f"must not allow kms:CreateGrant without a condition ({sid})"
            yield fault(key, rule, "add kms:GrantIsForAWSResource")
