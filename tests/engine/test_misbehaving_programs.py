"""Programs that raise, hang, print, exit, register nothing or a great deal; and ctrl-C."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.probe import YES, Project, await_that, quick_probe

pytestmark = pytest.mark.engine

SLOW = {"delay": {"create:slow": 60}}


def locks(project: Project) -> list[Path]:
    return list((project.folder / "backend/.pulumi/locks").rglob("*.json"))


def test_a_program_that_raises_fails_and_keeps_what_was_made(project: Project) -> None:
    project.program("Thing('a', value=1)\nraise RuntimeError('no further')\n")
    result = project.run("up", *YES, code=1)
    assert "RuntimeError: no further" in result.said
    project.program("Thing('a', value=1)\n")
    project.run("up", *YES)
    project.run("up", *YES, "--expect-no-changes")
    assert project.there() == ["a-1"]


@pytest.mark.parametrize("code", [3, 77])
def test_a_program_that_exits_fails_with_its_code_named(project: Project, code: int) -> None:
    project.program(f"import os\nos._exit({code})\n")
    result = project.run("up", *YES, code=1)
    assert f"program exited with non-zero exit code: {code}" in result.said
    assert project.entries() == {}


def test_a_program_that_kills_itself_fails(project: Project) -> None:
    project.program("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    assert "exit code: -9" in project.run("up", *YES, code=1).said


def test_a_program_that_registers_nothing_takes_away_what_was_there(project: Project) -> None:
    project.program("Thing('a')\n")
    project.run("up", *YES)
    project.program("")
    project.run("up", *YES)
    assert project.there() == []
    project.run("up", *YES, "--expect-no-changes")


def test_what_a_program_prints_comes_through_whole_and_in_order(project: Project) -> None:
    project.program("for n in range(20_000):\n    print('line', n)\nprint('x' * 1_000_000)\n")
    lines = [line.strip() for line in project.run("up", *YES).out.splitlines()]
    numbers = [line.split()[1] for line in lines if line.startswith("line ")]
    assert numbers == [str(n) for n in range(20_000)]
    assert any(len(line) >= 1_000_000 for line in lines)


def test_two_thousand_resources_come_up_and_go(project: Project) -> None:
    quick_probe(project)
    project.program("for n in range(2_000):\n    Thing(f't{n}', value=n)\n")
    project.run("up", *YES)
    assert len(project.entries()) == 2_000
    project.run("up", *YES, "--expect-no-changes")
    project.run("destroy", *YES)
    assert project.entries() == {}


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_program_that_hangs_is_ended_by_ctrl_c(project: Project, command: str) -> None:
    mark = project.folder / "hangs"
    project.program(
        "import signal, time\nfrom pathlib import Path\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"Thing('a')\nPath({str(mark)!r}).touch()\ntime.sleep(600)\n"
    )
    process = project.start(command, *(YES if command == "up" else ()))
    await_that(mark.exists)
    process.send_signal(signal.SIGINT)
    result = project.end(process)
    assert result.code == 8
    assert "interrupted" in result.said
    assert locks(project) == []
    project.program("Thing('a')\n")
    project.run("up", *YES)
    assert project.there() == ["a-1"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_once_finishes_what_runs_and_starts_nothing_new(
    project: Project, number: signal.Signals
) -> None:
    project.program(
        "slow = Thing('slow')\nThing('after', value=slow.serial)\nThing('beside', value=1)\n"
    )
    project.faults({"delay": {"create:slow": 2}})
    process = project.start("up", *YES)
    project.await_call("Create", "slow")
    process.send_signal(number)
    result = project.end(process)
    assert result.code == 8
    assert "slow-1" in project.there()
    assert "after-1" not in project.there()
    assert set(project.entries()) == {name.split("-")[0] for name in project.there()}
    assert project.pending() == []
    assert locks(project) == []
    project.run("up", *YES)
    project.run("up", *YES, "--expect-no-changes")
    assert project.there() == ["after-1", "beside-1", "slow-1"]


def test_ctrl_c_twice_ends_now_and_lists_what_ran_as_pending(project: Project) -> None:
    project.program("Thing('quick')\nThing('slow')\n")
    project.faults(SLOW)
    process = project.start("up", *YES)
    project.await_call("Create", "slow")
    await_that(lambda: "quick-1" in project.there())
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "ctrl-C again ends it now" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    result = project.end(process)
    assert result.code == 8
    assert "--clear-pending-creates" in result.err
    assert project.pending() == [("creating", "slow")]
    assert locks(project) == []
    project.faults({})
    project.run("refresh", *YES, "--clear-pending-creates")
    project.run("up", *YES)
    project.run("up", *YES, "--expect-no-changes")
    assert project.there() == ["quick-1", "slow-1"]


def test_ctrl_c_ends_a_destroy_after_the_deletes_that_run(project: Project) -> None:
    names = [f"t{n}" for n in range(40)]
    project.program("".join(f"Thing('{name}')\n" for name in names))
    project.run("up", *YES)
    project.faults({"delay": {f"delete:{name}": 1 for name in names}})
    process = project.start("destroy", *YES, "--parallel", "4")
    await_that(lambda: len(project.there()) < 40)
    process.send_signal(signal.SIGINT)
    assert project.end(process).code == 8
    left = project.there()
    assert left
    assert set(project.entries()) == {ident.split("-")[0] for ident in left}
    assert project.pending() == []
    project.faults({})
    project.run("destroy", *YES)
    assert project.there() == []


def test_a_program_that_was_changed_within_the_same_second_is_the_one_that_runs(
    project: Project,
) -> None:
    # Python takes compiled code for current by the source's size and its time in whole seconds.
    project.program("Thing('t', value=1)\n")
    main = project.folder / "work/__main__.py"
    written = main.stat()
    project.run("up", *YES)
    project.program("Thing('t', value=2)\n")
    os.utime(main, ns=(written.st_atime_ns, written.st_mtime_ns))
    project.run("up", *YES)
    assert project.entries()["t"]["inputs"]["value"] == 2
