import dataclasses
from ipaddress import IPv4Address, IPv4Network

import pytest
import yaml

from infra.workloads.compose import (
    EDGE_MEMORY_MIB,
    FRONT_RANGE,
    ComposeArgs,
    front_addresses,
    render_compose,
    render_environment_file,
)
from infra.workloads.model import SERVICES, Place, slots

ARGS = ComposeArgs(
    image="registry.example/gacp/prod/app@sha256:" + "a" * 64,
    edge_image="nginx@sha256:" + "b" * 64,
    region="ap-southeast-1",
    log_group="/gacp/prod/app",
)
MACHINE_MIB = 4096  # t4g.medium, the default machine


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(render_compose(ARGS))


@pytest.fixture(scope="module")
def containers(compose):
    return compose["services"]


def test_two_of_what_people_wait_for_one_worker_one_migration_and_the_edge(containers):
    assert list(containers) == [
        *("migrate", "api-0", "api-1", "portal-0", "portal-1", "worker-0", "nginx")
    ]


def test_containers_agree_with_the_model(containers):
    for service in SERVICES:
        for slot in slots(service, Place.HOST):
            container = containers[slot]
            assert container["image"] == ARGS.image
            command = [*container["entrypoint"], *container["command"]]
            assert command[:3] == ["python", "-m", "app"]
            assert command[3 : 3 + len(service.arguments)] == list(service.arguments)
            assert container["stop_grace_period"] == f"{service.stop_seconds}s"
            limits = container["deploy"]["resources"]["limits"]
            assert limits == {"cpus": str(service.cpus), "memory": f"{service.memory_mib}M"}
            assert container["tmpfs"] == [f"/tmp:size={service.scratch_mib}m,mode=1777"]
            assert ("--port" in command) is (service.port is not None)


def test_every_container_is_unprivileged_read_only_limited_and_logged(containers):
    for name, container in containers.items():
        assert container["user"] == "1001:1001", name
        assert container["read_only"] is True
        assert container["cap_drop"] == ["ALL"]
        assert container["security_opt"] == ["no-new-privileges:true"]
        assert container["logging"]["driver"] == "awslogs"
        options = container["logging"]["options"]
        assert (options["awslogs-group"], options["awslogs-stream"]) == (ARGS.log_group, name)
        assert not {"privileged", "network_mode", "pid", "cap_add"} & set(container)


def test_everything_starts_again_but_the_migration(containers):
    assert containers["migrate"]["restart"] == "no"
    assert all(each["restart"] == "always" for n, each in containers.items() if n != "migrate")


def test_nothing_starts_before_the_migration_and_the_edge_comes_last(containers):
    for name, container in containers.items():
        if name == "migrate":
            assert "depends_on" not in container
        elif name == "nginx":
            assert container["depends_on"] == {
                slot: {"condition": "service_healthy"}
                for slot in ("api-0", "api-1", "portal-0", "portal-1")
            }
        else:
            assert container["depends_on"] == {
                "migrate": {"condition": "service_completed_successfully"}
            }


def test_what_listens_is_checked_every_thirty_seconds(containers):
    for service in SERVICES:
        for slot in slots(service, Place.HOST):
            check = containers[slot].get("healthcheck")
            assert (check is not None) is (service.port is not None), slot
            if check:
                assert (check["interval"], check["start_interval"]) == ("30s", "5s")
                assert f":{service.port}{service.ready_path}" in check["test"][-1]


def test_only_the_edge_is_published_and_only_what_it_fronts_shares_its_network(containers):
    assert {name for name, each in containers.items() if "ports" in each} == {"nginx"}
    assert containers["nginx"]["networks"] == ["front"]
    for service in SERVICES:
        for slot in slots(service, Place.HOST):
            assert ("front" in containers[slot]["networks"]) is service.behind_edge
            assert "back" in containers[slot]["networks"]


def test_the_limits_fit_the_machine_while_everything_runs(containers):
    limits = [
        int(each["deploy"]["resources"]["limits"]["memory"].removesuffix("M"))
        for name, each in containers.items()
        if name != "migrate"  # over before the others start
    ]
    assert EDGE_MEMORY_MIB < sum(limits) < MACHINE_MIB * 0.85
    # While a container is exchanged, the new one stands beside the old.
    assert sum(limits) + max(limits) < MACHINE_MIB * 0.95


def test_images_are_named_by_digest(containers):
    assert all("@sha256:" in container["image"] for container in containers.values())


def test_each_slot_behind_the_edge_has_an_address_for_old_and_new(containers):
    addresses = front_addresses()
    assert list(addresses) == ["api-0", "api-1", "portal-0", "portal-1"]
    every = [IPv4Address(each) for pair in addresses.values() for each in pair]
    assert len(set(every)) == 8
    # The upper half of the range is what the engine gives out itself.
    lower, upper = IPv4Network(FRONT_RANGE).subnets(1)
    assert all(each in lower and each not in upper for each in every)
    for slot in addresses:
        assert containers[slot]["networks"]["front"] == {"ipv4_address": "${GACP_ADDRESS:-}"}


def test_old_and_new_containers_share_networks_that_belong_to_no_project(compose):
    assert compose["networks"] == {
        "front": {"name": "gacp-front", "external": True},
        "back": {"name": "gacp-back", "external": True},
    }


def test_every_container_says_its_slot_and_what_it_was_made_from(containers):
    for slot, each in containers.items():
        assert each["labels"] == {"gacp.slot": slot, "gacp.revision": "${GACP_REVISION:-}"}


def test_what_only_the_machine_knows_is_read_after_what_the_stack_says(containers):
    for slot, each in containers.items():
        if slot != "nginx":
            assert each["env_file"] == ["app.env", "/etc/gacp/environment"]


def test_without_a_log_group_logs_stay_on_the_machine_and_are_rotated():
    compose = yaml.safe_load(render_compose(dataclasses.replace(ARGS, log_group="")))
    for each in compose["services"].values():
        assert each["logging"]["driver"] == "local"
        assert set(each["logging"]["options"]) == {"max-size", "max-file"}


def test_an_environment_file_holds_one_name_a_line():
    assert render_environment_file({"A": "1", "B": ""}) == "A=1\nB=\n"


@pytest.mark.parametrize("value", ["two\nlines", "costs $5"])
def test_a_value_that_the_file_would_change_is_refused_by_name(value):
    with pytest.raises(ValueError, match="NAME holds"):
        render_environment_file({"NAME": value})
