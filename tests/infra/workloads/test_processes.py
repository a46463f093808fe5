import sys

import pytest

from infra.workloads.environment import MissingOutputError, application_environment
from infra.workloads.model import SERVICES, Place, slots
from infra.workloads.processes import local_processes


class Ports:
    """Numbers in the order of asking."""

    def __init__(self):
        self.known = {}

    def port(self, name):
        return self.known.setdefault(name, 20000 + len(self.known))


@pytest.fixture
def ports():
    return Ports()


@pytest.fixture
def processes(local_graph, ports):
    return {each.name: each for each in local_processes(local_graph.outputs, ports)}


def test_every_service_of_the_model_runs_as_often_as_it_says(processes):
    assert list(processes) == ["migrate", "api-0", "api-1", "portal-0", "worker-0"]
    assert list(processes) == [slot for each in SERVICES for slot in slots(each, Place.LOCAL)]


def test_processes_agree_with_the_model(processes):
    for service in SERVICES:
        for slot in slots(service, Place.LOCAL):
            process = processes[slot]
            assert process.argv[:3] == (sys.executable, "-m", "app")
            assert process.argv[3 : 3 + len(service.arguments)] == service.arguments
            assert process.one_shot is service.one_shot
            assert process.stop_seconds == service.stop_seconds
            assert process.ready_path == service.ready_path
            assert (process.port is None) is (service.port is None)


def test_what_listens_is_told_its_own_port(processes, ports):
    listening = {name: each.port for name, each in processes.items() if each.port is not None}
    assert set(listening) == {"api-0", "api-1", "portal-0", "worker-0"}
    assert len(set(listening.values())) == len(listening)
    for name, port in listening.items():
        assert port == ports.port(name)
        assert processes[name].argv[-2:] == ("--port", str(port))


def test_the_shared_environment_gets_the_aws_api_on_loopback_and_nothing_else(
    processes, local_graph, ports
):
    added = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports.port('aws-api')}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    for process in processes.values():
        assert process.environment == {**application_environment(local_graph.outputs), **added}


def test_nothing_is_rendered_from_a_stack_that_is_not_up(ports):
    with pytest.raises(MissingOutputError):
        local_processes({"environment": "local"}, ports)
