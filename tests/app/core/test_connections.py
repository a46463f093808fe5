"""How the database is found: by an endpoint, by a connection string, by DNS."""

from __future__ import annotations

import asyncio
import socket

import dns.asyncresolver
import dns.message
import dns.rrset
import pytest

from app.core.connections import mongo_options, open_connections, ping_database
from app.core.secrets import Credentials, Secrets
from app.settings import Settings, load_settings
from tests.app.environment import COMPLETE

LOGIN = Credentials("gacp", "hunter2")
CLUSTER = "cluster0.ab1cd.example"


def settings_of(**changed: str) -> Settings:
    return load_settings(COMPLETE | changed)


def options_of(secrets: Secrets, **changed: str) -> dict[str, object]:
    return mongo_options(settings_of(**changed), secrets)


def test_a_managed_cluster_is_found_by_its_endpoint_as_set_rs0():
    options = options_of(Secrets("", "", LOGIN), DATABASE_TLS="true")
    assert (options["host"], options["port"]) == ("127.0.0.1", 27117)
    assert (options["replicaSet"], options["tls"]) == ("rs0", True)


def test_an_external_one_is_trusted_by_public_authorities_and_tells_its_own_set():
    where = {"DATABASE_KIND": "mongodb+srv", "DATABASE_HOST": CLUSTER, "DATABASE_TLS": "true"}
    options = options_of(Secrets("", "", LOGIN), **where)
    assert options["host"] == f"mongodb+srv://{CLUSTER}/"
    assert options["username"] == "gacp"
    assert options["tls"] is True
    assert not {"port", "replicaSet", "tlsCAFile", "directConnection"} & options.keys()


def test_a_connection_string_wins_over_the_name_but_not_over_the_rules():
    uri = f"mongodb+srv://gacp:hunter2@{CLUSTER}/?retryWrites=true"
    options = options_of(
        Secrets("", "", database_uri=uri), DATABASE_KIND="mongodb", DATABASE_TLS="true"
    )
    assert options["host"] == uri
    assert options["tls"] is True
    assert options["retryWrites"] is False


async def answers(settings: Settings, secrets: Secrets) -> None:
    connections = open_connections(settings, secrets)
    try:
        await ping_database(connections.database)
        await connections.database["things"].insert_one({"_id": "of this test"})
        assert await connections.database["things"].find_one({"_id": "of this test"})
        await connections.database["things"].drop()
    finally:
        await connections.close()


@pytest.mark.services
async def test_a_database_answers_by_a_whole_connection_string(app_environment):
    host, port = app_environment["DATABASE_HOST"], app_environment["DATABASE_PORT"]
    settings = settings_of(DATABASE_KIND="mongodb", DATABASE_HOST="not-asked.example")
    await answers(settings, Secrets("", "", database_uri=f"mongodb://{host}:{port}/"))


@pytest.mark.services
async def test_a_database_answers_by_its_name_and_port(app_environment):
    where = {key: app_environment[key] for key in ("DATABASE_HOST", "DATABASE_PORT")}
    await answers(settings_of(DATABASE_KIND="mongodb", **where), Secrets("", ""))


class Names(asyncio.DatagramProtocol):
    """A name server on loopback that knows one cluster: its servers, and no options."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data, addr) -> None:
        asked = dns.message.from_wire(data)
        (question,) = asked.question
        name = question.name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(asked)
        if name == f"_mongodb._tcp.{CLUSTER}.":
            server = f"0 0 {self._port} shard-0.ab1cd.example."
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "SRV", server))
        self._transport.sendto(answer.to_wire(), addr)


@pytest.fixture
async def names(app_environment, monkeypatch):
    """Names of the cluster lead to the test run's own database."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Names(int(app_environment["DATABASE_PORT"])), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
    known = socket.getaddrinfo
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda host, *rest, **more: known(
            "127.0.0.1" if host == "shard-0.ab1cd.example" else host, *rest, **more
        ),
    )
    yield server
    transport.close()


@pytest.mark.services
@pytest.mark.parametrize("by_uri", [True, False])
async def test_a_database_answers_by_a_name_that_dns_leads_from(names, by_uri):
    where = {"DATABASE_KIND": "mongodb+srv", "DATABASE_HOST": CLUSTER}
    uri = f"mongodb+srv://{CLUSTER}/?tls=false" if by_uri else ""
    await answers(settings_of(**where), Secrets("", "", database_uri=uri))
    assert f"_mongodb._tcp.{CLUSTER}." in names.asked
