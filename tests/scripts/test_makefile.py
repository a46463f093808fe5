"""`make` is the manual."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
INNER = {"quiet-setup"}


def test_make_alone_prints_every_target_with_one_line():
    # `make test` runs this test: what the outer make tells its children is left out.
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    done = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    printed = [line.split()[1] for line in done.stdout.splitlines()]
    assert sorted(printed) == sorted(set(TARGETS) - INNER)
    assert all(len(line.split()) > 3 for line in done.stdout.splitlines())


def test_the_names_to_keep_are_there():
    kept = {"setup", "up", "down", "clean", "test", "lint", "bench"}
    kept |= {f"test-{tier}" for tier in ("unit", "services", "engine", "load", "e2e")}
    assert kept <= set(TARGETS)


def test_clean_refuses_a_link(tmp_path):
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / "precious").mkdir()
    (tmp_path / ".local").symlink_to(tmp_path / "precious")
    done = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert (tmp_path / "precious").exists()
    assert (tmp_path / ".local").is_symlink()
