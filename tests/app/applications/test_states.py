import pytest

from app.applications.states import (
    EDITABLE,
    TRANSITIONS,
    Actor,
    State,
    Step,
    TransitionRefused,
    allowed_steps,
    next_state,
)

# The life of an application as the contract draws it: from, step, to, who.
EXPECTED = {
    ("draft", "submit", "submitted", "farmer"),
    ("draft", "withdraw", "withdrawn", "farmer"),
    ("submitted", "pass-check", "checked", "system"),
    ("submitted", "fail-check", "returned", "system"),
    ("submitted", "withdraw", "withdrawn", "farmer"),
    ("checked", "plan-inspection", "inspection-planned", "inspector"),
    ("checked", "withdraw", "withdrawn", "farmer"),
    ("returned", "submit", "submitted", "farmer"),
    ("returned", "withdraw", "withdrawn", "farmer"),
    ("inspection-planned", "record-findings", "inspected", "inspector"),
    ("inspected", "approve", "approved", "approver"),
    ("inspected", "refuse", "refused", "approver"),
    ("inspected", "return", "returned", "approver"),
}
EVERY_CASE = [(state, step, actor) for state in State for step in Step for actor in Actor]


def test_the_table_is_the_life_of_an_application():
    table = {
        (state, step, transition.to, actor)
        for (state, step), transition in TRANSITIONS.items()
        for actor in transition.actors
    }
    assert {tuple(map(str, row)) for row in table} == EXPECTED


@pytest.mark.parametrize(("state", "step", "actor"), EVERY_CASE)
def test_a_step_leads_where_the_table_says_and_nowhere_else(state, step, actor):
    targets = [row[2] for row in EXPECTED if row[:2] == (state, step) and row[3] == actor]
    if targets:
        assert next_state(state, step, actor) == targets[0]
        return
    with pytest.raises(TransitionRefused) as refusal:
        next_state(state, step, actor)
    assert refusal.value.allowed == allowed_steps(state, actor)
    assert refusal.value.members["allowed"] == refusal.value.allowed


@pytest.mark.parametrize("state", [State.APPROVED, State.REFUSED, State.WITHDRAWN])
@pytest.mark.parametrize("actor", list(Actor))
def test_nobody_leaves_a_final_state(state, actor):
    assert allowed_steps(state, actor) == []


def test_the_administrator_takes_no_step():
    assert all(Actor.ADMINISTRATOR not in row.actors for row in TRANSITIONS.values())


def test_what_may_be_edited_may_be_submitted():
    assert {state for state, step in TRANSITIONS if step is Step.SUBMIT} == EDITABLE


def test_the_refusal_names_the_steps_that_are_allowed():
    with pytest.raises(TransitionRefused) as refusal:
        next_state(State.CHECKED, Step.SUBMIT, Actor.FARMER)
    assert refusal.value.allowed == [Step.WITHDRAW]
    assert refusal.value.values["allowed"] == "withdraw"
