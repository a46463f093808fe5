"""KMS keys and secrets on the AWS API on loopback, and the secret that a managed database password
is.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from infra.local.aws.catalogue.tokens import DOC_CLUSTER, KEY, KEY_ALIAS, SECRET, SECRET_VERSION
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser


def _kms(api: Api, making: Making) -> Any:
    return api.client("kms", making.region)


def _vault(api: Api, making: Making) -> Any:
    return api.client("secretsmanager", making.region)


def _make_key(api: Api, making: Making) -> Properties:
    policy = making.given("policy")
    with api.asking():
        made = _kms(api, making).create_key(
            Description=making.given("description", ""),
            KeyUsage=making.given("keyUsage", "ENCRYPT_DECRYPT"),
            KeySpec=making.given("customerMasterKeySpec", "SYMMETRIC_DEFAULT"),
            MultiRegion=bool(making.given("multiRegion")),
            **({"Policy": policy} if policy else {}),
        )["KeyMetadata"]
    return {"id": made["KeyId"], "arn": made["Arn"]}


def _has_key(api: Api, making: Making) -> bool:
    client, key = _kms(api, making), api.real(making.id)
    return api.there(
        lambda: client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion"
    )


def _settle_key(api: Api, making: Making) -> None:
    client, key = _kms(api, making), api.real(making.id)
    with api.asking():
        if making.given("enableKeyRotation"):
            client.enable_key_rotation(KeyId=key)
        elif making.given("customerMasterKeySpec") == "SYMMETRIC_DEFAULT":
            client.disable_key_rotation(KeyId=key)
        if making.given("policy"):
            client.put_key_policy(KeyId=key, PolicyName="default", Policy=making.given("policy"))
        wanted: dict[str, str] = making.outputs.get("tagsAll") or {}
        found = client.list_resource_tags(KeyId=key).get("Tags", [])
        if strange := sorted({tag["TagKey"] for tag in found} - wanted.keys()):
            client.untag_resource(KeyId=key, TagKeys=strange)
        if wanted:
            client.tag_resource(KeyId=key, Tags=tag_list(wanted, "TagKey", "TagValue"))
        change = client.disable_key if making.given("isEnabled") is False else client.enable_key
        change(KeyId=key)


def _remove_key(api: Api, making: Making) -> None:
    client, key = _kms(api, making), api.real(making.id)
    days = making.given("deletionWindowInDays", 30)
    if _has_key(api, making):
        api.away(lambda: client.schedule_key_deletion(KeyId=key, PendingWindowInDays=days))


def _make_alias(api: Api, making: Making) -> Properties:
    target = str(making.given("targetKeyId")).rpartition("/")[2]
    with api.adopting("AlreadyExistsException"):
        _kms(api, making).create_alias(AliasName=making.given("name"), TargetKeyId=api.real(target))
    return {}


def _has_alias(api: Api, making: Making) -> bool:
    client = _kms(api, making)
    return api.there(
        lambda: [a for a in client.list_aliases()["Aliases"] if a["AliasName"] == making.id]
    )


def _settle_alias(api: Api, making: Making) -> None:
    target = str(making.given("targetKeyId")).rpartition("/")[2]
    with api.asking():
        _kms(api, making).update_alias(AliasName=making.id, TargetKeyId=api.real(target))


def _remove_alias(api: Api, making: Making) -> None:
    client = _kms(api, making)
    api.away(lambda: client.delete_alias(AliasName=making.id))


def _make_secret(api: Api, making: Making) -> Properties:
    """A secret without a value. One whose record was lost is taken with its value and ARN."""
    client, name = _vault(api, making), making.given("name")
    key = {"KmsKeyId": making.given("kmsKeyId")} if making.given("kmsKeyId") else {}
    with api.adopting("ResourceExistsException"):
        client.create_secret(Name=name, Description=making.given("description", ""), **key)
    with api.asking():
        return {"id": client.describe_secret(SecretId=name)["ARN"]}


def _has_secret(api: Api, making: Making) -> bool:
    client, secret = _vault(api, making), api.real(making.id)
    return api.there(lambda: "DeletedDate" not in client.describe_secret(SecretId=secret))


def _settle_secret(api: Api, making: Making) -> None:
    client, secret = _vault(api, making), api.real(making.id)
    tags: dict[str, str] = making.outputs.get("tagsAll") or {}
    with api.asking():
        found = client.describe_secret(SecretId=secret)
        strange = sorted({tag["Key"] for tag in found.get("Tags", [])} - tags.keys())
        if strange:
            client.untag_resource(SecretId=secret, TagKeys=strange)
        if tags:
            client.tag_resource(SecretId=secret, Tags=tag_list(tags))
        wanted = {"Description": making.given("description", "")}
        wanted |= {"KmsKeyId": making.given("kmsKeyId")} if making.given("kmsKeyId") else {}
        if any(found.get(name, "") != value for name, value in wanted.items()):
            client.update_secret(SecretId=secret, **wanted)


def _remove_secret(api: Api, making: Making) -> None:
    """Deleted at once whatever the recovery window: a local name must be free for the next `up`."""
    client, secret = _vault(api, making), api.real(making.id)
    api.away(lambda: client.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True))


def _make_version(api: Api, making: Making) -> Properties:
    value = making.given("secretString") or making.given("secretStringWo")
    if value is None:
        return {}  # a write-only value that was lost cannot be put again
    with api.asking():
        made = _vault(api, making).put_secret_value(
            SecretId=api.real(making.given("secretId")),
            SecretString=value,
            VersionStages=making.given("versionStages") or ["AWSCURRENT"],
        )
    return {"versionId": made["VersionId"]}


def _has_version(api: Api, making: Making) -> bool:
    client, secret = _vault(api, making), api.real(making.given("secretId"))
    version = api.real(str(making.outputs.get("versionId")))
    return api.there(
        lambda: version in client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})
    )


def _make_managed_password(api: Api, making: Making) -> Properties:
    """The secret of `manageMasterUserPassword`: what the local database asks for, if it asks for
    anything.
    """
    local = making.endpoints.get("database")
    if not making.given("manageMasterUserPassword") or local is None or not local.username:
        return {}
    name = f"rds!cluster-{making.given('clusterIdentifier')}-{secrets.token_hex(4)}"
    value = json.dumps({"username": local.username, "password": local.password})
    with api.asking():
        made = _vault(api, making).create_secret(Name=name, SecretString=value)
    entry = {
        "kmsKeyId": making.given("kmsKeyId", ""),
        "secretArn": made["ARN"],
        "secretStatus": "active",
    }
    return {"masterUserSecrets": [entry]}


def _has_managed_password(api: Api, making: Making) -> bool:
    client = _vault(api, making)
    return all(api.there(partial(client.describe_secret, SecretId=arn)) for arn in _managed(making))


def _remove_managed_password(api: Api, making: Making) -> None:
    client = _vault(api, making)
    for arn in _managed(making):
        api.away(partial(client.delete_secret, SecretId=arn, ForceDeleteWithoutRecovery=True))


def _managed(making: Making) -> list[str]:
    entries: list[Any] = making.outputs.get("masterUserSecrets") or []
    return [entry["secretArn"] for entry in entries]


REALISERS: Mapping[str, Realiser] = {
    KEY: Realiser(_make_key, _has_key, _remove_key, _settle_key),
    KEY_ALIAS: Realiser(_make_alias, _has_alias, _remove_alias, _settle_alias),
    SECRET: Realiser(_make_secret, _has_secret, _remove_secret, _settle_secret),
    SECRET_VERSION: Realiser(_make_version, _has_version),
    DOC_CLUSTER: Realiser(_make_managed_password, _has_managed_password, _remove_managed_password),
}
