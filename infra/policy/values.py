"""Property values as engines write them, turned into what controls read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from infra.policy.model import UNKNOWN, Options, Resource, Secret

# Marks of the protocol: sdk/go/common/resource/properties.go and plugin/rpc.go of pulumi/pulumi.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's own mark
UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a text, and the one that is used for all
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
# Outputs by which other resources name one.
_NAMES = (
    *("arn", "bucket", "clusterIdentifier", "id", "identifier", "keyId", "name", "repositoryUrl"),
    *("replicationGroupId", "userGroupId", "userId"),
)


def plain(value: Any) -> Any:
    """A value of the wire or of a state: unknowns and secrets as marks, whole numbers as ints."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        if given.get(SIGNATURE) == SECRET:
            return _secret(given)
        return {str(k): plain(v) for k, v in given.items() if k != SIGNATURE}
    return value


def _secret(mark: Mapping[str, Any]) -> Secret:
    if "value" in mark:
        return Secret(plain(mark["value"]))
    if "plaintext" in mark:  # of `stack export --show-secrets`
        return Secret(plain(json.loads(mark["plaintext"])))
    return Secret(UNKNOWN)


def plain_properties(values: Mapping[str, Any]) -> dict[str, Any]:
    """The properties without the SDK's and the engine's own keys (`__defaults`)."""
    return {k: v for k, v in plain(dict(values)).items() if not k.startswith("__")}


def identities_of(*sources: Mapping[str, Any]) -> frozenset[str]:
    """The known texts under which others may name a resource with these inputs and outputs."""
    found = (source.get(name) for source in sources for name in _NAMES)
    return frozenset(each for each in found if isinstance(each, str) and each)


def without_computed(
    properties: Mapping[str, Any], dependencies: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Outputs of a preview without those that nobody set: AWS will choose them.

    What the program leaves unknown always waits for some resource.
    """
    return {k: v for k, v in properties.items() if v is not UNKNOWN or dependencies.get(k)}


def resource_of(entry: Mapping[str, Any]) -> Resource | None:
    """One entry of a state (apitype.ResourceV3); `None` for what the program does not manage."""
    if entry.get("delete") or entry.get("external"):
        return None
    inputs = plain_properties(entry.get("inputs") or {})
    outputs = plain_properties(entry.get("outputs") or {})
    behind: Mapping[str, Any] = entry.get("propertyDependencies") or {}
    return Resource(
        urn=str(entry["urn"]),
        type=str(entry["type"]),
        name=str(entry["urn"]).rpartition("::")[2],
        properties=inputs,
        identities=identities_of(inputs, outputs, {"id": entry.get("id")}),
        options=Options(
            protect=bool(entry.get("protect")),
            deleted_with=str(entry.get("deletedWith") or ""),
        ),
        dependencies={name: tuple(urns or ()) for name, urns in behind.items()},
    )
