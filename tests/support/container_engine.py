"""A container engine without containers: processes on loopback, behind the words of `docker`.

It lives in the test's process and is asked through a small client on PATH. What the program under
test can see is as with the real one: labels, health, restarts, stop times, a process id whose
sockets tell of connections. Paths inside a container are those of the machine under test, so that
nginx is the real one. Not modelled: images' contents, cgroups, networks' isolation, names.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
import yaml

from tests.support.edge import binary

APPLICATION = Path(__file__).with_name("container_application.py")
STOP_SECONDS = 10
VERSION = "28.2.2"


@dataclass
class Made:
    """A container. `down` is one that was stopped by a person and stays so."""

    id: str
    slot: str
    project: str
    labels: dict[str, str]
    image: str
    argv: list[str]
    address: str
    port: int
    stop_signal: int
    created: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    is_down: bool = False

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass
class ContainerEngine:
    """`behaviour` of an image: ok (if not said), slow, never (healthy), crash,
    or errors (healthy, but its health page isn't)."""

    folder: Path
    localise: dict[str, str]
    behaviour: dict[str, str] = field(default_factory=dict)
    images: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    registry_has: set[str] | None = None
    made: dict[str, Made] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    once_fails: bool = False
    # The asking program is killed while a one-off container of it is at work, which goes on.
    dies_in_once: bool = False
    fails_in: tuple[str, str] = ("", "")  # the slot and image that never get healthy
    version: str = VERSION
    # The asking program is killed after so many of its changes, one-off containers not counted.
    kill_after: int | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def ask(self, argv: list[str], environment: dict[str, str], parent: int) -> tuple[int, str]:
        """What `docker ARGV` answers: exit code and output."""
        with self.lock:
            code, text = self._dispatch(argv, environment)
            if self.dies_in_once and "run" in argv:
                self.dies_in_once = False
                self._leave_behind()
                os.kill(parent, signal.SIGKILL)
            if self._is_change(argv):
                self.events.append(" ".join(argv))
                if self.kill_after is not None and "run" not in argv:
                    self.kill_after -= 1
                    if self.kill_after <= 0:
                        self.kill_after = None
                        os.kill(parent, signal.SIGKILL)
        return code, text

    def running(self, slot: str) -> list[Made]:
        return [each for each in self.made.values() if each.slot == slot and each.is_alive]

    def close(self) -> None:
        for each in self.made.values():
            self._end(each, 0)

    @staticmethod
    def _is_change(argv: list[str]) -> bool:
        return argv[0] in ("kill", "stop", "rm", "start", "pull") or argv[0] == "compose"

    def _dispatch(self, argv: list[str], environment: dict[str, str]) -> tuple[int, str]:
        words = [each for each in argv[1:] if not each.startswith("-")]
        match argv[0]:
            case "ps":
                return 0, "\n".join(self.made)
            case "version":
                return 0, self.version
            case "inspect":
                return 0, json.dumps([self._told(self.made[each]) for each in words])
            case "compose":
                return self._compose(argv, environment)
            case "image":
                return self._image(argv[1], words[-1])
            case "pull":
                return self._pull(words[-1])
            case "network":
                return self._network(argv)
            case "logs":
                return 0, self.made[words[-1]].log.read_text(errors="replace")[-2000:]
            case _:
                return self._on_container(argv)

    def _on_container(self, argv: list[str]) -> tuple[int, str]:
        ids = [each for each in argv if each in self.made]
        for each in [self.made[name] for name in ids]:
            match argv[0]:
                case "stop":
                    seconds = float(argv[2]) if argv[1] == "-t" else STOP_SECONDS
                    self._end(each, seconds)
                case "rm":
                    self._end(each, 0)
                    del self.made[each.id]
                case "start":
                    each.is_down = False
                    self._spawn(each)
                case "kill":
                    os.kill(each.process.pid, signal.Signals[f"SIG{argv[2]}"])
                case "exec":
                    return self._run_nginx(argv[argv.index(each.id) + 2 :])
                case "top":
                    return 0, self._top(each)
        return 0, ""

    def _compose(self, argv: list[str], environment: dict[str, str]) -> tuple[int, str]:
        place = {argv[i]: argv[i + 1] for i in (1, 3, 5)}
        project = place["--project-name"]
        text = Path(place["--file"]).read_text(encoding="utf-8")
        filled = re.sub(r"\$\{(\w+):-\}", lambda found: environment.get(found[1], ""), text)
        services = yaml.safe_load(filled)["services"]
        if argv[7] == "run":
            return self._once(argv, services)
        return self._up(project, argv[-1], services[argv[-1]])

    def _leave_behind(self) -> None:
        identity = secrets.token_hex(32)
        labels = {"gacp.slot": "migrate", "com.docker.compose.oneoff": "True"}
        argv = ["sleep", "600"]
        created, log = datetime.now(UTC).isoformat(), self.folder / "migrate.log"
        made = Made(
            identity, "migrate", "gacp-once", labels, "", argv, "", 0, signal.SIGTERM, created, log
        )
        self.made[identity] = made
        self._spawn(made)

    def _once(self, argv: list[str], services: dict[str, object]) -> tuple[int, str]:
        at = next(i for i, each in enumerate(argv) if i > 7 and each in services)
        if argv[at] == "nginx":
            return self._run_nginx(argv[at + 1 :])
        return (1, "no index could be made") if self.once_fails else (0, "")

    def _up(self, project: str, slot: str, service: dict[str, object]) -> tuple[int, str]:
        if service["image"] not in self.images:
            return 1, f"no such image: {service['image']}"
        there = [e for e in self.made.values() if (e.slot, e.project) == (slot, project)]
        for each in there:
            if each.labels != service["labels"]:
                self._end(each, STOP_SECONDS)
                del self.made[each.id]
            else:
                return 0, ""
        command = service["command"]
        networks = service["networks"]
        address = (
            networks["front"]["ipv4_address"]
            if isinstance(networks, dict) and ("front" in networks)
            else ""
        )
        port = int(command[command.index("--port") + 1]) if "--port" in command else 0
        identity = secrets.token_hex(32)
        is_nginx = slot == "nginx"
        is_broken = is_nginx and self.behaviour.get(service["image"]) == "crash"
        argv = (
            ["false"]
            if is_broken
            else [binary(), *self._localised(command)]
            if is_nginx
            else self._application(slot, service, address, port)
        )
        made = Made(
            id=identity,
            slot=slot,
            project=project,
            labels=service["labels"],
            image=service["image"],
            argv=argv,
            address=address,
            port=port,
            stop_signal=signal.SIGQUIT if is_nginx else signal.SIGTERM,
            created=datetime.now(UTC).isoformat(),
            log=self.folder / f"{slot}-{identity[:6]}.log",
        )
        self.made[identity] = made
        self._spawn(made)
        return 0, ""

    def _application(self, slot, service, address: str, port: int) -> list[str]:
        behaviour = self.behaviour.get(service["image"], "ok")
        if self.fails_in == (slot, service["image"]):
            behaviour = "never"
        words = ["--slot", slot, "--image", service["image"], "--behaviour", behaviour]
        where = ["--address", address, "--port", str(port)] if address else []
        return [sys.executable, "-IS", str(APPLICATION), *words, *where]

    def _spawn(self, made: Made) -> None:
        with made.log.open("ab") as log:
            made.process = subprocess.Popen(
                made.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _end(self, made: Made, seconds: float) -> None:
        made.is_down = True
        if not made.is_alive:
            return
        made.process.send_signal(made.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            made.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait(STOP_SECONDS)

    def _told(self, made: Made) -> dict[str, object]:
        status = self._status(made)
        return {
            "Id": made.id,
            "Created": made.created,
            "RestartCount": made.restarts,
            "State": {
                "Status": status,
                "Pid": made.process.pid if made.is_alive else 0,
                **({} if made.slot == "nginx" else {"Health": {"Status": self._health(made)}}),
            },
            "Config": {"Labels": {**made.labels, "com.docker.compose.project": made.project}},
            "NetworkSettings": {"Networks": {"gacp-front": {"IPAddress": made.address}}},
        }

    def _status(self, made: Made) -> str:
        if made.is_alive:
            return "running"
        if made.is_down:
            return "exited"
        made.restarts += 1  # restart: always
        self._spawn(made)
        return "restarting"

    def _health(self, made: Made) -> str:
        if not made.address:
            return "healthy" if made.is_alive else "starting"
        try:
            connection = http.client.HTTPConnection(made.address, made.port, timeout=1)
            with contextlib.closing(connection):
                connection.request("GET", "/readyz")
                status = connection.getresponse().status
                return {200: "healthy", 500: "unhealthy"}.get(status, "starting")
        except OSError:
            return "starting"

    def _top(self, made: Made) -> str:
        lines = ["PID COMMAND"]
        for each in psutil.Process(made.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                lines.append(f"{each.pid} {' '.join(each.cmdline())}")
        return "\n".join(lines)

    def _run_nginx(self, words: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            [binary(), *self._localised(words)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stderr

    def _localised(self, words: list[str]) -> list[str]:
        found = []
        for word in words:
            for path, here in self.localise.items():
                word = word.replace(path, here) if word.startswith(path) else word
            found.append(word)
        return found

    def _image(self, verb: str, image: str) -> tuple[int, str]:
        if verb == "rm":
            self.images.discard(image)
            return 0, ""
        return (0, "") if image in self.images else (1, f"no such image: {image}")

    def _pull(self, image: str) -> tuple[int, str]:
        if self.registry_has is not None and image not in self.registry_has:
            return 1, f"manifest for {image} not found"
        self.images.add(image)
        return 0, ""

    def _network(self, argv: list[str]) -> tuple[int, str]:
        if argv[1] == "create":
            self.networks.add(argv[-1])
            return 0, ""
        return (0, "") if argv[-1] in self.networks else (1, "no such network")


def waited(holds, seconds: float) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.02)
    return True
