"""From a stack's outputs to the environment of the application: the one wiring there is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class LogFormat(StrEnum):
    JSON = "json"
    TEXT = "text"  # for people, on a laptop


# Variable -> output. Nothing secret is among them: secrets are named by ARN and read at the start.
VARIABLES: Mapping[str, str] = {
    "GACP_ENVIRONMENT": "environment",
    "AWS_REGION": "region",
    "DATABASE_KIND": "databaseKind",
    "DATABASE_HOST": "databaseHost",
    "DATABASE_PORT": "databasePort",
    "DATABASE_TLS": "databaseTls",
    "DATABASE_NAME": "databaseName",
    "DATABASE_SECRET_ARN": "databaseSecretArn",
    "REDIS_QUEUE_HOST": "redisQueueHost",
    "REDIS_QUEUE_PORT": "redisQueuePort",
    "REDIS_QUEUE_TLS": "redisQueueTls",
    "REDIS_QUEUE_USER": "redisQueueUser",
    "REDIS_QUEUE_AUTH": "redisQueueAuth",
    "REDIS_CACHE_HOST": "redisCacheHost",
    "REDIS_CACHE_PORT": "redisCachePort",
    "REDIS_CACHE_CLUSTER": "redisCacheCluster",
    "REDIS_CACHE_TLS": "redisCacheTls",
    "REDIS_CACHE_USER": "redisCacheUser",
    "REDIS_CACHE_AUTH": "redisCacheAuth",
    "BUCKET_DOCUMENTS": "bucketDocuments",
    "BUCKET_BACKUPS": "bucketBackups",
    "APP_SECRET_ARN": "appSecretArn",
    "MAIL_HOST": "mailHost",
    "MAIL_PORT": "mailPort",
    "MAIL_TLS": "mailTls",
    "MAIL_SENDER": "mailSender",
    "MAIL_SECRET_ARN": "mailSecretArn",
    "PUBLIC_URL": "publicUrl",
}


class MissingOutputError(KeyError):
    """The stack puts out less than the application needs: it was not brought up to the end."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"the stack has no output {', '.join(names)}: bring it up to the end first (gacp up)"
        )

    def __str__(self) -> str:
        return str(self.args[0])


def application_environment(
    outputs: Mapping[str, object],
    log_level: str = "info",
    log_format: LogFormat = LogFormat.JSON,
) -> dict[str, str]:
    """The environment of every service. Raises `MissingOutputError` naming what is not put out."""
    missing = tuple(name for name in VARIABLES.values() if outputs.get(name) is None)
    if missing:
        raise MissingOutputError(missing)
    rendered = {variable: _text(outputs[name]) for variable, name in VARIABLES.items()}
    return {**rendered, "LOG_LEVEL": log_level, "LOG_FORMAT": str(log_format)}


def _text(value: object) -> str:
    """`true`/`false`, whole numbers without a fraction (engines hand numbers over as floats)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
