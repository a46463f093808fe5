"""S3 buckets and their settings on the AWS API on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from infra.local.aws.catalogue.tokens import BUCKET
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser

type Put = Callable[[Any, Making], Any]


def s3(api: Api, making: Making) -> Any:
    return api.client("s3", making.region)


def _make_bucket(api: Api, making: Making) -> Properties:
    place: dict[str, Any] = {}
    if making.region != "us-east-1":
        place["CreateBucketConfiguration"] = {"LocationConstraint": making.region}
    with api.adopting("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
        s3(api, making).create_bucket(
            Bucket=making.given("bucket"),
            ObjectLockEnabledForBucket=bool(making.given("objectLockEnabled")),
            **place,
        )
    return {}


def _settle_bucket(api: Api, making: Making) -> None:
    tags = {"TagSet": tag_list(making.outputs.get("tagsAll"))}
    with api.asking():
        s3(api, making).put_bucket_tagging(Bucket=making.id, Tagging=tags)


def _has_bucket(api: Api, making: Making) -> bool:
    client = s3(api, making)
    return api.there(lambda: client.head_bucket(Bucket=making.id))


def _remove_bucket(api: Api, making: Making) -> None:
    """A bucket with objects is refused by the API, unless `forceDestroy` empties it first."""
    client = s3(api, making)
    if making.given("forceDestroy") and _has_bucket(api, making):
        _empty(api, client, making.id)
    api.away(lambda: client.delete_bucket(Bucket=making.id))


def _empty(api: Api, client: Any, bucket: str) -> None:
    with api.asking():
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            if keys:
                client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def _setting(put: Put, drop: Put | None = None) -> Realiser:
    """A setting is put again whenever it may differ; it is there when its bucket is."""

    def settle(api: Api, making: Making) -> None:
        with api.asking():
            put(s3(api, making), making)

    def make(_api: Api, _making: Making) -> Properties:
        return {}

    def present(_api: Api, _making: Making) -> bool:
        return False  # cheap to put, and the bucket may have been made anew without it

    def remove(api: Api, making: Making) -> None:
        if drop is not None:
            api.away(partial(drop, s3(api, making), making))

    return Realiser(make, present, remove, settle)


def _versioning(client: Any, making: Making) -> None:
    status = making.given("versioningConfiguration")["status"]
    if status != "Disabled":
        client.put_bucket_versioning(Bucket=making.id, VersioningConfiguration={"Status": status})


def _encryption(client: Any, making: Making) -> None:
    rules: list[Any] = []
    for rule in making.given("rules"):
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        entry = {"SSEAlgorithm": default.get("sseAlgorithm", "AES256")}
        if default.get("kmsMasterKeyId"):
            entry["KMSMasterKeyID"] = default["kmsMasterKeyId"]
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": entry,
                "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled")),
            }
        )
    client.put_bucket_encryption(
        Bucket=making.id, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _public_access(client: Any, making: Making) -> None:
    names = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
    block = {name[0].upper() + name[1:]: bool(making.given(name)) for name in names}
    client.put_public_access_block(Bucket=making.id, PublicAccessBlockConfiguration=block)


def lifecycle_rules(making: Making) -> list[dict[str, Any]]:
    return [_lifecycle_rule(rule) for rule in making.given("rules", [])]


def _lifecycle(client: Any, making: Making) -> None:
    rules = lifecycle_rules(making)
    client.put_bucket_lifecycle_configuration(
        Bucket=making.id, LifecycleConfiguration={"Rules": rules}
    )


def _capital(value: Any) -> Any:
    """Names as the API writes them: `daysAfterInitiation` -> `DaysAfterInitiation`."""
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: _capital(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_capital(item) for item in value]
    return value


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"ID": rule["id"], "Status": rule["status"]}
    for name in (
        "expiration",
        "abortIncompleteMultipartUpload",
        "transitions",
        "noncurrentVersionTransitions",
        "noncurrentVersionExpiration",
    ):
        if rule.get(name):
            out[name[0].upper() + name[1:]] = _capital(rule[name])
    chosen: dict[str, Any] = dict(rule.get("filter") or {})
    for key in ("and", "tag"):
        if isinstance(chosen.get(key), dict) and isinstance(chosen[key].get("tags"), dict):
            chosen[key] = {**chosen[key], "tags": tag_list(chosen[key]["tags"])}
    out["Filter"] = _capital(chosen) or {"Prefix": rule.get("prefix") or ""}
    return out


def _ownership(client: Any, making: Making) -> None:
    rules = [{"ObjectOwnership": making.given("rule")["objectOwnership"]}]
    client.put_bucket_ownership_controls(Bucket=making.id, OwnershipControls={"Rules": rules})


def _policy(client: Any, making: Making) -> None:
    policy = enforceable(making.given("policy"))
    if policy is None:
        client.delete_bucket_policy(Bucket=making.id)
    else:
        client.put_bucket_policy(Bucket=making.id, Policy=policy)


def enforceable(policy: str) -> str | None:
    """What of a bucket policy (JSON) the API on loopback can hold to; `None` where nothing is left.

    moto decides a statement by its action and resource and doesn't look at `Condition`: it would
    take "deny what comes without TLS" for "deny all". Such statements stay in the recorded state.
    """
    document = json.loads(policy)
    statements = document["Statement"]
    statements = [statements] if isinstance(statements, dict) else statements
    kept = [statement for statement in statements if not statement.get("Condition")]
    return json.dumps({**document, "Statement": kept}) if kept else None


def cors_rules(making: Making) -> list[dict[str, Any]]:
    return [_capital(rule) for rule in making.given("corsRules")]


def _cors(client: Any, making: Making) -> None:
    rules = cors_rules(making)
    client.put_bucket_cors(Bucket=making.id, CORSConfiguration={"CORSRules": rules})


REALISERS: Mapping[str, Realiser] = {
    BUCKET: Realiser(_make_bucket, _has_bucket, _remove_bucket, _settle_bucket),
    "aws:s3/bucketVersioning:BucketVersioning": _setting(_versioning),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _setting(
            _encryption, lambda client, making: client.delete_bucket_encryption(Bucket=making.id)
        )
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        _public_access, lambda client, making: client.delete_public_access_block(Bucket=making.id)
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(
        _policy, lambda client, making: client.delete_bucket_policy(Bucket=making.id)
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        _lifecycle, lambda client, making: client.delete_bucket_lifecycle(Bucket=making.id)
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        _ownership,
        lambda client, making: client.delete_bucket_ownership_controls(Bucket=making.id),
    ),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _setting(
        _cors, lambda client, making: client.delete_bucket_cors(Bucket=making.id)
    ),
}
