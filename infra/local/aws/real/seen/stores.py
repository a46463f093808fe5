"""Buckets, keys and secrets, as the AWS API on loopback has them. Values of secrets are not asked
for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import (
    BUCKET,
    DOC_CLUSTER,
    KEY,
    KEY_ALIAS,
    SECRET,
    SECRET_VERSION,
)
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.buckets import cors_rules, enforceable, lifecycle_rules, s3
from infra.local.aws.real.seen.common import See, asked, tags_in, there

_SETTING = "aws:s3/bucket{0}:Bucket{0}"
_ENCRYPTION = _SETTING.format("ServerSideEncryptionConfiguration")


def _bucket(api: Api, making: Making) -> Properties | None:
    client = s3(api, making)
    if not api.there(lambda: client.head_bucket(Bucket=making.id)):
        return None
    found = asked(api, lambda: client.get_bucket_tagging(Bucket=making.id))
    return {"tagsAll": tags_in(found["TagSet"] if found else [])}


def _setting(get: str, read: Callable[[Any, Making], Properties]) -> See:
    """A setting by the call that gets it; an empty answer is none."""

    def see(api: Api, making: Making) -> Properties | None:
        client = s3(api, making)
        found = asked(api, lambda: getattr(client, get)(Bucket=making.id))
        return None if found is None else read(found, making)

    return see


def _versioning(found: Any, making: Making) -> Properties:
    status = found.get("Status", "Disabled")
    return {
        "versioningConfiguration": {**making.given("versioningConfiguration"), "status": status}
    }


def _encryption(found: Any, _: Making) -> Properties:
    rules: list[Any] = []
    for rule in found["ServerSideEncryptionConfiguration"]["Rules"]:
        default = rule["ApplyServerSideEncryptionByDefault"]
        entry = {"sseAlgorithm": default["SSEAlgorithm"]}
        if default.get("KMSMasterKeyID"):
            entry["kmsMasterKeyId"] = default["KMSMasterKeyID"]
        keyed = bool(rule.get("BucketKeyEnabled"))
        rules.append({"applyServerSideEncryptionByDefault": entry, "bucketKeyEnabled": keyed})
    return {"rules": rules}


def _public_access(found: Any, _: Making) -> Properties:
    block = found["PublicAccessBlockConfiguration"]
    return {key[0].lower() + key[1:]: value for key, value in block.items()}


def _lifecycle(found: Any, making: Making) -> Properties:
    """The recorded rules as long as those there are what they come to: that API fills in much."""
    wanted = lifecycle_rules(making)
    rules: list[dict[str, Any]] = found["Rules"]
    same = len(rules) == len(wanted) and all(
        (a["ID"], a["Status"], _days(a)) == (b["ID"], b["Status"], _days(b))
        for a, b in zip(rules, wanted, strict=True)
    )
    return {} if same else {"rules": [_small(rule) for rule in rules]}


def _days(rule: Mapping[str, Any]) -> dict[str, Any]:
    names = ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
    return {name: rule[name] for name in names if rule.get(name)}


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "id" if key == "ID" else key[0].lower() + key[1:]: _small(item)
            for key, item in value.items()
        }
    return [_small(item) for item in value] if isinstance(value, list) else value


def _cors(found: Any, making: Making) -> Properties:
    rules = found["CORSRules"]
    return {} if rules == cors_rules(making) else {"corsRules": [_small(rule) for rule in rules]}


def _ownership(found: Any, _: Making) -> Properties:
    return {"rule": {"objectOwnership": found["OwnershipControls"]["Rules"][0]["ObjectOwnership"]}}


def _policy(api: Api, making: Making) -> Properties | None:
    """That API holds only what it can hold to; a policy of nothing else is recorded alone, until
    somebody puts another.
    """
    client, kept = s3(api, making), enforceable(making.given("policy"))
    found = asked(api, lambda: client.get_bucket_policy(Bucket=making.id)["Policy"])
    if found is None:
        return {} if kept is None else None
    return {} if kept is not None and _same(found, kept) else {"policy": found}


def _same(one: str, other: str) -> bool:
    return json.loads(one) == json.loads(other)


def _key(api: Api, making: Making) -> Properties | None:
    client, key = api.client("kms", making.region), api.real(making.id)
    found = asked(api, lambda: client.describe_key(KeyId=key)["KeyMetadata"])
    if found is None or found["KeyState"] == "PendingDeletion":
        return None
    with api.asking():
        rotates = client.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        tags = client.list_resource_tags(KeyId=key).get("Tags", [])
        seen: Properties = {
            "isEnabled": found["KeyState"] == "Enabled",
            "enableKeyRotation": rotates,
            "tagsAll": tags_in(tags, "TagKey", "TagValue"),
        }
        if making.given("policy"):
            seen["policy"] = client.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    return seen


def _alias(api: Api, making: Making) -> Properties | None:
    client = api.client("kms", making.region)
    aliases = asked(api, lambda: client.list_aliases()["Aliases"]) or []
    found = next((one for one in aliases if one["AliasName"] == making.id), None)
    if found is None:
        return None
    wanted = str(making.given("targetKeyId")).rpartition("/")[2]
    target = found.get("TargetKeyId")
    return {} if api.real(wanted) == target else {"targetKeyId": target}


def _secret(api: Api, making: Making) -> Properties | None:
    client, secret = api.client("secretsmanager", making.region), api.real(making.id)
    found = asked(api, lambda: client.describe_secret(SecretId=secret))
    if found is None or "DeletedDate" in found:
        return None
    key = found.get("KmsKeyId")
    return {
        "description": found.get("Description") or making.inputs.get("description"),
        **({"kmsKeyId": key} if key and making.given("kmsKeyId") else {}),
        "tagsAll": tags_in(found.get("Tags", [])),
    }


def _version(api: Api, making: Making) -> Properties | None:
    version = api.real(str(making.outputs.get("versionId")))
    client, secret = (
        api.client("secretsmanager", making.region),
        api.real(str(making.given("secretId"))),
    )
    if making.given("secretString") is None:
        return {}  # write-only: whose value it is now is not the stack's to know
    return there(
        api,
        lambda: version in client.describe_secret(SecretId=secret).get("VersionIdsToStages", {}),
    )


def _cluster(_api: Api, _making: Making) -> Properties:
    return {}  # a cluster is only recorded, whatever became of the secret of its password


SEEN: Mapping[str, See] = {
    BUCKET: _bucket,
    _SETTING.format("Versioning"): _setting("get_bucket_versioning", _versioning),
    _ENCRYPTION: _setting("get_bucket_encryption", _encryption),
    _SETTING.format("PublicAccessBlock"): _setting("get_public_access_block", _public_access),
    _SETTING.format("Policy"): _policy,
    _SETTING.format("LifecycleConfiguration"): _setting(
        "get_bucket_lifecycle_configuration", _lifecycle
    ),
    _SETTING.format("OwnershipControls"): _setting("get_bucket_ownership_controls", _ownership),
    _SETTING.format("CorsConfiguration"): _setting("get_bucket_cors", _cors),
    KEY: _key,
    KEY_ALIAS: _alias,
    SECRET: _secret,
    SECRET_VERSION: _version,
    DOC_CLUSTER: _cluster,
}
