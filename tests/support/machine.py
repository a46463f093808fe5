"""A machine of profile `host` in a folder: the real set-up, with stand-ins for what is below it."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import signal
import socketserver
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from infra.host.bundle import BundleArgs, bundle_archive
from infra.host.onmachine.installing import SUMS
from infra.host.onmachine.release import read_release
from infra.local.services.ports import LOOPBACK, free_port
from infra.workloads.compose import EDGE_HTTP_PORT, EDGE_HTTPS_PORT, EDGE_PREFIX, FRONT_RANGE
from infra.workloads.environment import VARIABLES
from tests.support.container_engine import ContainerEngine

RUN_SECONDS = 120
# In the place of a release's own. Long ones are for machines with much else to do.
TIMES = {"health_seconds": 30, "drain_seconds": 30, "answer_seconds": 3, "load_requests": 20}
PROGRAMS = (
    *("docker", "apt-get", "dpkg-query", "systemctl", "getent", "groupadd", "useradd", "certbot"),
)
# A shell starts in a tenth of the time of an interpreter, and an exchange asks a hundred times.
CLIENT = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/{port}
words=("$PPID" "$GACP_REVISION" "$GACP_ADDRESS" "${{0##*/}}" "$@")
printf '%s\\0' "${{#words[@]}}" "${{words[@]}}" >&3
IFS= read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
"""


@dataclass
class System:
    """apt-get, systemctl and the rest: what they were asked, and what is so now."""

    root: Path
    asked: list[list[str]] = field(default_factory=list)
    packages: set[str] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    fails: str = ""  # the program that ends with an error
    certificate: Path | None = None  # what the authority gives

    def ask(self, argv: list[str]) -> tuple[int, str]:
        name, *words = argv
        if name not in ("dpkg-query", "getent"):
            self.asked.append(argv)
        if name == self.fails:
            return 1, f"{name} is broken today"
        match name:
            case "dpkg-query":
                there = words[-1] in self.packages
                return (0, "install ok installed") if there else (1, "no packages found")
            case "apt-get":
                if "install" in words:
                    self.packages |= set(words[words.index("install") + 1 :])
            case "getent":
                known = self.users.get(f"{words[0]}:{words[1]}")
                return (0, f"{known}:x:{words[1]}:") if known else (2, "")
            case "groupadd" | "useradd":
                table = "group" if name == "groupadd" else "passwd"
                flag = "--gid" if name == "groupadd" else "--uid"
                self.users[f"{table}:{words[words.index(flag) + 1]}"] = words[-1]
            case "certbot":
                return self._certbot(words)
            case _:
                return self._systemctl(words)
        return 0, ""

    def _systemctl(self, words: list[str]) -> tuple[int, str]:
        units = {each for each in words[1:] if not each.startswith("-")}
        if words[0] == "enable":
            self.enabled |= units
        if words[0] in ("is-enabled", "is-active"):
            return (0, "active") if units <= self.enabled else (1, "inactive")
        return 0, ""

    def _certbot(self, words: list[str]) -> tuple[int, str]:
        if self.certificate is None:
            return 1, "the authority could not reach this machine"
        live = Path(words[words.index("--config-dir") + 1]) / "live" / "gacp"
        live.mkdir(parents=True, exist_ok=True)
        for each in self.certificate.iterdir():
            shutil.copy(each, live / each.name)
        return 0, ""


