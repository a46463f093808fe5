"""A full disk, a folder that can't be written, a damaged state, a wrong passphrase, two engines."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.test_fault_matrix import AWS_HEAD
from tests.support.probe import YES, Project

pytestmark = pytest.mark.engine

LIMITED = (
    "import os, resource, sys; n = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); os.execvp(sys.argv[2], sys.argv[2:])"
)
# Root may write where nobody may: the two capabilities that say so go (prctl PR_CAPBSET_DROP).
ORDINARY = (
    "import ctypes, os, sys\n"
    "prctl = ctypes.CDLL(None, use_errno=True).prctl\n"
    "if os.geteuid() == 0 and (prctl(24, 1, 0, 0, 0) or prctl(24, 2, 0, 0, 0)):\n"
    "    sys.exit(97)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


def topics(count: int) -> str:
    return f"for n in range({count}):\n    Thing(f't{{n}}', n)\n"


def recorded(project: Project) -> list[str]:
    """Names of the topics that the AWS provider has."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.aws", "list"],
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return sorted(line.rpartition(":")[2] for line in done.stdout.splitlines())


@pytest.mark.parametrize("limit", [0, 9_000, 20_000])
def test_a_full_disk_stops_the_update_and_nothing_is_lost(project: Project, limit: int) -> None:
    # A limit of the size of a file is what any user may set; the error differs from that of a
    # full disk in its number alone.
    project.variables["GACP_LOCAL_AWS_STORE"] = str(project.folder / "world.sqlite")
    project.program(topics(40), AWS_HEAD)
    project.prefix = (sys.executable, "-c", LIMITED, str(limit))
    store = project.folder / "world.sqlite"
    if limit:
        # The provider's own record is not on that disk.
        unlimit(project)
    result = project.run("up", *YES, code=1)
    project.prefix = ()
    assert "can't be written (File too large): make room" in result.said
    assert "Traceback" not in result.said
    there = recorded(project) if store.exists() else []
    known = {*project.entries(), *(name for _, name in project.pending())}
    assert set(there) <= known
    assert bool(there) == bool(limit)
    assert not list((project.folder / "backend/.pulumi/locks").rglob("*.json"))
    project.run("refresh", *YES, "--clear-pending-creates")
    project.run("up", *YES)
    project.run("up", *YES, "--expect-no-changes")
    assert recorded(project) == sorted(f"t{n}" for n in range(40))


def unlimit(project: Project) -> None:
    """The plugin takes its limit off again (a soft one): the disk of the state alone is full."""
    plugin = next((project.folder / "home/plugins").glob("resource-aws-*/pulumi-resource-aws"))
    text = plugin.read_text(encoding="utf-8")
    plugin.write_text(text.replace("#!/bin/sh\n", "#!/bin/sh\nulimit -f unlimited\n"))
    project.prefix = (
        *project.prefix[:2],
        LIMITED.replace("(n, n)", "(n, resource.RLIM_INFINITY)"),
        project.prefix[3],
    )


def test_a_folder_that_cannot_be_written_refuses_changes_and_allows_previews(
    project: Project,
) -> None:
    project.program("Thing('a')\n")
    backend = project.folder / "backend"
    folders = [backend, *(p for p in backend.rglob("*") if p.is_dir())]
    project.prefix = (sys.executable, "-c", ORDINARY)
    for folder in folders:
        folder.chmod(0o555)
    try:
        result = project.run("up", *YES, code=None)
        preview = project.run("preview", code=None)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    if result.code == 97:
        pytest.skip("root that may not drop its right to write everywhere (CAP_SETPCAP)")
    assert result.code == 1
    assert re.search(
        r"backend/\S+ can't be written \(Permission denied\): make room or", result.said
    )
    assert project.there() == []
    assert preview.code == 0


def test_a_truncated_state_names_the_copy_and_the_way_back_works(project: Project) -> None:
    project.program("Thing('a')\nThing('b')\n")
    project.run("up", *YES)
    whole = project.state.read_text(encoding="utf-8")
    project.state.write_text(whole[: len(whole) // 2], encoding="utf-8")
    for command in (("up", *YES), ("preview",), ("stack", "export")):
        result = project.run(*command, code=1)
        assert f"the state file {project.state} is damaged" in result.said
        assert "Traceback" not in result.said
    found = re.search(r"`(cp .*?)`", result.said)
    assert found
    subprocess.run(shlex.split(found[1]), check=True, timeout=10)
    project.run("refresh", *YES, "--clear-pending-creates")
    project.run("up", *YES)
    project.run("up", *YES, "--expect-no-changes")
    assert project.there() == ["a-1", "b-1"]


@pytest.mark.parametrize("secret", ["pulumi.Output.secret('hush')", "'open'"])
def test_a_wrong_passphrase_is_refused_before_anything_is_made(
    project: Project, secret: str
) -> None:
    project.program(f"Thing('a', value={secret})\n")
    project.run("up", *YES)
    before = project.entries()
    project.variables["PULUMI_CONFIG_PASSPHRASE"] = "another one"
    project.program("Thing('a', value=2)\nThing('b', value=pulumi.Output.secret('new'))\n")
    result = project.run("up", *YES, code=1)
    assert "incorrect passphrase" in result.said
    assert "PULUMI_CONFIG_PASSPHRASE" in result.said
    del project.variables["PULUMI_CONFIG_PASSPHRASE"]
    assert project.entries() == before
    assert project.there() == ["a-1"]
    project.run("up", *YES)


def test_the_second_of_two_engines_is_refused_and_the_first_one_ends_well(
    project: Project,
) -> None:
    project.program("Thing('slow')\n")
    project.faults({"delay": {"create:slow": 5}})
    first = project.start("up", *YES)
    project.await_call("Create", "slow")
    refusal = project.run("up", *YES, code=1)
    assert "locked by 1 lock" in refusal.said
    assert f"(pid {first.pid})" in refusal.said
    assert "was killed" not in refusal.said
    assert project.end(first).code == 0
    project.run("up", *YES, "--expect-no-changes")
    assert project.there() == ["slow-1"]


def test_a_supervisor_that_closes_the_output_does_not_hurt_the_state(project: Project) -> None:
    project.program("".join(f"Thing('t{n}')\n" for n in range(20)))
    process = project.start("up", *YES)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    project.started.remove(process)
    assert {name.split("-")[0] for name in project.there()} == set(project.entries())
    assert project.pending() == []
    project.run("up", *YES, "--expect-no-changes")
    assert len(project.there()) == 20


def test_an_event_log_on_a_full_disk_fails_the_command_and_not_the_state(project: Project) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    project.program("Thing('a')\n")
    result = project.run("up", *YES, "--event-log", "/dev/full", code=1)
    assert "the event log is not complete" in result.said
    assert set(project.entries()) == {"a"}
    project.run("up", *YES, "--expect-no-changes")
