"""Settings of the application in the ten sections of the production environment template (O13)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.config.rules import PLACEHOLDER

# Section -> names, in the order of the template. A section without names says so.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Application": ("GACP_ENVIRONMENT", "PUBLIC_URL"),
    "Security": ("APP_SECRET_ARN",),
    "Database": (
        "DATABASE_KIND",
        "DATABASE_HOST",
        "DATABASE_PORT",
        "DATABASE_TLS",
        "DATABASE_NAME",
        "DATABASE_SECRET_ARN",
    ),
    "Redis": (
        "REDIS_QUEUE_HOST",
        "REDIS_QUEUE_PORT",
        "REDIS_QUEUE_TLS",
        "REDIS_QUEUE_USER",
        "REDIS_QUEUE_AUTH",
        "REDIS_CACHE_HOST",
        "REDIS_CACHE_PORT",
        "REDIS_CACHE_TLS",
        "REDIS_CACHE_CLUSTER",
        "REDIS_CACHE_USER",
        "REDIS_CACHE_AUTH",
    ),
    "E-mail": ("MAIL_HOST", "MAIL_PORT", "MAIL_TLS", "MAIL_SENDER", "MAIL_SECRET_ARN"),
    "AI": (),
    "Monitoring": (),
    "AWS": ("AWS_REGION", "BUCKET_DOCUMENTS", "BUCKET_BACKUPS"),
    "Performance": (),
    "Logging": ("LOG_LEVEL", "LOG_FORMAT"),
}
# Of an IAM user that may do what the workloads may (docs/own-server.md); a machine on AWS has a
# role and must not hold any.
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
KEYS_SECTION = "AWS"


def render_template(environment: Mapping[str, str], own_server: bool) -> str:
    """The file that an owner copies and fills in. What the stack says stands there as a comment;
    what only the owner knows is `<CHANGE_ME>`.
    """
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    jinja = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - an environment file, not HTML
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    return jinja.get_template("environment.template.j2").render(
        sections=SECTIONS,
        environment=environment,
        keys=KEYS if own_server else (),
        keys_section=KEYS_SECTION,
        placeholder=PLACEHOLDER,
    )
