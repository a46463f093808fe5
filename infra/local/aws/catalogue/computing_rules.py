"""Rules and computed values of key pairs, network interfaces and volumes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime

from infra.local.aws.catalogue.compute_rules import volume
from infra.local.aws.catalogue.tokens import INSTANCE, SUBNET, VOLUME
from infra.local.aws.codec import Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_MODIFY_API = "https://docs.aws.amazon.com/ebs/latest/userguide/modify-volume-requirements.html"


def now(_making: Making) -> Value:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _key_bytes(text: str) -> bytes | None:
    """The decoded middle part of an OpenSSH key; None where it has no such form."""
    parts = text.split()
    if len(parts) < 2 or parts[0] not in ("ssh-rsa", "ssh-ed25519"):
        return None
    try:
        return base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        return None


def public_key(source: str) -> Rule:
    """EC2 takes RSA and ED25519 keys, in OpenSSH's form or PEM."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        value = inputs.get("publicKey")
        if not isinstance(value, str) or not known(value) or value.startswith("-----BEGIN"):
            return
        if _key_bytes(value) is None:
            yield Failure(
                "publicKey",
                "InvalidKey.Format: publicKey is no OpenSSH public key such as `ssh-ed25519 AAAA…`"
                f" ({source})",
            )

    return rule


def fingerprint(making: Making) -> Value:
    """MD5 in pairs for RSA keys, SHA-256 in base64 for ED25519 (userguide/verify-keys.html)."""
    text = str(making.given("publicKey"))
    data = _key_bytes(text) or text.encode()
    if text.startswith("ssh-ed25519"):
        return base64.b64encode(hashlib.sha256(data).digest()).decode()
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, 32, 2))


def key_type(making: Making) -> Value:
    return "ed25519" if str(making.given("publicKey")).startswith("ssh-ed25519") else "rsa"


def mac_address(making: Making) -> Value:
    """A locally administered address made from the id."""
    digits = hashlib.sha256(making.id.encode()).hexdigest()
    return ":".join(("02", *(digits[at : at + 2] for at in range(0, 10, 2))))


def interface_name(making: Making) -> Value:
    address = making.given("privateIp") or making.outputs.get("privateIp")
    return f"ip-{str(address).replace('.', '-')}.{making.region}.compute.internal"


def addresses_of_subnet(world: World, making: Making) -> None:
    """Every address of an interface lies in its subnet."""
    cidr = world.output(SUBNET, making.given("subnetId"), "cidrBlock")
    wanted = [*making.given("privateIps", []), making.given("privateIp")]
    for address in (text for text in wanted if text and cidr):
        if ipaddress.IPv4Address(address) not in ipaddress.IPv4Network(cidr):
            raise AwsError(
                "InvalidParameterValue",
                f"Address {address} does not fall within the subnet's address range {cidr}",
            )


def _kind(making: Making) -> str:
    return str(making.given("type", "gp2"))


def volume_iops(making: Making) -> Value:
    """What the kinds have without asking (userguide/ebs-volume-types.html)."""
    size = int(making.given("size", 8))
    return {"gp2": min(max(100, 3 * size), 16000), "gp3": 3000}.get(_kind(making))


def volume_throughput(making: Making) -> Value:
    return 125 if _kind(making) == "gp3" else None


def volume_of_kind(inputs: Properties, scope: Scope) -> Iterator[Failure]:
    """Kind and size fit together, and a volume has a size or a snapshot."""
    disk = {
        "volumeType": inputs.get("type") or "gp2",
        "volumeSize": inputs.get("size"),
        "kmsKeyId": inputs.get("kmsKeyId"),
        "encrypted": inputs.get("encrypted"),
    }
    for failure in volume("disk")({"disk": disk}, scope):
        yield Failure("type", failure.reason)
    if inputs.get("size") is None and inputs.get("snapshotId") is None:
        yield Failure("size", "MissingParameter: size or snapshotId is needed (API_CreateVolume)")
    kind = inputs.get("type")
    for name, kinds in (("throughput", ("gp3",)), ("iops", ("gp3", "io1", "io2"))):
        if inputs.get(name) is not None and known(kind) and kind not in kinds:
            yield Failure(
                name,
                f"InvalidParameterCombination: {name} goes with {', '.join(kinds)}, not {kind}"
                " (API_CreateVolume)",
            )
    if inputs.get("multiAttachEnabled") and kind not in ("io1", "io2"):
        yield Failure(
            "multiAttachEnabled",
            f"multiAttachEnabled goes with io1 and io2, not {kind} (API_CreateVolume)",
        )


def volume_only_grows(world: World, making: Making) -> None:
    before = world.output(VOLUME, making.id, "size") if making.id else None
    size = making.given("size")
    if isinstance(before, int) and isinstance(size, int) and size < before:
        raise AwsError(
            "InvalidParameterValue",
            f"New size cannot be smaller than existing size: {size} GiB, {before} GiB"
            f" ({_MODIFY_API})",
        )


def same_zone(world: World, making: Making) -> None:
    """Volume and instance stand in one zone."""
    there = world.output(INSTANCE, making.given("instanceId"), "availabilityZone")
    here = world.output(VOLUME, making.given("volumeId"), "availabilityZone")
    if there and here and there != here:
        raise AwsError(
            "InvalidVolume.ZoneMismatch",
            f"The volume {making.given('volumeId')!r} is in {here}, the instance in {there}",
        )
