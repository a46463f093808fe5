"""The life of an application as one table: which step leads where, and who may take it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.core.identity import Role
from app.errors import DomainError


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # the quality check is at work
    CHECKED = "checked"  # waits for an inspector
    RETURNED = "returned"  # the farmer corrects and submits again
    INSPECTION_PLANNED = "inspection-planned"
    INSPECTED = "inspected"  # waits for an approver
    APPROVED = "approved"  # final: the certificate follows
    REFUSED = "refused"  # final
    WITHDRAWN = "withdrawn"  # final


class Step(StrEnum):
    """What somebody does to an application."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PASS_CHECK = "pass-check"  # noqa: S105 - a step, not a secret
    FAIL_CHECK = "fail-check"
    PLAN_INSPECTION = "plan-inspection"
    RECORD_FINDINGS = "record-findings"
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


class Actor(StrEnum):
    """Who takes a step: a role, or the platform itself (the quality check)."""

    FARMER = Role.FARMER.value
    INSPECTOR = Role.INSPECTOR.value
    APPROVER = Role.APPROVER.value
    ADMINISTRATOR = Role.ADMINISTRATOR.value
    SYSTEM = "system"


class Transition(NamedTuple):
    """The state that a step leads to and the actors who may take it."""

    to: State
    actors: frozenset[Actor]


_FARMER = frozenset({Actor.FARMER})
_INSPECTOR = frozenset({Actor.INSPECTOR})
_APPROVER = frozenset({Actor.APPROVER})
_SYSTEM = frozenset({Actor.SYSTEM})

TRANSITIONS: dict[tuple[State, Step], Transition] = {
    (State.DRAFT, Step.SUBMIT): Transition(State.SUBMITTED, _FARMER),
    (State.DRAFT, Step.WITHDRAW): Transition(State.WITHDRAWN, _FARMER),
    (State.SUBMITTED, Step.PASS_CHECK): Transition(State.CHECKED, _SYSTEM),
    (State.SUBMITTED, Step.FAIL_CHECK): Transition(State.RETURNED, _SYSTEM),
    (State.SUBMITTED, Step.WITHDRAW): Transition(State.WITHDRAWN, _FARMER),
    (State.CHECKED, Step.PLAN_INSPECTION): Transition(State.INSPECTION_PLANNED, _INSPECTOR),
    (State.CHECKED, Step.WITHDRAW): Transition(State.WITHDRAWN, _FARMER),
    (State.RETURNED, Step.SUBMIT): Transition(State.SUBMITTED, _FARMER),
    (State.RETURNED, Step.WITHDRAW): Transition(State.WITHDRAWN, _FARMER),
    (State.INSPECTION_PLANNED, Step.RECORD_FINDINGS): Transition(State.INSPECTED, _INSPECTOR),
    (State.INSPECTED, Step.APPROVE): Transition(State.APPROVED, _APPROVER),
    (State.INSPECTED, Step.REFUSE): Transition(State.REFUSED, _APPROVER),
    (State.INSPECTED, Step.RETURN): Transition(State.RETURNED, _APPROVER),
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED})


class TransitionRefused(DomainError):  # noqa: N818 - named after what happened
    """A step that the table does not have for this state and actor.

    `allowed` lists the steps that this actor may take from here, in the order of the table.
    """

    key = "transition-refused"
    status = 409

    def __init__(self, state: State, step: Step, actor: Actor, allowed: list[Step]) -> None:
        super().__init__(state=state.value, step=step.value, allowed=", ".join(allowed) or "-")
        self.state, self.step, self.actor, self.allowed = state, step, actor, allowed

    @property
    def members(self) -> Mapping[str, object]:
        return {"state": self.state, "allowed": self.allowed}


def allowed_steps(state: State, actor: Actor) -> list[Step]:
    """Steps that `actor` may take from `state`."""
    return [
        step
        for (at, step), transition in TRANSITIONS.items()
        if at is state and actor in transition.actors
    ]


def next_state(state: State, step: Step, actor: Actor) -> State:
    """Where `step` leads. Raises `TransitionRefused` naming what is allowed instead."""
    transition = TRANSITIONS.get((state, step))
    if transition is None or actor not in transition.actors:
        raise TransitionRefused(state, step, actor, allowed_steps(state, actor))
    return transition.to
