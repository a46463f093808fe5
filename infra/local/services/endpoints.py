"""Where the services are, in the one file that the AWS provider reads.

`MONGODB_URI`, `REDIS_QUEUE_URL`, `REDIS_CACHE_URL` and `REDIS_URL` (both) fill the same file: a
given service is used as stack output like an embedded one, and none is started in its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from infra.local.services.errors import ServicesError
from infra.local.services.files import write_if_changed

VERSION = 1

# Which variable gives which service; an earlier one wins over a later.
GIVEN: Mapping[str, tuple[str, ...]] = {
    "database": ("MONGODB_URI",),
    "redis-queue": ("REDIS_QUEUE_URL", "REDIS_URL"),
    "redis-cache": ("REDIS_CACHE_URL", "REDIS_URL"),
}
DEFAULT_PORTS = {"mongodb": 27017, "redis": 6379, "rediss": 6379}
WITH_TLS = {"rediss"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One service's address. Credentials are `None` where it asks for none."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = None
    view_port: int | None = None

    def as_json(self) -> dict[str, object]:
        plain: dict[str, object] = {"host": self.host, "port": self.port, "tls": self.tls}
        plain |= {"username": self.username, "password": self.password}
        return plain if self.view_port is None else {**plain, "viewPort": self.view_port}


def given_endpoints(environment: Mapping[str, str]) -> dict[str, Endpoint]:
    """The services that the caller brings along. Raises `ServicesError` for an unusable address."""
    found: dict[str, Endpoint] = {}
    for service, variables in GIVEN.items():
        for variable in variables:
            if environment.get(variable):
                found[service] = _parse(variable, environment[variable])
                break
    return found


def write_endpoints(path: Path, services: Mapping[str, Endpoint]) -> bool:
    """Write the file (0600: it may hold passwords) and say whether anything changed."""
    content = {
        "version": VERSION,
        "services": {name: endpoint.as_json() for name, endpoint in services.items()},
    }
    return write_if_changed(path, json.dumps(content, indent=2, sort_keys=True) + "\n", 0o600)


def read_endpoints(path: Path) -> dict[str, Endpoint]:
    """What was written. Raises `ServicesError` where there is no such file or it isn't ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ServicesError(
                f"{path} has version {content['version']}, this checkout writes {VERSION}: "
                "run `make up`, which writes it anew"
            )
        return {name: _read(service) for name, service in content["services"].items()}
    except FileNotFoundError as error:
        raise ServicesError(f"{path} is not there: run `make up` first") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServicesError(
            f"{path} can't be read ({error!r}): delete it and run `make up`, which writes it anew"
        ) from error


def _read(service: Mapping[str, object]) -> Endpoint:
    def text(name: str) -> str | None:
        value = service.get(name)
        return None if value is None else str(value)

    view = service.get("viewPort")
    return Endpoint(
        host=str(service["host"]),
        port=int(str(service["port"])),
        tls=bool(service["tls"]),
        username=text("username"),
        password=text("password"),
        view_port=None if view is None else int(str(view)),
    )


def _parse(variable: str, value: str) -> Endpoint:
    # The value may hold a password: no error text repeats more of it than scheme and host.
    schemes = ("mongodb",) if variable == "MONGODB_URI" else ("redis", "rediss")
    example = f"{schemes[0]}://user:password@127.0.0.1:{DEFAULT_PORTS[schemes[0]]}"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        # `port` also raises for a list of hosts, which mongodb:// allows and stack outputs don't.
        raise ServicesError(
            f"{variable} must name one host and a numeric port, such as {example}"
        ) from error
    if parts.scheme not in schemes or not parts.hostname:
        raise ServicesError(
            f"{variable} starts with {parts.scheme or 'no scheme'}://: write it such as {example}"
        )
    return Endpoint(
        host=parts.hostname,
        port=port or DEFAULT_PORTS[parts.scheme],
        tls=parts.scheme in WITH_TLS or _asks_for_tls(parts),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _asks_for_tls(parts: SplitResult) -> bool:
    options = parse_qs(parts.query)
    return any(options.get(name) == ["true"] for name in ("tls", "ssl"))
