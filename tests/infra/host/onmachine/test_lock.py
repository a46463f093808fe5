import fcntl
import threading

import pytest

from infra.host.onmachine.errors import BusyError
from infra.host.onmachine.lock import HAND_OVER, alone
from infra.host.onmachine.places import RUN, Places


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path)


def held(places, what):
    """Holds the lock in another thread until it is released; gives the releasing back."""
    has_it, release = threading.Event(), threading.Event()

    def hold():
        with alone(places, what):
            has_it.set()
            release.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(30)
    return thread, release


def test_a_second_one_is_refused_with_the_name_of_the_first(places):
    thread, release = held(places, "set-up of release x")
    try:
        with pytest.raises(BusyError, match=r"set-up of release x \(process \d+\) is at work"):
            alone(places, "set-up of release y").__enter__()
    finally:
        release.set()
        thread.join()
    with alone(places, "set-up of release y"):
        pass


def test_who_has_not_written_a_name_yet_is_waited_for(places):
    path = places.at(RUN) / "lock"
    path.parent.mkdir(parents=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        given_back = threading.Timer(0.2, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        given_back.start()
        with alone(places, "set-up of release y"):
            pass
        given_back.join()


@pytest.mark.parametrize(("what", "wait"), [(HAND_OVER, 0), ("set-up of release x", 30)])
def test_a_hand_over_is_waited_for_and_others_by_who_wants_to(places, what, wait):
    thread, release = held(places, what)
    threading.Timer(0.2, release.set).start()
    with alone(places, "set-up of release y", wait):
        assert release.is_set()
    thread.join()
