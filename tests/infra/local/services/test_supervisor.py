"""One supervisord over toy programs: order, restart, orphans, and what must not be touched."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from infra.local.services import stop
from infra.local.services.errors import NotReadyError, ServicesError
from infra.local.services.layout import LONGEST_SOCKET_PATH, Layout
from infra.local.services.ports import free_port, is_free
from infra.local.services.supervisor import Supervisor
from infra.local.services.wait_for import ask, wait_until_ready
from tests.support.toys import MASTER, SERVER, toy

pytestmark = pytest.mark.services


@pytest.fixture
def layout(tmp_path):
    layout = Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path / "platform")})
    yield layout
    Supervisor(layout).shutdown()


@pytest.fixture
def supervisor(layout):
    return Supervisor(layout)


@pytest.fixture
def server(tmp_path):
    ports = set()

    def make(name, source=SERVER, **more):
        ports.add(port := free_port(ports))
        return toy(source, name, port, tmp_path / "toys", **more)

    return make


def eventually(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come to pass"
        time.sleep(0.02)


def pid_of(supervisor, name):
    return supervisor.client.states()[name].pid


def test_programs_run_and_answer_when_apply_returns(supervisor, server):
    one = server("one")
    result = supervisor.apply("app", [one])
    assert result.started == ["one"]
    assert ask(one.ready) is None


def test_applying_the_same_again_touches_nothing(supervisor, server):
    one = server("one")
    supervisor.apply("app", [one])
    before = pid_of(supervisor, "one")
    result = supervisor.apply("app", [one])
    assert (result.started, result.kept) == ([], ["one"])
    assert pid_of(supervisor, "one") == before


def test_another_shell_with_another_path_restarts_nothing(supervisor, server, monkeypatch):
    one = server("one")
    supervisor.apply("app", [one])
    monkeypatch.setenv("PATH", os.environ["PATH"] + ":/somewhere/else")
    assert supervisor.apply("app", [one]).kept == ["one"]


def test_only_what_changed_is_started_anew(supervisor, server):
    one, two = server("one", revision="1"), server("two")
    supervisor.apply("app", [one, two])
    kept = pid_of(supervisor, "two")
    changed = toy(SERVER, "one", one.ready.port, one.directory, revision="2")
    result = supervisor.apply("app", [changed, two])
    assert (result.started, result.kept) == (["one"], ["two"])
    assert pid_of(supervisor, "two") == kept


def test_what_is_no_longer_wanted_stops_and_other_groups_run_on(supervisor, server):
    one, two, other = server("one"), server("two"), server("other")
    supervisor.apply("services", [other])
    supervisor.apply("app", [one, two])
    assert supervisor.apply("app", [one]).removed == ["two"]
    assert is_free(two.ready.port)
    assert ask(other.ready) is None


def test_stopping_goes_from_the_highest_tier_to_the_lowest(supervisor, server, tmp_path):
    programs = [server("front", tier=2), server("base", tier=0), server("middle", tier=1)]
    supervisor.apply("app", programs)
    supervisor.stop_group("app")
    assert (tmp_path / "toys" / "diary").read_text().split() == ["front", "middle", "base"]


def test_a_killed_program_comes_back(supervisor, server):
    one = server("one")
    supervisor.apply("app", [one])
    before = pid_of(supervisor, "one")
    os.kill(before, signal.SIGKILL)
    eventually(lambda: pid_of(supervisor, "one") not in (0, before))
    wait_until_ready({"one": one.ready}, 10)


def test_a_killed_masters_worker_is_ended_so_that_the_next_gets_the_port(supervisor, server):
    master = server("master", source=MASTER)
    supervisor.apply("app", [master])
    pid = pid_of(supervisor, "master")
    (worker,) = psutil.Process(pid).children()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not worker.is_running())
    eventually(lambda: supervisor.client.states()["master"].state == "RUNNING")
    assert len(psutil.Process(pid_of(supervisor, "master")).children()) == 1


def test_down_ends_everything_after_the_supervisor_itself_was_killed(layout, supervisor, server):
    master = server("master", source=MASTER)
    supervisor.apply("app", [master])
    os.kill(supervisor.client.pid(), signal.SIGKILL)
    eventually(lambda: not supervisor.running())
    assert len(stop.leftovers(layout)) >= 2
    supervisor.shutdown()
    assert stop.leftovers(layout) == []
    assert is_free(master.ready.port)


def test_up_after_the_supervisor_was_killed_starts_without_its_orphans(supervisor, server):
    master = server("master", source=MASTER)
    supervisor.apply("app", [master])
    orphan = pid_of(supervisor, "master")
    os.kill(supervisor.client.pid(), signal.SIGKILL)
    eventually(lambda: not supervisor.running())
    assert supervisor.apply("app", [master]).started == ["master"]
    assert not psutil.pid_exists(orphan)


@pytest.mark.parametrize("ours", [True, False])
def test_without_the_mark_the_supervisors_session_and_our_folders_tell(
    layout, supervisor, server, tmp_path, ours
):
    # As nginx does, which writes its title over the environment: nothing but the session is left.
    folder = layout.run / "prefix" if ours else tmp_path / "elsewhere"
    folder.mkdir(parents=True)
    one = replace(server("one"), directory=folder)
    unmarked = replace(one, argv=("/usr/bin/env", "-i", *one.argv))
    supervisor.apply("app", [unmarked])
    pid = pid_of(supervisor, "one")
    os.kill(supervisor.client.pid(), signal.SIGKILL)
    eventually(lambda: not supervisor.running())
    supervisor.shutdown()
    assert psutil.pid_exists(pid) is not ours
    if not ours:
        os.kill(pid, signal.SIGKILL)


def test_nobody_elses_process_is_ended(layout, supervisor, server):
    other = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"],
        env={**os.environ, "GACP_SUPERVISED": str(layout.local) + "-other"},
        cwd=layout.repository,
        start_new_session=True,
    )
    try:
        supervisor.apply("app", [server("one")])
        supervisor.shutdown()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_program_that_does_not_stay_up_is_an_error_with_the_end_of_its_log(supervisor, server):
    broken = server("broken", source="print('no such table: crops'); raise SystemExit(3)")
    with pytest.raises(NotReadyError, match="no such table: crops"):
        supervisor.apply("app", [broken])


def test_an_answer_from_somebody_else_on_the_port_is_not_ours(layout, supervisor, server, tmp_path):
    one = server("one")
    elsewhere = Supervisor(Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path / "other")}))
    try:
        elsewhere.apply("app", [one])
        with pytest.raises(NotReadyError, match="one does not stay up"):
            supervisor.apply("app", [one])
        assert ask(one.ready) is None
    finally:
        elsewhere.shutdown()


def test_shutting_down_twice_is_harmless(supervisor, server):
    supervisor.apply("app", [server("one")])
    supervisor.shutdown()
    assert supervisor.shutdown() == 0


def test_a_deep_checkout_works_too(tmp_path, server):
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 6)
    layout = Layout.from_environment({"GACP_LOCAL_DIR": str(deep)})
    supervisor = Supervisor(layout)
    try:
        assert len(str(layout.run / "supervisor.sock")) > LONGEST_SOCKET_PATH
        assert supervisor.apply("app", [server("one")]).started == ["one"]
    finally:
        supervisor.shutdown()
        layout.supervisor_socket.parent.rmdir()


def test_a_folder_that_supervisord_cannot_write_down_is_refused(tmp_path, server):
    layout = Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path / "50% off")})
    with pytest.raises(ServicesError, match="GACP_LOCAL_DIR"):
        Supervisor(layout).apply("app", [server("one")])
