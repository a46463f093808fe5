import subprocess
import sys

from infra.local.services import run_program

# In a session of its own: a group whose leader ends and leaves a worker, and one whose leader
# lives. Prints what is orphaned before and after, and whether the living one still runs.
SESSION = """
import os, sys, time
from infra.local.services.run_program import end_orphans, orphaned_groups

def group(leader):
    out, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgrp()
        leader(told)
    os.read(out, 1)
    return pid

def dies(told):
    if os.fork() == 0:
        os.write(told, b".")
        time.sleep(60)
    os._exit(0)

def lives(told):
    os.write(told, b".")
    time.sleep(60)

dead, alive = group(dies), group(lives)
os.waitpid(dead, 0)
session = os.getsid(0)
print(orphaned_groups(session) == {dead})
end_orphans(session)
print(orphaned_groups(session) == set())
print(os.waitpid(alive, os.WNOHANG) == (0, 0))
os.kill(alive, 9)
"""


def test_a_group_without_its_leader_is_ended_and_one_with_a_leader_runs_on():
    ended = subprocess.run(
        [sys.executable, "-c", SESSION],
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.stdout.split() == ["True"] * 3


def test_nothing_of_another_session_is_a_leftover():
    assert run_program.orphaned_groups(session=-1) == set()
