"""Memory of the platform: PSS of each process, their sum, and the limit."""

import os
import subprocess
import sys

import pytest

from infra.local.services.layout import LOCAL_DIR_VARIABLE, MARKER_VARIABLE, Layout
from scripts.lib.loadtest.memory import (
    LIMIT_BYTES,
    ProcessMemory,
    describe,
    measure,
    pss_bytes,
    report,
    within_limit,
)

ROLLUP = "00400000-7ffd [rollup]\nRss:  20480 kB\nPss:    1024 kB\nPss_Anon:  900 kB\n"


def test_pss_is_read_in_bytes():
    assert pss_bytes(ROLLUP) == 1024 * 1024


def test_a_kernel_thread_without_pages_takes_nothing():
    assert pss_bytes("") == 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ([b"/venv/bin/python", b"-m", b"app", b"worker", b"--port"], "python app worker"),
        ([b"/usr/sbin/nginx", b"-p", b"x"], "nginx"),
        ([b"nginx: worker process"], "nginx:"),
        ([b""], "?"),
        ([b"/bin/python", b"-m"], "python"),
    ],
)
def test_a_process_is_named_by_what_it_runs(words, name):
    assert describe(words) == name


def test_the_report_adds_up_and_says_when_it_is_too_much():
    half = ProcessMemory(1, "a", LIMIT_BYTES // 2 + 1)
    assert "within the limit of 2560 MiB" in report([half])
    assert within_limit([half])
    both = [half, ProcessMemory(2, "b", LIMIT_BYTES // 2 + 1)]
    assert "OVER the limit" in report(both)
    assert not within_limit(both)


def test_nothing_measured_is_not_within_the_limit():
    assert not within_limit([])


@pytest.mark.skipif(sys.platform != "linux", reason="smaps_rollup is Linux's")
def test_only_processes_of_the_platform_are_counted(tmp_path):
    layout = Layout.from_environment({LOCAL_DIR_VARIABLE: str(tmp_path)})
    words = [sys.executable, "-c", "input()"]
    ours = subprocess.Popen(
        words, stdin=subprocess.PIPE, env={**os.environ, MARKER_VARIABLE: layout.marker}
    )
    other = subprocess.Popen(words, stdin=subprocess.PIPE)
    try:
        found = measure(layout)
        assert [one.pid for one in found] == [ours.pid]
        assert found[0].pss > 0
    finally:
        for process in (ours, other):
            process.communicate(b"\n", timeout=10)
