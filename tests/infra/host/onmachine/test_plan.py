"""The next step from what stands there. A simulated machine shows that it ends, however often it
is broken off, and that a slot in service is never left without a container that serves."""

import itertools

import pytest

from infra.host.onmachine.plan import Await, Container, Retire, Serve, Start, next_step
from infra.host.onmachine.release import Slot

ADDRESSES = {"blue": "10.0.0.16", "green": "10.0.0.17"}
API = Slot("api-0", "api", "", 10, "api", 8000, ADDRESSES)
WORKER = Slot("worker-0", "worker", "", 60)
STATES = {
    "ready": ("running", "healthy"),
    "starting": ("running", "starting"),
    "restarting": ("restarting", ""),
    "sick": ("running", "unhealthy"),
    "ended": ("exited", ""),
    "made": ("created", ""),
}


def container(revision, colour, state, slot="api-0", **more):
    status, health = STATES[state]
    created = f"2026-01-0{1 + int(revision == 'new')}"
    values = {"restarts": 0, "pid": 1, "created": created, **more}
    return Container(f"{revision}-{colour}", slot, revision, colour, status, health, **values)


def step(*containers, serving=(), slot=API):
    return next_step(slot, "new", containers, frozenset(ADDRESSES[each] for each in serving))


def test_an_empty_slot_gets_a_container():
    assert step() == Start("blue")


def test_the_new_one_starts_beside_the_old_one_in_the_other_colour():
    assert step(container("old", "blue", "ready"), serving=["blue"]) == Start("green")
    assert step(container("old", "green", "ready"), serving=["green"]) == Start("blue")


def test_while_it_starts_nothing_else_happens():
    old, new = container("old", "blue", "ready"), container("new", "green", "starting")
    assert step(old, new, serving=["blue"]) == Await(new)


def test_then_it_serves_then_the_old_one_goes_then_all_is_done():
    old, new = container("old", "blue", "ready"), container("new", "green", "ready")
    assert step(old, new, serving=["blue"]) == Serve(new)
    assert step(old, new, serving=["blue", "green"]) == Serve(new)
    assert step(old, new, serving=["green"]) == Retire(old)
    assert step(new, serving=["green"]) is None


def test_a_slot_that_nginx_does_not_know_of_has_nothing_to_serve():
    old = container("old", "blue", "ready", "worker-0")
    new = container("new", "green", "ready", "worker-0")
    assert step(old, new, slot=WORKER) == Retire(old)
    assert step(new, slot=WORKER) is None


def test_other_slots_and_one_off_containers_are_not_looked_at():
    other = container("new", "blue", "ready", "api-1")
    once = container("new", "green", "ready", one_off=True)
    assert step(other, once) == Start("blue")


def test_with_both_colours_taken_by_others_the_one_in_service_stays():
    serving, left = container("old", "blue", "ready"), container("older", "green", "ready")
    assert step(serving, left, serving=["blue"]) == Retire(left)
    assert step(serving, left, serving=["green"]) == Retire(serving)


def test_with_both_taken_and_the_one_in_service_sick_the_other_serves_first():
    sick, left = container("old", "blue", "sick"), container("older", "green", "ready")
    assert step(sick, left, serving=["blue"]) == Serve(left)
    assert step(sick, left, serving=["green"]) == Retire(sick)


def test_what_is_wanted_but_sick_is_replaced_beside():
    assert step(container("new", "blue", "sick"), serving=["blue"]) == Start("green")
    assert step(container("new", "blue", "ended"), serving=["blue"]) == Start("green")


POSSIBLE = [None, *itertools.product(("old", "older", "new"), STATES)]


@pytest.mark.parametrize("slot", [API, WORKER], ids=["api", "worker"])
def test_from_every_state_it_comes_to_one_ready_container_and_keeps_who_serves(slot):
    """All 19 x 19 pairs of containers, with either, both or none in service."""
    seen = 0
    for blue, green in itertools.product(POSSIBLE, POSSIBLE):
        there = [
            container(made[0], colour, made[1], slot.name)
            for colour, made in (("blue", blue), ("green", green))
            if made
        ]
        for size in range(len(there) + 1):
            for served in itertools.combinations([each.colour for each in there], size):
                settle(slot, there, set(served))
                seen += 1
    assert seen > 1000


def settle(slot, there, served):
    """Do each step as the machine would, with containers that get ready."""
    there = list(there)
    for _ in range(12):
        serving = frozenset(ADDRESSES[each] for each in served)
        step = next_step(slot, "new", there, serving)
        served_well = [e for e in there if e.colour in served and e.is_ready]
        match step:
            case None:
                assert [(e.revision, e.is_ready) for e in there] == [("new", True)]
                assert not slot.upstream or served == {there[0].colour}
                return
            case Start(colour):
                assert colour not in {each.colour for each in there}
                there.append(container("new", colour, "starting", slot.name))
            case Await(each):
                there = [e for e in there if e is not each]
                there.append(container("new", each.colour, "ready", slot.name))
            case Serve(each):
                assert each.is_ready
                served = {each.colour}
            case Retire(each):
                # Of those that serve well, the last is never the one that goes.
                if slot.upstream and served_well:
                    assert [e for e in served_well if e is not each]
                there = [e for e in there if e is not each]
    raise AssertionError(f"does not settle: {there} {served}")
