"""The container engine's own commands: what stands there, start, stop, remove."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.host.onmachine.commands import outcome, run
from infra.host.onmachine.plan import Container
from infra.host.onmachine.release import Release

PROJECT = "gacp-"  # a compose project for each colour
SLOT_LABEL, REVISION_LABEL = "gacp.slot", "gacp.revision"
_PROJECT_LABEL, _ONE_OFF_LABEL = "com.docker.compose.project", "com.docker.compose.oneoff"

# Seconds.
ASK = 30
START = 120
PULL = 600
ONCE = 600  # index builds of a migration included
STOP_MARGIN = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """`docker`, with the compose file of a release.

    `secrets` go into the environment of pulls (registry) and nowhere else.
    """

    folder: Path
    release: Release
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def containers(self) -> tuple[Container, ...]:
        """All of this platform, of every release, running or not."""
        listed = run(
            ["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={SLOT_LABEL}"],
            ASK,
        ).split()
        if not listed:
            return ()
        told = json.loads(run(["docker", "inspect", *listed], ASK))
        return tuple(_container(each, self.release.front_network) for each in told)

    def start(self, name: str, colour: str, revision: str, address: str = "") -> None:
        """The container of a slot in a colour; there may be one in the other colour."""
        words = ["up", "--detach", "--no-deps", "--pull", "never", name]
        values = {"GACP_REVISION": revision, "GACP_ADDRESS": address}
        run(self._compose(PROJECT + colour, words), START, values)

    def run_once(self, service: str, options: Sequence[str], words: Sequence[str]) -> None:
        """A container of a service that does something and goes."""
        run(self._once(service, options, words), ONCE)

    def try_once(self, service: str, words: Sequence[str]) -> tuple[int, str]:
        """The same; its exit code and what it said."""
        code, output, errors = outcome(self._once(service, [], words), ONCE)
        return code, (errors or output).strip()

    def inside(self, container: Container, words: Sequence[str]) -> tuple[int, str]:
        """Run a program in a container; its exit code and what it said."""
        code, output, errors = outcome(["docker", "exec", container.id, *words], ASK)
        return code, (errors or output).strip()

    def signal(self, container: Container, name: str) -> None:
        run(["docker", "kill", "--signal", name, container.id], ASK)

    def stop(self, container: Container, seconds: int) -> None:
        """Ask it to end, and end it after `seconds`."""
        words = ["docker", "stop", "-t", str(seconds), container.id]
        run(words, seconds + STOP_MARGIN)

    def start_again(self, container: Container) -> None:
        run(["docker", "start", container.id], START)

    def remove(self, container: Container) -> None:
        """At once, running or not."""
        run(["docker", "rm", "--force", "--volumes", container.id], START)

    def last_words(self, container: Container, lines: int = 15) -> str:
        """The end of its log, to say why it did not start."""
        _, output, errors = outcome(["docker", "logs", "--tail", str(lines), container.id], ASK)
        return (output + errors).strip()

    def processes(self, container: Container) -> list[tuple[int, str]]:
        """(process id, command line) of all that runs in it."""
        lines = run(["docker", "top", container.id, "-eo", "pid,args"], ASK).splitlines()[1:]
        pairs = [line.split(None, 1) for line in lines if line.strip()]
        return [(int(pair[0]), pair[1] if len(pair) > 1 else "") for pair in pairs]

    def has_image(self, image: str) -> bool:
        return outcome(["docker", "image", "inspect", image], ASK)[0] == 0

    def pull(self, image: str) -> None:
        run(["docker", "pull", "--quiet", image], PULL, self.secrets)

    def has_network(self, name: str) -> bool:
        return outcome(["docker", "network", "inspect", name], ASK)[0] == 0

    def make_network(self, name: str, subnet: str = "", dynamic: str = "") -> None:
        """`dynamic` is the part of the subnet whose addresses the engine may give out itself."""
        options = ["--subnet", subnet, "--ip-range", dynamic] if subnet else []
        run(["docker", "network", "create", *options, name], ASK)

    def _once(self, service: str, options: Sequence[str], words: Sequence[str]) -> list[str]:
        how = ["run", "--rm", "--no-deps", "-T", *options]
        return self._compose(f"{PROJECT}once", [*how, service, *words])

    def _compose(self, project: str, words: Sequence[str]) -> list[str]:
        place = ["--project-directory", str(self.folder), "--file", f"{self.folder}/compose.yaml"]
        return ["docker", "compose", "--project-name", project, *place, *words]


def _container(told: Mapping[str, Any], network: str) -> Container:
    labels: Mapping[str, str] = told["Config"]["Labels"] or {}
    state: Mapping[str, Any] = told["State"]
    networks: Mapping[str, Any] = told.get("NetworkSettings", {}).get("Networks") or {}
    return Container(
        id=told["Id"],
        slot=labels.get(SLOT_LABEL, ""),
        revision=labels.get(REVISION_LABEL, ""),
        colour=labels.get(_PROJECT_LABEL, "").removeprefix(PROJECT),
        status=state["Status"],
        health=(state.get("Health") or {}).get("Status", ""),
        restarts=int(told.get("RestartCount") or 0),
        pid=int(state.get("Pid") or 0),
        created=told["Created"],
        address=(networks.get(network) or {}).get("IPAddress") or "",
        one_off=labels.get(_ONE_OFF_LABEL, "").lower() == "true",
    )
