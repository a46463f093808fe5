"""Graphs that one process of a test run has recorded, for every other process of the same run.

A whole program takes half a second and is asked for by many files; a graph depends on nothing but
the stack, its configuration and whether it is a preview.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

FOLDER = "GACP_RECORDED_GRAPHS"


def begin() -> Path | None:
    """A folder for this test run and its processes; none where one is there already."""
    if FOLDER in os.environ:
        return None
    folder = Path(tempfile.mkdtemp(prefix="gacp-graphs-"))
    os.environ[FOLDER] = str(folder)
    return folder


def end(folder: Path) -> None:
    """Forget what this run recorded."""
    os.environ.pop(FOLDER, None)
    shutil.rmtree(folder)


def remembered[T](
    stack: str, config: Mapping[str, object], dry_run: bool, record: Callable[[], T]
) -> T:
    """What `record` gives, made once a run. Every caller gets a copy of its own."""
    if FOLDER not in os.environ:
        return record()
    asked = json.dumps([stack, config, dry_run], sort_keys=True).encode()
    file = Path(os.environ[FOLDER]) / hashlib.sha256(asked).hexdigest()
    if not file.exists():
        # Two processes may record the same at once: the files are equal and whole.
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(record()))
        unfinished.replace(file)
    return pickle.loads(file.read_bytes())
