import socket
import threading
from contextlib import closing

import pytest

from infra.local.services.errors import NotReadyError
from infra.local.services.launch import Probe, ProbeKind
from infra.local.services.ports import LOOPBACK, free_port
from infra.local.services.wait_for import ask, main, wait_until_ready


@pytest.fixture
def says():
    """A server that answers every connection with the given bytes."""
    servers = []

    def start(answer):
        server = socket.create_server((LOOPBACK, 0))
        servers.append(server)

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    yield start
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_nobody_listens_is_an_answer_for_every_kind():
    port = free_port()
    assert all(ask(Probe(kind, LOOPBACK, port), 0.3) for kind in ProbeKind)


@pytest.mark.parametrize(
    ("kind", "answer", "ready"),
    [
        (ProbeKind.HTTP, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        (ProbeKind.HTTP, b"HTTP/1.1 503 Draining\r\nContent-Length: 0\r\n\r\n", False),
        (ProbeKind.HTTP, b"what?", False),
        (ProbeKind.REDIS, b"+PONG\r\n", True),
        (ProbeKind.REDIS, b"-LOADING Redis is loading the dataset in memory\r\n", False),
        (ProbeKind.MONGO, b"no such protocol", False),
    ],
)
def test_an_open_port_alone_is_not_ready(says, kind, answer, ready):
    assert (ask(Probe(kind, LOOPBACK, says(answer)), 1.0) is None) is ready


def test_waiting_ends_when_the_service_comes():
    port = free_port()
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, port))
        tries = []

        def watch(name):
            tries.append(name)
            if len(tries) == 3:
                server.listen()

        wait_until_ready({"late": Probe(ProbeKind.TCP, LOOPBACK, port)}, 10, watch=watch)
    assert tries == ["late"] * 3


def test_what_never_comes_is_named_with_its_address_and_reason():
    port = free_port()
    with pytest.raises(NotReadyError, match=f"lost on {LOOPBACK}:{port} .*refused"):
        wait_until_ready({"lost": Probe(ProbeKind.TCP, LOOPBACK, port)}, 0.1)


def test_a_dead_process_ends_the_wait_at_once():
    def watch(name):
        raise NotReadyError(f"{name} died")

    with pytest.raises(NotReadyError, match="died"):
        wait_until_ready({"x": Probe(ProbeKind.TCP, LOOPBACK, free_port())}, 60, watch=watch)


def test_from_a_shell_the_exit_code_answers(says, capsys):
    assert main(["redis", f"{LOOPBACK}:{says(b'+PONG')}"]) == 0
    assert main(["tcp", f"{LOOPBACK}:{free_port()}", "--seconds", "0.1"]) == 1
    assert "not ready" in capsys.readouterr().err
