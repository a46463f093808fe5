"""The MongoDB-compatible database as a supervised program.

Which engine: the environment's `GACP_DATABASE_ENGINE` is `auto` (default: a `mongod` on PATH, else
the Java server), `mongod` or `java`. A server given by `MONGODB_URI` never comes here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra.local.services.database.jars import COMPILER, LIBRARIES
from infra.local.services.database.java import Java, find_java
from infra.local.services.database.registry import fetch
from infra.local.services.launch import Probe, ProbeKind, Program

SOURCES = Path(__file__).parent / "java"
MAIN_CLASS = "gacp.database.Launcher"
COMPILE_SECONDS = 120
STOP_SECONDS = 20  # the journal is compacted on the way out
HOST = "127.0.0.1"

# 512 MiB hold 200,000 documents of 0.6 KB with three indexes. A heap that is full ends the process,
# so that the supervisor says so, instead of answering errors for ever.
JVM_OPTIONS = (
    "-Xms32m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:MinHeapFreeRatio=10",
    "-XX:MaxHeapFreeRatio=30",
    "-XX:MaxDirectMemorySize=96m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dslf4j.internal.verbosity=ERROR",
    "-Dfile.encoding=UTF-8",
)


class DatabaseError(RuntimeError):
    """The database cannot be prepared as asked; the text says what to do."""


class Engine(StrEnum):
    """Who serves the MongoDB protocol."""

    MONGOD = "mongod"
    JAVA = "java"


@dataclass(frozen=True, slots=True)
class DatabaseTools:
    """What `program` needs: the server binary, and for Java the class path."""

    engine: Engine
    binary: Path
    class_path: tuple[Path, ...] = ()


def prepare(
    tools: Path, report: Callable[[str], None], environment: Mapping[str, str] = os.environ
) -> DatabaseTools:
    """Find or make all that the database needs; the second time nothing is fetched or compiled.

    `tools` is the folder of shared tools (`.local/tools`); a folder `database` in it is ours.
    Raises `DatabaseError`, `JavaError`, `JarError` or `RegistryError`, each saying what to do.
    """
    choice = environment.get("GACP_DATABASE_ENGINE") or "auto"
    if choice not in ("auto", *Engine):
        raise DatabaseError(f"GACP_DATABASE_ENGINE={choice!r}: write auto, mongod or java")
    mongod = shutil.which("mongod", path=environment.get("PATH"))
    if mongod and choice in ("auto", Engine.MONGOD):
        return DatabaseTools(Engine.MONGOD, Path(mongod))
    if choice == Engine.MONGOD:
        raise DatabaseError(
            "GACP_DATABASE_ENGINE=mongod, but no mongod is on PATH: install MongoDB's server, or "
            "leave the variable out to use the embedded one"
        )
    java = find_java(environment)
    folder = tools.absolute() / "database"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in LIBRARIES if not jar.is_in(folder)]
    if missing:
        report(f"fetching {len(missing)} Java libraries of the database (3 MB)")
        fetch(missing, folder, report)
    classes = _compiled(java, folder, report)
    return DatabaseTools(
        Engine.JAVA, java.program, (classes, *(folder / jar.file_name for jar in LIBRARIES))
    )


def source_files() -> tuple[Path, ...]:
    """The launcher's Java files in a stable order."""
    return tuple(sorted(SOURCES.rglob("*.java")))


def stamp() -> str:
    """Changes whenever the classes would: with a source file or a library."""
    state = hashlib.sha256()
    for path in source_files():
        state.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for jar in LIBRARIES:
        state.update(jar.sha256.encode())
    return state.hexdigest()[:16]


def _compiled(java: Java, folder: Path, report: Callable[[str], None]) -> Path:
    """The folder of classes for the present sources; its name is their stamp.

    Older ones stay: a server that still runs loads classes from its own.
    """
    target = folder / f"classes-{stamp()}"
    if target.is_dir():
        return target
    if java.compiler is None and not COMPILER.is_in(folder):
        report("fetching a Java compiler (3 MB)")
        fetch([COMPILER], folder, report)
    report("compiling the database launcher")
    scratch = Path(tempfile.mkdtemp(dir=folder, prefix="compile-"))
    try:
        compile_into(scratch, java, folder)
        scratch.rename(target)  # at once: an interrupted compilation leaves no half a folder
    except OSError:
        if not target.is_dir():  # else another process was quicker: its classes are the same
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def compile_into(target: Path, java: Java, folder: Path) -> None:
    """Compile the launcher with the runtime's own compiler, else with the one of Eclipse.

    Raises `DatabaseError` with the compiler's words.
    """
    class_path = os.pathsep.join(str(folder / jar.file_name) for jar in LIBRARIES)
    if java.compiler is not None:
        command = [str(java.compiler), "--release", "17", "-nowarn"]
    else:
        # `--release` would need the symbol table that only a development kit has.
        command = [str(java.program), "-jar", str(folder / COMPILER.file_name)]
        command += ["-17", "-nowarn", "-proc:none"]
    command += ["-encoding", "UTF-8", "-d", str(target), "-cp", class_path]
    try:
        subprocess.run(
            [*command, *map(str, source_files())],
            check=True,
            capture_output=True,
            text=True,
            timeout=COMPILE_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.CalledProcessError as error:
        raise DatabaseError(
            f"the database launcher does not compile with {command[0]}: "
            f"{(error.stderr or error.stdout)[-600:]}"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise DatabaseError(
            f"{command[0]} did not compile the database launcher within {COMPILE_SECONDS} s: "
            "run the command again on a quieter machine"
        ) from error


def program(tools: DatabaseTools, port: int, data: Path | None) -> Program:
    """The server on loopback `port`, its files in `data`; None keeps nothing beyond the process."""
    if tools.engine is Engine.MONGOD:
        return _mongod(tools, port, data)
    store = ("--memory",) if data is None else ("--data", str(data.absolute()))
    class_path = os.pathsep.join(map(str, tools.class_path))
    return Program(
        name="database",
        argv=(
            str(tools.binary),
            *JVM_OPTIONS,
            "-cp",
            class_path,
            MAIN_CLASS,
            "--port",
            str(port),
            *store,
        ),
        directory=tools.class_path[0],
        ready=Probe(ProbeKind.MONGO, HOST, port),
        stop_seconds=STOP_SECONDS,
    )


def _mongod(tools: DatabaseTools, port: int, data: Path | None) -> Program:
    folder = data.absolute() if data else Path(tempfile.mkdtemp(prefix="gacp-database-"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Program(
        name="database",
        argv=(
            str(tools.binary),
            "--bind_ip",
            HOST,
            "--port",
            str(port),
            "--dbpath",
            str(folder),
            "--quiet",
        ),
        directory=folder,
        ready=Probe(ProbeKind.MONGO, HOST, port),
        stop_seconds=STOP_SECONDS,
    )
