from datetime import UTC, datetime

import pytest

from app.applications.model import Application, Farm, Purpose
from app.applications.states import Actor, State, Step, TransitionRefused
from app.applications.transitions import StepTaken, transition_write
from app.core.records import new_id

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def application(state: State) -> Application:
    return Application(
        id=new_id(),
        owner_id=new_id(),
        farm=Farm(
            name="ไร่",
            province="เชียงใหม่",
            district="แม่ริม",
            address="99",
            area_rai=1,
            latitude=18,
            longitude=98,
        ),
        crops=[],
        purpose=Purpose.NEW,
        state=state,
        version=7,
        created_at=AT,
        updated_at=AT,
    )


def test_a_step_is_written_only_over_the_version_that_was_read():
    before = application(State.DRAFT)
    filters, update = transition_write(before, StepTaken(Step.SUBMIT, Actor.FARMER, "f"), at=AT)
    assert filters == {"_id": before.id, "version": 7}
    assert update["$inc"] == {"version": 1}
    assert update["$set"] == {"state": "submitted", "updatedAt": AT}


def test_state_history_and_accepted_work_are_one_write():
    taken = StepTaken(Step.SUBMIT, Actor.FARMER, "f", "ครบแล้ว")
    work = {"id": "1", "kind": "quality-check", "payload": {}, "createdAt": AT}
    _, update = transition_write(application(State.RETURNED), taken, outbox=[work], at=AT)
    assert update["$push"]["outbox"] == {"$each": [work]}
    assert update["$push"]["history"] == {
        "at": AT,
        "step": "submit",
        "from": "returned",
        "to": "submitted",
        "actor": "farmer",
        "actorId": "f",
        "note": "ครบแล้ว",
    }


def test_a_step_without_work_leaves_the_outbox_alone():
    _, update = transition_write(
        application(State.SUBMITTED), StepTaken(Step.PASS_CHECK, Actor.SYSTEM), at=AT
    )
    assert "outbox" not in update["$push"]


def test_a_refused_step_makes_no_write():
    with pytest.raises(TransitionRefused):
        transition_write(application(State.APPROVED), StepTaken(Step.SUBMIT, Actor.FARMER))
