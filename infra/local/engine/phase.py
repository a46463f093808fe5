"""One run of the engine: a preview, or the update itself."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.local.engine import children, interrupts, planner, program
from infra.local.engine.deployment import Deployment
from infra.local.engine.engine_service import EngineService, Server
from infra.local.engine.errors import EngineError, StoppedError
from infra.local.engine.events import Events
from infra.local.engine.monitor import Monitor
from infra.local.engine.outcome import Options
from infra.local.engine.policies import Policies
from infra.local.engine.policy_loading import load
from infra.local.engine.policy_pack import Place
from infra.local.engine.providers import Providers
from infra.local.engine.refresh import refresh
from infra.local.engine.removal import all_there, remove_the_rest
from infra.local.engine.targets import chosen

if TYPE_CHECKING:
    from infra.local.engine.arguments import Arguments
    from infra.local.engine.project import Configuration
    from infra.local.engine.session import Session
    from infra.local.engine.snapshot import Snapshot

_PARALLEL = 16


class Phase:
    """`kind` is update, refresh or destroy; `dry_run` makes it a preview."""

    def __init__(self, session: Session, arguments: Arguments, kind: str, dry_run: bool) -> None:
        self.session = session
        self.arguments = arguments
        self.kind = kind
        self.dry_run = dry_run
        self.events = Events()
        self.failed = False
        self.interrupted = False
        self.may_be_corrupt = False
        self.changes: dict[str, int] = {}

    def _options(self) -> Options:
        text = self.arguments.text("parallel") or os.environ.get("PULUMI_PARALLEL", "")
        if text and (not text.isdigit() or text == "0"):
            raise EngineError(f"--parallel {text!r} must be a whole number above 0")
        return Options(
            dry_run=self.dry_run,
            parallel=int(text or _PARALLEL),
            continue_on_error=self.arguments.on("continue-on-error"),
            choice=chosen(self.arguments),
        )

    def _policies(self, config: Configuration, address: str) -> Policies:
        names = (self.session.stack, self.session.project.name)
        place = Place(
            self.session.project,
            names[0],
            config,
            self.dry_run,
            address,
            lambda severity, line: self.events.diagnostic(severity, f"{line}\n\n"),
        )
        try:
            return Policies(
                load(self.arguments, place, self.events), self.events, planner.root_urn(*names)
            )
        except EngineError:
            self.events.emit("cancelEvent", {})
            raise

    def run(self, snapshot: Snapshot, config_overrides: dict[str, Any]) -> None:
        """Carries the phase out; `failed` and `changes` say how it went."""
        began = time.monotonic()
        options = self._options()
        config = self.session.config(config_overrides)
        engine = EngineService(self.events)
        server = Server(engine, 4 * options.parallel + 32)
        policies = self._policies(config, server.address)
        options = replace(options, policies=policies)
        self.events.emit("preludeEvent", {"config": config.shown()})
        providers = Providers(self.session.project, config, server.address)
        names = (self.session.stack, self.session.project.name)
        deployment = Deployment(names, snapshot, providers, self.events, options)
        engine.deployment = deployment
        server.add(Monitor(deployment, config, self.session.project))
        server.start()
        with interrupts.handled(deployment.interrupt), interrupts.at_once(children.kill):
            try:
                with contextlib.suppress(StoppedError):
                    self._work(deployment, snapshot, config, server.address)
            finally:
                deployment.stopping.set()
                deployment.executor.drain()
                if snapshot.is_behind:
                    # Without a farewell: a provider may then take over, with the next create, what
                    # it made and the state does not have.
                    children.kill()
                providers.close()
                policies.close()
                server.stop()
        self.interrupted = deployment.interrupted
        if (deployment.forbidden or deployment.step_failed) and not deployment.program_failed:
            what = "preview" if self.dry_run else "update"
            self.events.diagnostic("error", f"{what} failed\n")
        self.failed = deployment.failed
        self.may_be_corrupt = deployment.may_be_corrupt
        self.changes = deployment.executor.counts.changes
        if self.events.lost is not None:
            self.failed = True
            text = f"the event log is not complete: {self.events.lost}; make room for it\n"
            self.events.diagnostic("error", text)
        self._summarise(began, policies.labels)

    def _work(
        self, deployment: Deployment, snapshot: Snapshot, config: Configuration, address: str
    ) -> None:
        choice = deployment.options.choice
        if self.kind == "refresh" or self.arguments.on("refresh"):
            if not all(all_there(deployment, named) for named in (choice.targets, choice.excludes)):
                return
            alone = self.kind == "refresh"
            snapshot.replace_base(refresh(deployment, snapshot.base(), alone=alone))
            deployment.rebase()
        if self.kind == "refresh" or deployment.failed:
            return
        if not all_there(deployment, choice.replaces):
            return
        if self.kind == "destroy":
            remove_the_rest(deployment)
            return
        try:
            ended = program.run(self.session.project, config, deployment, address)
            if ended:
                remove_the_rest(deployment)
        finally:
            deployment.outputs.finish()
        if ended:
            deployment.judge_stack()

    def _result(self) -> str:
        if self.interrupted:
            return "canceled"
        return "failed" if self.failed else "succeeded"

    def _summarise(self, began: float, packs: dict[str, str]) -> None:
        self.events.emit(
            "summaryEvent",
            {
                "maybeCorrupt": self.may_be_corrupt,
                "durationSeconds": round(time.monotonic() - began),
                "resourceChanges": self.changes,
                "PolicyPacks": packs,
                "result": self._result(),
                "isPreview": self.dry_run,
            },
        )
        self.events.emit("cancelEvent", {})
