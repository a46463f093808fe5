"""Secrets without values: people and machines put them there, never the program."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class SecretsArgs:
    """`mail` makes the secret of the SMTP server's user and password, `database` the one of an
    external database."""

    key_arn: pulumi.Output[str]
    mail: bool
    database: bool


class Secrets(pulumi.ComponentResource):
    """What only the application may know.

    Children: the application's secret (JSON: jwtSecret, metricsToken); where mail wants
    credentials, the mail server's (JSON: username, password); where the database is external, its
    (JSON: uri, or username and password). `gacp up` gives the first a random value where it has
    none; the others are the owner's to write.
    """

    def __init__(
        self, name: str, stack: Stack, args: SecretsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:data:Secrets", name, None, opts)
        self._stack, self._args = stack, args
        self._app = self._make("app", "Signing key of sessions and the token that reads metrics")
        self._mail = (
            self._make("mail", "User and password of the SMTP server") if args.mail else None
        )
        self._database = (
            self._make("database", "How to sign in to the external database")
            if args.database
            else None
        )
        self.register_outputs({})

    @property
    def app_arn(self) -> pulumi.Output[str]:
        return self._app.arn

    @property
    def mail_arn(self) -> pulumi.Output[str] | str:
        """Empty where the mail server asks for no credentials."""
        return self._mail.arn if self._mail else ""

    @property
    def database_arn(self) -> pulumi.Output[str] | str:
        """Of an external database's secret; empty where none was asked for."""
        return self._database.arn if self._database else ""

    def _make(self, role: str, description: str) -> aws.secretsmanager.Secret:
        path = self._stack.names.path(role)
        safety = self._stack.safety
        return aws.secretsmanager.Secret(
            f"secret-{role}",
            name=path,
            description=description,
            kms_key_id=self._args.key_arn,
            # Where nothing is protected the name has to be free again at once.
            recovery_window_in_days=safety.recovery_days if self._stack.keeps_data else 0,
            tags=self._stack.tags.of(path, DataClass.SECRET),
            opts=self._stack.stateful_child_of(self),
        )
