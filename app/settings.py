"""Typed settings from the environment, complete or refused with every fault named at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PLACEHOLDER = "<CHANGE_ME>"
ENVIRONMENTS = ("local", "dev", "staging", "cheap", "prod")
# Who runs the database: the stack, or somebody else, whose servers are named or found in DNS.
DOCUMENTDB, SEEDED = "documentdb", "mongodb+srv"
DATABASE_KINDS = (DOCUMENTDB, "mongodb", SEEDED)
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """The environment is incomplete or wrong; `faults` has one line a name."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "refusing to start; correct these and start again:\n  " + "\n  ".join(faults)
        )
        self.faults = faults


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where MongoDB is; `kind` is one of `DATABASE_KINDS`. An empty `secret_arn` means no
    credentials."""

    kind: str
    host: str
    port: int
    tls: bool
    name: str
    secret_arn: str


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """Where a Redis is. `auth` is `none` or `iam` (a signed token as the password of `user`);
    `cluster` says that `host` tells of the shards of a cluster."""

    host: str
    port: int
    tls: bool
    user: str
    auth: str
    cluster: bool = False


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail is handed over. An empty `secret_arn` means no credentials."""

    host: str
    port: int
    tls: bool
    sender: str
    secret_arn: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the application is told; what is secret it fetches by ARN (`app.core.secrets`).

    `public_url` has no trailing slash.
    """

    environment: str
    region: str
    database: DatabaseSettings
    redis_queue: RedisSettings
    redis_cache: RedisSettings
    bucket_documents: str
    bucket_backups: str
    app_secret_arn: str
    mail: MailSettings
    public_url: str
    log_level: str
    log_format: str

    @property
    def is_local(self) -> bool:
        return self.environment == "local"


class _Reader:
    """Reads names, and keeps a list of what is wrong instead of stopping at the first fault."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        value = self._environment.get(name)
        if value is None or (not value.strip() and not may_be_empty):
            self.faults.append(f"{name} is missing")
            return ""
        if PLACEHOLDER in value:
            self.faults.append(f"{name} still holds {PLACEHOLDER}")
        return value.strip()

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and PLACEHOLDER not in value and value not in options:
            self.faults.append(f"{name} is {value!r}: one of {', '.join(options)}")
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name, ("true", "false")) == "true"

    def port(self, name: str) -> int:
        value = self.text(name)
        if not value or PLACEHOLDER in value:
            return 0
        if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
            self.faults.append(f"{name} is {value!r}: a port is a number from 1 to 65535")
            return 0
        return int(value)

    def url(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.query
        if value and PLACEHOLDER not in value and not fits:
            self.faults.append(f"{name} is {value!r}: an address such as https://gacp.example")
        return value


def _redis(read: _Reader, prefix: str, *, may_be_cluster: bool = False) -> RedisSettings:
    auth = read.choice(f"{prefix}_AUTH", ("none", "iam"))
    return RedisSettings(
        host=read.text(f"{prefix}_HOST"),
        port=read.port(f"{prefix}_PORT"),
        tls=read.flag(f"{prefix}_TLS"),
        user=read.text(f"{prefix}_USER", may_be_empty=auth != "iam"),
        auth=auth,
        cluster=may_be_cluster and read.flag(f"{prefix}_CLUSTER"),
    )


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (the process's own by default).

    Raises `SettingsError` that lists every name that is missing, malformed, still a placeholder,
    or a value of the local platform used elsewhere.
    """
    given = os.environ if environment is None else environment
    read = _Reader(given)
    settings = Settings(
        environment=read.choice("GACP_ENVIRONMENT", ENVIRONMENTS),
        region=read.text("AWS_REGION"),
        database=DatabaseSettings(
            kind=read.choice("DATABASE_KIND", DATABASE_KINDS),
            host=read.text("DATABASE_HOST"),
            port=read.port("DATABASE_PORT"),
            tls=read.flag("DATABASE_TLS"),
            name=read.text("DATABASE_NAME"),
            secret_arn=read.text("DATABASE_SECRET_ARN", may_be_empty=True),
        ),
        redis_queue=_redis(read, "REDIS_QUEUE"),
        redis_cache=_redis(read, "REDIS_CACHE", may_be_cluster=True),
        bucket_documents=read.text("BUCKET_DOCUMENTS"),
        bucket_backups=read.text("BUCKET_BACKUPS"),
        app_secret_arn=read.text("APP_SECRET_ARN"),
        mail=MailSettings(
            host=read.text("MAIL_HOST"),
            port=read.port("MAIL_PORT"),
            tls=read.flag("MAIL_TLS"),
            sender=read.text("MAIL_SENDER"),
            secret_arn=read.text("MAIL_SECRET_ARN", may_be_empty=True),
        ),
        public_url=read.url("PUBLIC_URL"),
        log_level=read.choice("LOG_LEVEL", LOG_LEVELS),
        log_format=read.choice("LOG_FORMAT", ("json", "text")),
    )
    faults = read.faults + _outside_local_faults(settings, given)
    if faults:
        raise SettingsError(faults)
    return settings


def _outside_local_faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """What is fit for the local platform alone and was given to another environment."""
    if settings.is_local or settings.environment not in ENVIRONMENTS:
        return []
    faults: list[str] = []
    if settings.public_url.startswith("http://"):
        faults.append("PUBLIC_URL starts with http://: outside `local` it is an https address")
    faults += [
        f"{name} is the local platform's dummy: use the instance's role"
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        if environment.get(name) == "local"
    ]
    if not settings.database.tls:
        faults.append("DATABASE_TLS is false: outside `local` the connection is encrypted")
    if not settings.database.secret_arn:
        faults.append("DATABASE_SECRET_ARN is empty: outside `local` the database has a password")
    return faults
