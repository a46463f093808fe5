"""What the modules of this package share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api

type See = Callable[[Api, Making], Properties | None]
"""Inputs as that API has them (only those that it holds); None where the resource is gone.

The key `tagsAll` stands for all tags of the resource."""


def asked(api: Api, ask: Callable[[], Any]) -> Any:
    """The answer; None where it is empty or the API says that this is gone."""
    found: list[Any] = []

    def look() -> Any:
        found.append(ask())
        return found[-1]

    return found[-1] if api.there(look) else None


def tags_in(entries: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> Any:
    """Tags as a map; AWS's own are nobody's."""
    return {e[key]: e[value] for e in entries if not e[key].startswith("aws:")}


def named(api: Api, recorded: Any, found: Any) -> Any:
    """An id that was found there, as the record knows it."""
    return recorded if isinstance(recorded, str) and api.real(recorded) == found else found


def text_of(policy: Any) -> str:
    """A policy as JSON text; boto3 gives those of IAM as objects."""
    return policy if isinstance(policy, str) else json.dumps(policy, sort_keys=True)


def there(api: Api, ask: Callable[[], Any]) -> Properties | None:
    """For what has nothing that can change: whether it is there."""
    return {} if api.there(ask) else None
