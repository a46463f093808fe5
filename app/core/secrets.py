"""Credentials from the secret store, by ARN. They are never logged, printed or put in errors."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.core.database_uri import uri_faults
from app.settings import DOCUMENTDB, PLACEHOLDER, DatabaseSettings, Settings, SettingsError

# Seconds. A secret store that does not answer in this time stops the start, with its name.
AWS_DEADLINES = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3})

_LEAST_SECRET_LENGTH = 32  # RFC 7518 section 3.2: an HS256 key has at least 256 bits
_KNOWN_DEFAULTS = ("changeme", "change-me", "secret", "password", "default", "your-")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and its password; the password is not shown by `repr`."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """All that is secret. `database` and `mail` are None where no credentials are asked for.

    `database_uri` is the connection string of an external database whose secret holds one.
    """

    jwt_secret: str = field(repr=False)
    metrics_token: str = field(repr=False)
    database: Credentials | None = None
    mail: Credentials | None = None
    database_uri: str = field(default="", repr=False)


class _AppSecret(msgspec.Struct, rename="camel"):
    jwt_secret: str
    metrics_token: str


class _Login(msgspec.Struct):
    username: str
    password: str


class _ExternalDatabase(msgspec.Struct):
    uri: str = ""
    username: str = ""
    password: str = ""


def fetch_secrets(settings: Settings) -> Secrets:
    """Read every secret that the settings name. Blocks; call it before the loop serves.

    Raises `SettingsError` naming the setting whose secret is missing, malformed or a default.
    """
    client: Any = boto3.client("secretsmanager", region_name=settings.region, config=AWS_DEADLINES)
    faults: list[str] = []
    with closing(client):
        app = _read(client, "APP_SECRET_ARN", settings.app_secret_arn, _AppSecret, faults)
        database, uri = _database(client, settings.database, faults)
        mail = _login(client, "MAIL_SECRET_ARN", settings.mail.secret_arn, faults)
    if app is not None:
        faults += weak_secret_faults("jwtSecret in APP_SECRET_ARN", app.jwt_secret)
        faults += weak_secret_faults("metricsToken in APP_SECRET_ARN", app.metrics_token)
    if faults or app is None:
        raise SettingsError(faults)
    return Secrets(app.jwt_secret, app.metrics_token, database, mail, uri)


def weak_secret_faults(name: str, value: str) -> list[str]:
    """Why `value` is no secret: a placeholder, a known default, or too short."""
    if PLACEHOLDER in value:
        return [f"{name} still holds {PLACEHOLDER}"]
    if any(default in value.lower() for default in _KNOWN_DEFAULTS):
        return [f"{name} is a default: put a random value of 32 bytes or more there"]
    if len(value) < _LEAST_SECRET_LENGTH:
        return [f"{name} has {len(value)} characters: at least {_LEAST_SECRET_LENGTH} random ones"]
    return []


def _database(
    client: Any, where: DatabaseSettings, faults: list[str]
) -> tuple[Credentials | None, str]:
    """User and password, or a connection string, which only an external database may have."""
    name = "DATABASE_SECRET_ARN"
    if where.kind == DOCUMENTDB:
        return _login(client, name, where.secret_arn, faults), ""
    if not where.secret_arn:
        return None, ""
    found = _read(client, name, where.secret_arn, _ExternalDatabase, faults)
    if found is None:
        return None, ""
    has_login = bool(found.username and found.password)
    if has_login == bool(found.uri) or bool(found.username) != bool(found.password):
        either = "the text uri, or the texts username and password"
        faults.append(f"{name}: {where.secret_arn} must hold JSON with {either}, and not both")
    elif found.uri:
        faults += [f"{name}: {each}" for each in uri_faults(found.uri, tls=where.tls)]
    return (Credentials(found.username, found.password) if has_login else None), found.uri


def _login(client: Any, name: str, arn: str, faults: list[str]) -> Credentials | None:
    if not arn:
        return None
    login = _read(client, name, arn, _Login, faults)
    return None if login is None else Credentials(login.username, login.password)


def _read[T](client: Any, name: str, arn: str, kind: type[T], faults: list[str]) -> T | None:
    try:
        answer = client.get_secret_value(SecretId=arn)
        return msgspec.json.decode(answer["SecretString"], type=kind)
    except ClientError as error:
        told = error.response.get("Error", {})
        if "staging label" in told.get("Message", ""):  # the secret is there, a value is not
            way = "write one (aws secretsmanager put-secret-value) and start again"
            faults.append(f"{name}: {arn} has no value yet: {way}")
        else:
            code = told.get("Code", "unknown")
            faults.append(f"{name}: the secret store refused {arn} ({code})")
    except BotoCoreError as error:
        faults.append(f"{name}: the secret store is not reachable ({type(error).__name__})")
    except (KeyError, msgspec.DecodeError):
        # The decoder's message may quote the value, so only the rule is told.
        fields = ", ".join(info.encode_name for info in msgspec.structs.fields(kind))  # pyright: ignore[reportArgumentType]
        faults.append(f"{name}: {arn} must hold JSON with the texts {fields}")
    return None