@dataclass
class Machine:
    """`run` is set-up, as on a machine; `engine` and `system` are what it works on."""

    root: Path
    bin: Path
    engine: ContainerEngine
    system: System
    https_port: int
    http_port: int
    network: str
    ports: dict[str, str]

    def unpacked(self, args: BundleArgs) -> Path:
        """The bundle in its release folder, with the addresses and ports of this machine."""
        archive = bundle_archive(args)
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            name = f"{abs(hash(archive)):016x}"
            folder = self.root / "opt/gacp/releases" / name
            folder.mkdir(parents=True, exist_ok=True)
            opened.extractall(folder, filter="data")
        self.localise(folder)
        self.engine.images |= set(read_release(folder).images)
        return folder

    def run(self, folder: Path, *words: str, program: str = "set-up"):
        """Run to the end, whatever its exit code."""
        return self.started(folder, *words, program=program).finished()

    def started(self, folder: Path, *words: str, program: str = "set-up") -> Running:
        process = subprocess.Popen(
            [sys.executable, str(folder / program), *words],
            env={
                "PATH": f"{self.bin}:{os.environ['PATH']}",
                "GACP_ROOT": str(self.root),
                "HOME": str(self.root),
            },
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)

    def serving_addresses(self) -> dict[str, list[str]]:
        path = self.root / "etc/gacp/edge/serving/addresses.json"
        return json.loads(path.read_text(encoding="utf-8"))

    @property
    def current(self) -> Path:
        return (self.root / "opt/gacp/current").resolve()

    def tree(self) -> dict[str, tuple[int, bytes]]:
        """Every file that set-up may write, with mode and content."""
        places = ("etc", "opt", "var/lib", "root")
        return {
            str(path.relative_to(self.root)): (path.stat().st_mode, path.read_bytes())
            for place in places
            for path in sorted((self.root / place).rglob("*"))
            if path.is_file()
        }

    def localise(self, folder: Path) -> None:
        """Addresses, ports and paths of this machine in the files of a bundle, and their sums."""
        nginx = (folder / "nginx.conf").read_text(encoding="utf-8")
        for inside, here in (
            (f"0.0.0.0:{EDGE_HTTPS_PORT}", f"{LOOPBACK}:{self.https_port}"),
            (f"0.0.0.0:{EDGE_HTTP_PORT}", f"{LOOPBACK}:{self.http_port}"),
            *self.engine.localise.items(),
        ):
            assert inside in nginx or inside == "/etc/gacp", inside
            nginx = nginx.replace(inside, here)
        (folder / "nginx.conf").write_text(f"user root;\n{nginx}", encoding="utf-8")
        text = (folder / "release.json").read_text(encoding="utf-8")
        text = text.replace(FRONT_RANGE.removesuffix("0/24"), self.network)
        compose = (folder / "compose.yaml").read_text(encoding="utf-8")
        for port, free in self.ports.items():
            text = re.sub(rf"(\}}:|\"port\": ){port}\b", rf"\g<1>{free}", text)
            compose = compose.replace(f"'{port}'", f"'{free}'")
        described = json.loads(text)
        described["edge"]["https_port"] = self.https_port
        described |= TIMES
        (folder / "release.json").write_text(json.dumps(described), encoding="utf-8")
        (folder / "compose.yaml").write_text(compose, encoding="utf-8")
        names = [line.partition("  ")[2] for line in (folder / SUMS).read_text().splitlines()]
        sums = (f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
        (folder / SUMS).write_text("".join(sums), encoding="utf-8")


@dataclass
class Running:
    process: subprocess.Popen[str]

    def finished(self) -> Finished:
        try:
            output, errors = self.process.communicate(timeout=RUN_SECONDS)
        finally:
            self.process.kill()
        return Finished(self.process.returncode, output, errors)


@dataclass
class Finished:
    code: int
    output: str
    errors: str

    @property
    def summary(self):
        return json.loads(self.output.splitlines()[-1])

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


@contextlib.contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A fresh machine with nothing on it; everything that ran on it has ended afterwards."""
    root, programs = folder / "root", folder / "bin"
    (folder / "logs").mkdir(parents=True)
    programs.mkdir()
    localise = {path: f"{root}{path}" for path in ("/etc/gacp", "/var/lib/gacp", EDGE_PREFIX)}
    for path in localise.values():
        Path(path).mkdir(parents=True)
    network = f"127.{64 + secrets.randbelow(64)}.{secrets.randbelow(256)}."
    engine, system = ContainerEngine(folder / "logs", localise), System(root)
    free: list[int] = []
    while len(free) < 4:
        free.append(free_port(set(free)))
    ports = {"8000": str(free[0]), "8100": str(free[1])}
    made = Machine(root, programs, engine, system, free[2], free[3], network, ports)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            parent, revision, address, name, *words = self.asked()
            if name == "docker" and system.fails != "docker":
                values = {"GACP_REVISION": revision, "GACP_ADDRESS": address}
                code, text = engine.ask(words, values, int(parent))
            else:
                code, text = system.ask([name, *words])
            with contextlib.suppress(ConnectionError):
                self.wfile.write(f"{code}\n{text}".encode())

        def asked(self) -> list[str]:
            """As many words as the first says, each ended by a zero byte."""
            received = b""
            while received.count(b"\0") <= int(received.partition(b"\0")[0] or 0):
                received += self.request.recv(65536)
            return [each.decode() for each in received.split(b"\0")[1:-1]]

    with _Server((LOOPBACK, 0), Handler) as server:
        for name in PROGRAMS:
            (programs / name).write_text(CLIENT.format(port=server.server_address[1]))
            (programs / name).chmod(0o755)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()
            engine.close()


def with_image(args: BundleArgs, number: int) -> BundleArgs:
    """The same with another image of the application."""
    return dataclasses.replace(args, image=f"registry.example/gacp/app@sha256:{number:064x}")


def bundle_args(**more: object) -> BundleArgs:
    """Arguments of a bundle whose outputs are of the right form and lead nowhere."""
    outputs: dict[str, object] = dict.fromkeys(VARIABLES.values(), "somewhere")
    outputs |= {"region": "ap-southeast-1", "environment": "prod", "logGroup": "/gacp/prod/app"}
    outputs |= {"publicUrl": "https://gacp.example.com", "databasePort": 27017}
    values: dict[str, object] = {
        "outputs": outputs,
        "image": "registry.example/gacp/app@sha256:" + "a" * 64,
        "edge_image": "registry.example/nginx@sha256:" + "e" * 64,
        "domain": "gacp.example.com",
        "contact": "alerts@gacp.example",
    }
    return BundleArgs(**{**values, **more})
