"""The commands of docs/own-server.md, run on a machine in a folder in the order of the page."""

import dataclasses
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from infra.host.bundle import bundle_archive
from tests.docs.test_readme import blocks, help_text, unknown_words
from tests.support.machine import bundle_args, machine, with_image
from tests.support.steady_load import fetched

ROOT = Path(__file__).parents[2]
PAGE = blocks((ROOT / "docs/own-server.md").read_text(encoding="utf-8"))
SERVER = [block.body for block in PAGE if block.info == "sh server"]
SECONDS = 120
# The program's own interpreter may be older here than on Ubuntu 24.04.
SUDO = f"""#!/bin/bash
case "$1" in */set-up) exec {sys.executable} "$@" ;; *) exec "$@" ;; esac
"""


def test_every_block_says_where_it_runs():
    assert {block.info for block in PAGE} == {"sh aws", "sh server"}


@pytest.mark.engine
def test_what_needs_an_account_is_known_to_its_tool():
    commands = [c for block in PAGE if block.info == "sh aws" for c in block.commands()]
    assert commands
    assert not [words for command in commands for words in unknown_words(command, bundle_help)]


def bundle_help(tool, subcommand):
    return help_text(tool, [*subcommand, "bundle"])


@pytest.mark.services
@pytest.mark.skipif(sys.platform != "linux", reason="wants all of 127.0.0.0/8 and /proc")
def test_the_server_is_set_up_updated_rolled_back_and_undone(tmp_path):
    first = dataclasses.replace(bundle_args(), own_server=True)
    with machine(tmp_path / "m") as host:
        home = host.root / "home"
        home.mkdir()
        (host.bin / "sudo").write_text(SUDO)
        (host.bin / "sudo").chmod(0o755)
        unpack, check_and_set_up, forget, look, update, back, undo = SERVER

        packed(host, first, home)
        said = run(host, home, unpack)
        fill_in(home / "gacp.env")
        said = run(host, home, check_and_set_up)
        assert "would do" in said
        assert '"outcome": "done"' in said
        run(host, home, forget + look)
        assert not (home / "gacp.env").exists()
        one = serving(host)

        packed(host, with_image(first, 2), home)
        run(host, home, update)
        assert serving(host) != one
        run(host, home, back)
        assert serving(host) == one

        run(host, home, undo)
        assert not host.engine.made
        assert not (host.root / "opt/gacp").exists()
        assert list((host.root / "var/lib/gacp/tls").iterdir())


def packed(host, args, home):
    """The bundle in the server's home, with the addresses and ports of this machine."""
    folder = home / "scratch"
    with tarfile.open(fileobj=io.BytesIO(bundle_archive(args))) as opened:
        opened.extractall(folder, filter="data")
    host.localise(folder)
    with tarfile.open(home / "gacp-mine.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=".")
    subprocess.run(["rm", "-rf", str(folder)], check=True, timeout=30)


def fill_in(path):
    path.write_text(path.read_text().replace("<CHANGE_ME>", "filled-in"))


def serving(host):
    assert fetched(host.https_port, "GET", "/health")[0] == 200
    return {each.image for each in host.engine.running("api-0")}


def run(host, home, script):
    """The commands as they stand on the page, but for the server's root folder."""
    for path in ("/opt/gacp", "/etc/gacp", "/var/lib/gacp"):
        script = script.replace(path, f"{host.root}{path}")
    ran = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=home,
        env={
            "PATH": f"{host.bin}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GACP_ROOT": str(host.root),
            "HOME": str(home),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode == 0, f"{script}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return ran.stdout
