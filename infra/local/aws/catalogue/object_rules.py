"""Rules and computed values of S3 objects, access control lists and websites."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.storage_rules import blocks_public
from infra.local.aws.catalogue.tokens import OBJECT, OBJECT_2, OWNERSHIP, VERSIONING
from infra.local.aws.codec import Properties, Value, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

# Regions whose website endpoints are written with a hyphen; the others have a dot there.
# https://docs.aws.amazon.com/general/latest/gr/s3.html, website endpoints.
_HYPHEN_REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }
)


def website_domain(making: Making) -> Value:
    joint = "-" if making.region in _HYPHEN_REGIONS else "."
    return f"s3-website{joint}{making.region}.amazonaws.com"


def website_endpoint(making: Making) -> Value:
    return f"{making.given('bucket')}.{website_domain(making)}"


def _content(making: Making) -> bytes:
    """What the object holds; of a file its hash stands for it, since assets are never opened."""
    if making.given("content") is not None:
        return str(making.given("content")).encode()
    if making.given("contentBase64") is not None:
        return base64.b64decode(making.given("contentBase64"))
    source: Any = making.given("source")
    return json.dumps(source, sort_keys=True).encode() if source is not None else b""


def etag(making: Making) -> Value:
    """MD5 of the content, as S3 gives it for one-part uploads without KMS (API_Object)."""
    return hashlib.md5(_content(making), usedforsecurity=False).hexdigest()


def version(making: Making) -> Value:
    """A versioned bucket gives every write another version."""
    settings: Any = making.world.output(
        VERSIONING, making.given("bucket"), "versioningConfiguration"
    )
    return secrets.token_urlsafe(24) if (settings or {}).get("status") == "Enabled" else None


def base64_content(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get("contentBase64")
        if isinstance(value, str) and known(value):
            try:
                base64.b64decode(value, validate=True)
            except binascii.Error as error:
                yield Failure("contentBase64", f"contentBase64 is not base64 ({error}) ({source})")

    return rule


def object_tags(source: str) -> Rule:
    """An object takes ten tags, a bucket fifty."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        tags: Any = inputs.get("tags")
        if isinstance(tags, dict) and len(tags) > 10:
            yield Failure("tags", f"BadRequest: {len(tags)} tags; an object takes 10 ({source})")

    return rule


def one_object_a_key(world: World, making: Making) -> None:
    """A key holds one object: a second resource for it would overwrite the first's."""
    identity = f"{making.given('bucket')}/{making.given('key')}"
    for token in (OBJECT, OBJECT_2):
        if world.store.get(token, identity) and (token, identity) != (making.token, making.id):
            raise AwsError(
                "ObjectAlreadyManaged",
                f"{identity} is another resource's object already; give it another key",
                state=True,
            )


def acl_is_allowed(world: World, making: Making) -> None:
    """A bucket takes ACLs only if its ownership controls do, and public ones only if it does not
    block them (new buckets have neither: userguide/about-object-ownership.html).
    """
    bucket, acl = making.given("bucket"), making.given("acl")
    if acl is None and making.given("accessControlPolicy") is None:
        return
    rule: Any = world.output(OWNERSHIP, bucket, "rule") or {}
    if acl != "private" and rule.get("objectOwnership") in (None, "BucketOwnerEnforced"):
        raise AwsError(
            "AccessControlListNotSupported",
            f"The bucket {bucket} does not allow ACLs: its ownership is BucketOwnerEnforced unless"
            " a BucketOwnershipControls says otherwise and is made before",
            state=True,
        )
    public = str(acl).startswith("public-") or acl == "authenticated-read"
    if public and blocks_public(world, bucket, "blockPublicAcls"):
        raise AwsError(
            "AccessDenied",
            f"{bucket} blocks public ACLs, as new buckets do, and {acl} is one; a"
            " BucketPublicAccessBlock that allows it is made before",
            state=True,
        )


def no_legal_hold(_world: World, making: Making) -> None:
    """A held version is not deleted; `forceDestroy` lifts the hold (object.go: ForceDestroy)."""
    if making.given("objectLockLegalHoldStatus") == "ON" and not making.given("forceDestroy"):
        raise AwsError(
            "AccessDenied",
            f"{making.id} is under legal hold; take it off, or set forceDestroy",
            state=True,
        )


def some_page(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("indexDocument", "redirectAllRequestsTo")
        if not any(inputs.get(name) for name in names):
            yield Failure("indexDocument", f"one of {', '.join(names)} is needed ({source})")

    return rule


def routing_rules(source: str) -> Rule:
    """A redirect replaces the whole key or its prefix, with a code of its own kind."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for redirect in blocks(inputs, "routingRules[*].redirect"):
            both = ("replaceKeyPrefixWith", "replaceKeyWith")
            if all(redirect.get(name) is not None for name in both):
                yield Failure("routingRules", f"{' and '.join(both)} exclude each other ({source})")
            code = redirect.get("httpRedirectCode")
            if known(code) and not str(code).startswith("3"):
                yield Failure(
                    "routingRules",
                    f"httpRedirectCode {code!r} is no redirect such as 301 ({source})",
                )
        text = inputs.get("routingRuleDetails")
        if isinstance(text, str) and known(text) and not isinstance(_parsed(text), list):
            yield Failure("routingRuleDetails", f"routingRuleDetails is no JSON list ({source})")

    return rule


def _parsed(text: str) -> Any:
    try:
        return plain(json.loads(text))
    except ValueError:
        return None
