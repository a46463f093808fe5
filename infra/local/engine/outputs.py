"""Outputs of components and of the Stack: the program tells them after the registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.engine.planner import Step
from infra.local.engine.state import STACK_TYPE
from infra.local.engine.values import Properties, plain

if TYPE_CHECKING:
    from infra.local.engine.deployment import Deployment


class Outputs:
    """Steps whose outputs may still come, by URN."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._pending: dict[str, Step] = {}
        self._stack: tuple[Step, Properties] | None = None

    def expect(self, step: Step) -> None:
        if step.logical and step.new is not None:
            self._pending[step.urn] = step

    def register(self, urn: str, outputs: Properties) -> None:
        """Raises StoppedError."""
        deployment = self._deployment
        deployment.alive()
        step = self._pending.pop(urn, None)
        if step is None:
            text = f"cannot complete a resource '{urn}' whose registration isn't pending"
            raise deployment.fail(text, urn)
        if step.wanted.type == STACK_TYPE:
            self._stack = (step, plain(outputs))
        else:
            self._keep(step, plain(outputs))

    def finish(self) -> None:
        """At the end the Stack's outputs count. Where something failed, those that the program did
        not come to stay as they were."""
        if self._stack is None:
            return
        step, outputs = self._stack
        kept = step.old.outputs if self._deployment.failed and step.old is not None else {}
        self._keep(step, {**kept, **outputs})

    def _keep(self, step: Step, outputs: Properties) -> None:
        if step.old is step.new:  # wanted, not there, and left out
            return
        deployment = self._deployment
        step.wanted.outputs = outputs
        if not deployment.options.dry_run:
            deployment.snapshot.end(None, changed=step.wanted)
        deployment.events.step_ended(step, deployment.options.dry_run)
