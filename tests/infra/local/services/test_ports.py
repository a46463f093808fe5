import socket
from contextlib import closing

import pytest

from infra.local.services.errors import PortTakenError, ServicesError
from infra.local.services.ports import (
    FIRST_PORT,
    LAST_PORT,
    LOOPBACK,
    RANGE_VARIABLE,
    PortBook,
    free_port,
    is_free,
    port_range,
)
from tests.support.ports import range_of


@pytest.fixture
def taken():
    """A port that somebody else listens on."""
    with closing(socket.socket()) as server:
        server.bind((LOOPBACK, free_port()))
        server.listen()
        yield server.getsockname()[1]


def book_with(path, name, port, **more):
    path.write_text(f'{{"{name}": {port}}}')
    return PortBook(path, **more)


def test_a_port_is_remembered(tmp_path):
    chosen = PortBook(tmp_path / "ports.json").port("worker-0")
    assert PortBook(tmp_path / "ports.json").port("worker-0") == chosen


def test_two_names_never_share_a_port(tmp_path):
    book = PortBook(tmp_path / "ports.json")
    ports = [book.port(f"api-{i}") for i in range(50)]
    assert len(set(ports)) == len(ports)


def test_ports_are_outside_the_range_that_clients_are_given(monkeypatch):
    monkeypatch.delenv(RANGE_VARIABLE)
    assert FIRST_PORT <= free_port() < LAST_PORT < 32_768


def test_a_remembered_port_that_somebody_took_is_refused_by_number_with_a_way_out(tmp_path, taken):
    book = book_with(tmp_path / "ports.json", "edge", taken)
    with pytest.raises(PortTakenError) as refusal:
        book.port("edge")
    said = str(refusal.value)
    assert str(taken) in said
    assert "edge" in said
    assert "--new-ports" in said


def test_on_request_the_service_moves_and_says_so(tmp_path, taken):
    said = []
    book = book_with(tmp_path / "ports.json", "edge", taken, rechoose=True, report=said.append)
    assert book.port("edge") != taken
    assert said
    assert str(taken) in said[0]


def test_a_port_of_our_own_running_program_is_kept(tmp_path, taken):
    book = book_with(tmp_path / "ports.json", "edge", taken, ours=lambda port: port == taken)
    assert book.port("edge") == taken


def test_a_preferred_port_that_is_taken_is_avoided_at_the_first_choice(
    tmp_path, taken, monkeypatch
):
    monkeypatch.delenv(RANGE_VARIABLE)
    monkeypatch.setattr("infra.local.services.ports.PREFERRED", {"edge": taken})
    chosen = PortBook(tmp_path / "ports.json").port("edge")
    assert chosen != taken
    assert is_free(chosen)


def test_a_given_range_holds_every_port_the_preferred_ones_included(tmp_path, monkeypatch):
    monkeypatch.setenv(RANGE_VARIABLE, "29100-29160")
    book = PortBook(tmp_path / "ports.json")
    assert {book.port(name) in range(29100, 29161) for name in ("edge", "database", "api-0")} == {
        True
    }


@pytest.mark.parametrize("given", ["8080", "80-90", "30000-20000", "20000-70000", "a-b", "-"])
def test_a_range_that_is_none_is_refused_by_its_value_with_an_example(given):
    with pytest.raises(ServicesError, match="FIRST-LAST") as refusal:
        port_range({RANGE_VARIABLE: given})
    assert repr(given) in str(refusal.value)


def test_processes_of_one_test_run_choose_from_ranges_of_their_own():
    assert not set(port_range({RANGE_VARIABLE: range_of("gw0")})) & set(
        port_range({RANGE_VARIABLE: range_of("gw1")})
    )
