"""The provider's configuration, from `aws:*` of the stack or an explicit provider's arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.aws.codec import UNKNOWN, Properties, Value, plain
from infra.local.aws.spec import Failure
from infra.regions.table import regions


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """What counts of the configuration here; credentials and endpoints are accepted and ignored."""

    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


def normalised(args: Properties) -> Properties:
    """Arguments with nested values as objects (the SDK sends them, and config values, as JSON
    text).
    """
    return {key: _parsed(value) for key, value in plain(args).items()}


def _parsed(value: Value) -> Value:
    if isinstance(value, str) and value[:1] in "{[" and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def config_failures(args: Properties) -> list[Failure]:
    """Refusals of CheckConfig: the region must be known, if it is given already."""
    region = normalised(args).get("region")
    if region is None:
        return [
            Failure(
                "region",
                "aws:region is not set; write `aws:region: ap-southeast-1` into the stack file",
            )
        ]
    if region != UNKNOWN and region not in regions():
        return [
            Failure("region", f"aws:region {region!r} is not an AWS region such as ap-southeast-1")
        ]
    return []


def read_config(args: Properties, variables: Mapping[str, str]) -> ProviderConfig:
    """`variables` is the older form (`aws:config:region`), used where `args` is empty.

    Raises ValueError when there is no region.
    """
    if not args:
        args = {key.removeprefix("aws:config:"): value for key, value in variables.items()}
    settings = normalised(args)
    region = settings.get("region")
    if not isinstance(region, str) or region not in regions():
        raise ValueError(f"aws:region is {region!r}; it must be a region such as ap-southeast-1")
    tags = (settings.get("defaultTags") or {}).get("tags") or {}
    return ProviderConfig(region, {str(key): str(value) for key, value in tags.items()})
