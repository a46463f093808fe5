"""ElastiCache: who reads what is in it, on the wire and on disk."""

from __future__ import annotations

from collections.abc import Iterator

from infra.policy import types
from infra.policy.claims import customer_key, fault, is_given, is_true, must, wrong
from infra.policy.graph import Graph
from infra.policy.model import Finding, Profile, Resource, Severity, Where, control

_REDIS = (types.REDIS,)


@control(
    "A37",
    "Redis is encrypted on disk with our key",
    "elasticache.ReplicationGroup atRestEncryptionEnabled is true, kmsKeyId is a customer key",
    "ElastiCache.4 CKV_AWS_29/191",
    Severity.HIGH,
    _REDIS,
)
def redis_at_rest(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        yield from must(
            group, "atRestEncryptionEnabled", is_true, "must be true", "it can't be set later"
        )
        yield from customer_key(graph, group, "kmsKeyId")


@control(
    "A38",
    "Redis refuses connections without TLS",
    "elasticache.ReplicationGroup transitEncryptionEnabled is true, transitEncryptionMode required",
    "ElastiCache.5 CKV_AWS_30",
    Severity.HIGH,
    _REDIS,
    where=Where.AWS,
    alone=True,
)
def redis_in_transit(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        yield from must(
            group, "transitEncryptionEnabled", is_true, "must be true", "set gacp:redis.tls"
        )
        yield from must(
            group,
            "transitEncryptionMode",
            lambda value: value == "required",
            'must be required: "preferred" takes plain text too',
            "set it to required",
        )


@control(
    "A39",
    "Redis asks who is there",
    "elasticache.ReplicationGroup userGroupIds or authToken(Wo); the default user is off, no user "
    "without password",
    "ElastiCache.6 CKV_AWS_31",
    Severity.HIGH,
    _REDIS,
    where=Where.AWS,
)
def redis_users(graph: Graph, _: Profile) -> Iterator[Finding]:
    for group in graph.of(types.REDIS):
        tokens = (group.properties.get("authToken"), group.properties.get("authTokenWo"))
        if any(token not in (None, "") for token in tokens):
            continue
        user_groups = graph.linked(group, "userGroupIds", types.REDIS_USER_GROUP)
        if not user_groups:
            yield wrong(
                group,
                "userGroupIds",
                "must name a user group of this stack (or authTokenWo be given)",
                "set gacp:redis.auth to iam",
            )
        for user_group in user_groups:
            yield from _users(graph, user_group)


def _users(graph: Graph, user_group: Resource) -> Iterator[Finding]:
    if "default" in user_group.items("userIds"):
        yield wrong(
            user_group,
            "userIds",
            "must not hold AWS's default user, who needs no password",
            "name users of this stack",
        )
    users = graph.linked(user_group, "userIds", types.REDIS_USER)
    if not users:
        yield wrong(user_group, "userIds", "must name users of this stack", "name one")
    for user in users:
        signs_in = ("authenticationMode", "passwords", "passwordsWo")
        if not any(is_given(user.properties.get(key)) for key in signs_in):
            yield fault(user, "must sign in somehow", "set authentication_mode to iam")
        if user.get("noPasswordRequired") not in (None, False):
            yield wrong(user, "noPasswordRequired", "must be false", "use IAM or a password")
        kind = user.get("authenticationMode.type")
        if isinstance(kind, str) and kind.startswith("no-password"):
            yield wrong(user, "authenticationMode.type", "must ask for something", "use iam")
        if user.get("userName") == "default" and not str(user.get("accessString")).startswith(
            "off"
        ):
            yield wrong(user, "accessString", 'of the default user must begin "off"', "turn it off")
