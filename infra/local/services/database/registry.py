"""Fetches Maven artifacts by coordinate, through `mvn` where it is found and `jgo` otherwise.

Both know where the registry is (and `mvn` the user's mirrors and proxies), so no address stands
here. Run as a module it is the `jgo` half, in a process of its own so that a deadline can end it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from infra.local.services.database.jars import Jar

FETCH_SECONDS = 180
POM = "http://maven.apache.org/POM/4.0.0"
DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


class RegistryError(RuntimeError):
    """The jars could not be had; the text says from whom they were asked and what to do."""


def fetch(jars: Sequence[Jar], folder: Path, report: Callable[[str], None]) -> None:
    """Bring `jars` into `folder`, each checked before it gets its name there.

    Raises `RegistryError` when no client could bring them, `JarError` when one is not what it
    should be.
    """
    clients = [_with_jgo]
    if shutil.which("mvn"):
        clients.insert(0, _with_mvn)
    failures: list[str] = []
    for client in clients:
        with tempfile.TemporaryDirectory(dir=folder, prefix="fetch-") as scratch:
            try:
                client(jars, Path(scratch))
            except (OSError, subprocess.SubprocessError) as error:
                failures.append(_explain(client.__name__.removeprefix("_with_"), error))
                report(f"  {failures[-1]}")
                continue
            for jar in jars:
                jar.check(Path(scratch) / jar.file_name)
                (Path(scratch) / jar.file_name).replace(folder / jar.file_name)
            return
    raise RegistryError(
        f"{len(jars)} Java libraries of the database could not be fetched ({'; '.join(failures)}). "
        "Check the network and the proxy of the Maven registry, then run the command again; or set "
        "MONGODB_URI to a server of yours, which needs none of them"
    )


def _explain(client: str, error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{client} did not end within {FETCH_SECONDS} s"
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line.strip() for line in f"{error.stderr or error.stdout}".splitlines()]
        last = next((line for line in reversed(lines) if line and line != "[ERROR]"), "no message")
        first = next((line for line in lines if "ERROR" in line or "Error" in line), last)
        return f"{client} ended with {error.returncode}: {first[:300]}"
    return f"{client}: {error}"


def _with_mvn(jars: Sequence[Jar], scratch: Path) -> None:
    pom = scratch / "pom.xml"
    pom.write_bytes(render_pom(jars))
    command = ["mvn", "-q", "-B", "-f", str(pom), f"{DEPENDENCY_PLUGIN}:copy-dependencies"]
    command += [
        f"-DoutputDirectory={scratch}",
        "-DexcludeTransitive=true",
        "-Dmdep.stripVersion=false",
    ]
    _run(command)


def _with_jgo(jars: Sequence[Jar], scratch: Path) -> None:
    coordinates = [jar.coordinate for jar in jars]
    _run([sys.executable, "-m", __name__, str(scratch), *coordinates])


def _run(command: Sequence[str]) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
        stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[4],
    )


def render_pom(jars: Sequence[Jar]) -> bytes:
    """A project that depends on exactly `jars`."""
    ET.register_namespace("", POM)
    project = ET.Element(f"{{{POM}}}project")

    def add(parent: ET.Element, **children: str) -> None:
        for name, text in children.items():
            ET.SubElement(parent, f"{{{POM}}}{name}").text = text

    add(project, modelVersion="4.0.0", groupId="gacp", artifactId="database", version="1")
    dependencies = ET.SubElement(project, f"{{{POM}}}dependencies")
    for jar in jars:
        dependency = ET.SubElement(dependencies, f"{{{POM}}}dependency")
        add(dependency, groupId=jar.group, artifactId=jar.artifact, version=jar.version)
    return ET.tostring(project, xml_declaration=True, encoding="utf-8")


def _fetch_with_jgo_here(scratch: Path, coordinates: Sequence[str]) -> None:
    from jgo.maven import MavenContext  # loads slowly and is wanted in this process alone

    context = MavenContext()
    for coordinate in coordinates:
        group, artifact, version = coordinate.split(":")
        path = context.project(group, artifact).at_version(version).artifact().resolve()
        shutil.copyfile(path, scratch / f"{artifact}-{version}.jar")


if __name__ == "__main__":
    _fetch_with_jgo_here(Path(sys.argv[1]), sys.argv[2:])
