"""A MongoDB that somebody else runs: where it is, and nothing of it made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.config.external import ExternalDatabaseConfig
from infra.observability.alarm_plan import PlannedAlarm


@dataclass(frozen=True, slots=True)
class ExternalDatabaseArgs:
    """`secret_arn` is the secret that the stack made, where its owner names none."""

    config: ExternalDatabaseConfig
    tls: bool
    secret_arn: pulumi.Input[str]


class ExternalDatabase(pulumi.ComponentResource):
    """An external database, written down so that it stands in the state and controls know of it.

    Children: none. Its backups, alarms and access are its operator's.
    """

    def __init__(
        self,
        name: str,
        args: ExternalDatabaseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self._args = args
        facts: dict[str, pulumi.Input[object]] = {
            "host": args.config.host,
            "kind": self.kind,
            "tls": args.tls,
        }
        super().__init__("gacp:data:ExternalDatabase", name, facts, opts)
        self.register_outputs(facts)

    @property
    def kind(self) -> str:
        """The scheme of its address, which tells the application how to find the servers."""
        return "mongodb+srv" if self._args.config.srv else "mongodb"

    @property
    def host(self) -> str:
        return self._args.config.host

    @property
    def port(self) -> int:
        return self._args.config.port

    @property
    def secret_arn(self) -> pulumi.Input[str]:
        """JSON with `uri`, or with `username` and `password`."""
        return self._args.config.secret_arn or self._args.secret_arn

    @property
    def alarms(self) -> tuple[PlannedAlarm, ...]:
        """None: AWS measures nothing of it."""
        return ()

    @property
    def protected(self) -> Mapping[str, pulumi.Output[str]]:
        """Nothing that AWS Backup could take a point of."""
        return {}
