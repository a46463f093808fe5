import io
import os
import signal
import subprocess
import sys

from infra.local.services import reaper

GROUP = """
import os, signal
if os.fork() == 0:
    print(os.getpid(), flush=True)
    signal.pause()
os._exit(0)
"""


def event(pid):
    payload = f"processname:api-0 groupname:api-0 from_state:RUNNING expected:0 pid:{pid}"
    return f"ver:3.0 eventname:PROCESS_STATE_EXITED len:{len(payload)}\n{payload}"


def listen(text):
    answers, log = io.StringIO(), io.StringIO()
    reaper.listen(io.StringIO(text), answers, log)
    return answers.getvalue(), log.getvalue()


def test_what_an_ended_program_left_in_its_group_is_ended():
    leader = subprocess.Popen(
        [sys.executable, "-c", GROUP], stdout=subprocess.PIPE, process_group=0, text=True
    )
    worker = int(leader.stdout.readline())
    leader.wait()
    _, log = listen(event(leader.pid))
    assert "api-0: ended what" in log
    # The pipe's other end is held by the worker alone: its end is seen as the end of the pipe.
    assert leader.stdout.read() == ""
    leader.stdout.close()
    assert worker != leader.pid


def test_an_empty_group_is_nothing_to_say():
    gone = subprocess.Popen([sys.executable, "-c", ""], process_group=0)
    gone.wait()
    _, log = listen(event(gone.pid))
    assert log == ""


def test_every_event_is_acknowledged():
    gone = subprocess.Popen([sys.executable, "-c", ""], process_group=0)
    gone.wait()
    answers, _ = listen(event(gone.pid) * 2)
    assert answers == "READY\nRESULT 2\nOKREADY\nRESULT 2\nOKREADY\n"


def test_a_group_is_killed_not_asked(monkeypatch):
    sent = []
    monkeypatch.setattr(os, "killpg", lambda pid, number: sent.append((pid, number)))
    assert reaper.end_group(4242)
    assert sent == [(4242, signal.SIGKILL)]
