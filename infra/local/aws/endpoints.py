"""Where the services on loopback are, as the launchers wrote it (`.local/run/endpoints.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class EndpointsError(Exception):
    """`GACP_LOCAL_ENDPOINTS` names a file that is missing or is not of the agreed form."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One service. `username` is None where the service asks for no credentials."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The services by name; empty where the provider only records."""

    services: Mapping[str, Endpoint] = field(default_factory=dict[str, Endpoint])

    def get(self, service: str) -> Endpoint | None:
        return self.services.get(service)


def read_endpoints(path: str | None) -> Endpoints:
    """Read the file at `path`; without one there are no services.

    Raises `EndpointsError` naming the file, what is wrong with it and how it is written anew.
    """
    if not path:
        return Endpoints()
    try:
        document: Any = json.loads(Path(path).read_text("utf-8"))
        if document["version"] != 1:
            raise EndpointsError(
                f"{path} has version {document['version']}; this provider reads version 1"
            )
        return Endpoints({name: _endpoint(entry) for name, entry in document["services"].items()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EndpointsError(
            f"GACP_LOCAL_ENDPOINTS names {path}, which cannot be read as endpoints ({error!r}); "
            "`make up` writes it, and without the variable the provider only records"
        ) from error


def _endpoint(entry: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        str(entry["host"]),
        int(entry["port"]),
        bool(entry.get("tls", False)),
        entry.get("username"),
        entry.get("password"),
    )
