"""The environment of the application, as `infra/workloads` renders it for the local platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.platform import Services

REGION = "ap-southeast-1"
BUCKET = "app-tests-documents"


def application_environment(services: Services) -> dict[str, str]:
    """Every name of the contract; the secret's ARN is the caller's to fill."""
    return COMPLETE | {
        "DATABASE_HOST": services.database.host,
        "DATABASE_PORT": str(services.database.port),
        "REDIS_QUEUE_HOST": services.redis_queue.host,
        "REDIS_QUEUE_PORT": str(services.redis_queue.port),
        "REDIS_CACHE_HOST": services.redis_cache.host,
        "REDIS_CACHE_PORT": str(services.redis_cache.port),
        "MAIL_HOST": services.mail.host,
        "MAIL_PORT": str(services.mail.port),
        "AWS_ENDPOINT_URL": services.aws_url,
    }


# A complete environment that reaches nothing: for tests of settings and of routes without services.
COMPLETE = {
    "GACP_ENVIRONMENT": "local",
    "AWS_REGION": REGION,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "DATABASE_KIND": "documentdb",
    "DATABASE_HOST": "127.0.0.1",
    "DATABASE_PORT": "27117",
    "DATABASE_TLS": "false",
    "DATABASE_NAME": "gacp",
    "DATABASE_SECRET_ARN": "",
    "REDIS_QUEUE_HOST": "127.0.0.1",
    "REDIS_QUEUE_PORT": "6380",
    "REDIS_QUEUE_TLS": "false",
    "REDIS_QUEUE_USER": "",
    "REDIS_QUEUE_AUTH": "none",
    "REDIS_CACHE_HOST": "127.0.0.1",
    "REDIS_CACHE_PORT": "6381",
    "REDIS_CACHE_TLS": "false",
    "REDIS_CACHE_CLUSTER": "false",
    "REDIS_CACHE_USER": "",
    "REDIS_CACHE_AUTH": "none",
    "BUCKET_DOCUMENTS": BUCKET,
    "BUCKET_BACKUPS": "app-tests-backups",
    "APP_SECRET_ARN": "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:app",
    "MAIL_HOST": "127.0.0.1",
    "MAIL_PORT": "2525",
    "MAIL_TLS": "false",
    "MAIL_SENDER": "no-reply@gacp.example",
    "MAIL_SECRET_ARN": "",
    "PUBLIC_URL": "http://127.0.0.1:8080",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
}
