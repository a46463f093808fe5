"""The embedded services of stack `local`: made ready, started, and written down as endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.services import mail, redis
from infra.local.services.aws_api import launcher as aws_api
from infra.local.services.database import launcher as database
from infra.local.services.endpoints import Endpoint, given_endpoints, write_endpoints
from infra.local.services.launch import Program
from infra.local.services.layout import Layout
from infra.local.services.ports import LOOPBACK, PortBook
from infra.local.services.programs import read_programs
from infra.local.services.supervisor import Applied, Supervisor

GROUP = "services"


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are, and what starting them did."""

    endpoints: Mapping[str, Endpoint]
    applied: Applied
    # Whether an address differs from the last time (a first start included).
    moved: bool = field(default=False)


def port_book(layout: Layout, report: Callable[[str], None], *, rechoose: bool = False) -> PortBook:
    """The platform's ports. Those of its own running programs count as free to it."""
    supervisor = Supervisor(layout)

    def ours(port: int) -> bool:
        # Asked when a port is taken, not before: programs start while the book is in use.
        return supervisor.running() and port in _ports_of_running(layout, supervisor)

    return PortBook(layout.ports_file, ours=ours, rechoose=rechoose, report=report)


def start_services(
    layout: Layout,
    supervisor: Supervisor,
    ports: PortBook,
    environment: Mapping[str, str],
    report: Callable[[str], None],
) -> Services:
    """Start what isn't given by an address, wait until all answer, and write `endpoints.json`.

    Raises `ServicesError` (a port that is taken, a missing tool, a service that doesn't answer).
    """
    given = given_endpoints(environment)
    for name in given:
        report(f"{name} is the one given: {given[name].host}:{given[name].port}")
    # Chosen together and first, so that two of them never meet on one port.
    names = ("database", "redis-queue", "redis-cache", "aws-api", "mail", "mail-view", "edge")
    chosen = {name: ports.port(name) for name in names if name not in given}
    programs = [
        program for program in _programs(layout, chosen, report) if program.name not in given
    ]
    applied = supervisor.apply(GROUP, programs)
    endpoints = {
        **{
            name: Endpoint(LOOPBACK, chosen[name])
            for name in ("database", "redis-queue", "redis-cache", "edge")
            if name not in given
        },
        "aws": Endpoint(LOOPBACK, chosen["aws-api"]),
        "mail": Endpoint(LOOPBACK, chosen["mail"], view_port=chosen["mail-view"]),
        **given,
    }
    return Services(endpoints, applied, write_endpoints(layout.endpoints_file, endpoints))


def _programs(
    layout: Layout, ports: Mapping[str, int], report: Callable[[str], None]
) -> list[Program]:
    data: Callable[[str], Path] = lambda name: layout.data / name  # noqa: E731 — one word, three uses
    wanted = [redis.program(kind, ports[kind], data(kind)) for kind in redis.Redis if kind in ports]
    if "database" in ports:
        tools = database.prepare(layout.tools, report)
        wanted.append(database.program(tools, ports["database"], data("database")))
    wanted.append(aws_api.program(ports["aws-api"], data("aws-api")))
    wanted.append(
        mail.program(
            layout.python, layout.repository, ports["mail"], ports["mail-view"], data("mail")
        )
    )
    return wanted


def _ports_of_running(layout: Layout, supervisor: Supervisor) -> set[int]:
    running = {name for name, state in supervisor.client.states().items() if state.pid}
    remembered = PortBook(layout.ports_file).remembered()
    ports = {
        program.ready.port
        for name, program in read_programs(layout).items()
        if name in running and program.ready is not None
    }
    # The mail sink listens on two ports and is asked on one.
    if "mail" in running and "mail" in remembered:
        ports.add(remembered["mail"])
    return ports
