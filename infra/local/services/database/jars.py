"""The Java libraries of the embedded database: a table, each with the checksum it must have."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


class JarError(RuntimeError):
    """A jar is not the one that the table names."""


@dataclass(frozen=True, slots=True)
class Jar:
    """A Maven artifact, `sha256` of its file in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    def is_in(self, folder: Path) -> bool:
        """Whether the right file is there; a wrong one is removed, so that it is fetched anew."""
        path = folder / self.file_name
        if not path.is_file():
            return False
        if digest(path) == self.sha256:
            return True
        path.unlink()
        return False

    def check(self, path: Path) -> None:
        """Raise `JarError` unless `path` holds exactly the bytes that were reviewed."""
        found = digest(path)
        if found != self.sha256:
            raise JarError(
                f"{self.coordinate} has SHA-256 {found}, the table says {self.sha256}: the "
                "registry (or a mirror of it) serves another file; nothing of it was used. If "
                f"{path} is a damaged copy in a cache, delete it and run the command again"
            )


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# mongo-java-server without its H2 backend (the journal is ours), and of Netty only what it loads.
LIBRARIES = (
    Jar(
        "de.bwaldvogel",
        "mongo-java-server-core",
        "1.47.0",
        "9a34c9ad6ac6261906295481838256033ec1efc8c93a3e3828e5d47a006b0bd4",
    ),
    Jar(
        "de.bwaldvogel",
        "mongo-java-server-memory-backend",
        "1.47.0",
        "82864f8a2ede1514f64c2cd3a70e8022c259eb3d78975cfa208c1668ac1f12bb",
    ),
    Jar(
        "io.netty",
        "netty-buffer",
        "4.2.2.Final",
        "4820eeb2d3db269b20b30711e3d7d21979664249aaf10fc67f90dee935810747",
    ),
    Jar(
        "io.netty",
        "netty-codec-base",
        "4.2.2.Final",
        "76987614ccb2fda7d3292b69ba5b61351f30e91bf5c7d8fa4b51bc32c9f67456",
    ),
    Jar(
        "io.netty",
        "netty-common",
        "4.2.2.Final",
        "5d022f3acad74cb0f195f60213500a4000d1340e5e941edaf1a0e756686b9bae",
    ),
    Jar(
        "io.netty",
        "netty-handler",
        "4.2.2.Final",
        "d4ef582c78125457baa0cfa52992b5fb1bb9172d1a2c03b726e8b26e17d3fe2c",
    ),
    Jar(
        "io.netty",
        "netty-resolver",
        "4.2.2.Final",
        "fa7841ffe2e39d52251814fb8560d6936b10ae7c67453ee50426b83fd5170ba0",
    ),
    Jar(
        "io.netty",
        "netty-transport",
        "4.2.2.Final",
        "116d766a1af4722fe76a4cdaed969644985d44e08ec1337d2dbab697dd109603",
    ),
    Jar(
        "io.netty",
        "netty-transport-native-unix-common",
        "4.2.2.Final",
        "aa8821a7ea2ca47f62740bd1f37d67deb97824cc77e76dde6ae2c439a923fc9d",
    ),
    Jar(
        "org.slf4j",
        "slf4j-api",
        "2.0.17",
        "7b751d952061954d5abfed7181c1f645d336091b679891591d63329c622eb832",
    ),
)

# Compiles the launcher where there is a Java runtime without `javac`.
COMPILER = Jar(
    "org.eclipse.jdt",
    "ecj",
    "3.46.0",
    "d0d43f8e2d7003e5efed612e2cbb5f01870043397d8f1bbe536fd9128f4fcbf7",
)
