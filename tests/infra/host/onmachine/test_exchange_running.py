"""The real set-up and a real nginx; containers are processes of the stand-in engine."""

import dataclasses
import itertools
import json
import sys
import threading
from dataclasses import dataclass, field

import pytest

from infra.host.bundle import BundleArgs
from tests.support.container_engine import waited
from tests.support.machine import Machine, bundle_args, machine, with_image
from tests.support.steady_load import fetched, steady_load

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="wants all of 127.0.0.0/8 and /proc"),
    pytest.mark.xdist_group("machine"),
]
BEHIND_EDGE = ("api-0", "api-1", "portal-0", "portal-1")
SLOTS = (*BEHIND_EDGE, "worker-0")
LONGEST_CHAIN = 80  # starts of set-up; at least every second goes a change further
WAIT_SECONDS = 30


@dataclass
class Host:
    """A machine on which a release serves, and the arguments of that release."""

    machine: Machine
    args: BundleArgs
    numbers: itertools.count = field(default_factory=lambda: itertools.count(2))

    @property
    def engine(self):
        return self.machine.engine

    def next(self, **changes) -> BundleArgs:
        """A release with an image that was never there before."""
        return dataclasses.replace(with_image(self.args, next(self.numbers)), **changes)

    def update(self, args, *words):
        """Run its set-up; it is the release to come back to where that went well."""
        ran = self.machine.run(self.machine.unpacked(args), *words)
        if ran.code == 0:
            self.args = args
        return ran

    def images(self, slot):
        return [each.image for each in self.engine.running(slot)]

    def is_whole(self) -> bool:
        """One container for each slot, all of them told to nginx, nothing left over."""
        made = [each.slot for each in self.engine.made.values()]
        told = {each for some in self.machine.serving_addresses().values() for each in some}
        running = {each.address for slot in BEHIND_EDGE for each in self.engine.running(slot)}
        return (
            sorted(made) == sorted([*SLOTS, "nginx"])
            and all(self.images(slot) == [self.args.image] for slot in SLOTS)
            and self.images("nginx") == [self.args.edge_image]
            and told == running
        )


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with machine(tmp_path_factory.mktemp("machine") / "m") as made:
        host = Host(made, with_image(bundle_args(), 1))
        ran = host.update(host.args)
        assert ran.code == 0, ran.output + ran.errors
        yield host


@pytest.fixture
def host(shared):
    """The same machine for every test, whole before and after."""
    shared.engine.events.clear()
    yield shared
    shared.engine.kill_after = None
    assert shared.is_whole()
    assert shared.machine.current.name == shared.machine.unpacked(shared.args).name


def kinds(events):
    return ["up" if " up " in event else event.split()[0] for event in events]


def test_a_new_release_comes_into_service_without_a_failed_request(host):
    old, new = host.args, host.next()
    host.engine.behaviour[new.image] = "slow"
    with steady_load(host.machine.https_port) as load:
        assert waited(lambda: load.good > 10, WAIT_SECONDS)
        ran = host.update(new)
        assert ran.code == 0, ran.output + ran.errors
        assert waited(lambda: load.images[new.image] > 10, WAIT_SECONDS)
    assert load.failed == []
    assert load.images[old.image] > 10
    done = ran.summary["exchange"]
    assert done["started"] == done["removed"] == list(SLOTS)
    assert (done["cut_off"], done["edge_away_seconds"]) == ([], 0.0)
    # The migration first, once; then each new one before its old one goes.
    once, rest = host.engine.events[:2], host.engine.events[2:]
    assert all(" run " in event and " migrate" in event for event in once)
    assert "first_secret" in once[0]
    assert kinds(rest) == [*(["up", "kill", "stop", "rm"] * 4), "up", "stop", "rm"]
    print(
        f"exchange of 5 containers: {load.good} requests, 0 failed, {done['reloads']} reloads, "
        f"{ran.summary['seconds']} s"
    )


def test_what_does_not_end_in_time_is_cut_off_and_told_and_the_load_would_see_it(host):
    new = host.next()
    folder = host.machine.unpacked(new)
    described = json.loads((folder / "release.json").read_text())
    (folder / "release.json").write_text(json.dumps({**described, "drain_seconds": 0}))
    ended = []

    def follow():
        try:
            fetched(host.machine.https_port, "GET", "/api/v1/monitoring/stream")
        finally:
            ended.append(True)

    with steady_load(host.machine.https_port) as load:
        listener = threading.Thread(target=follow)
        listener.start()
        assert waited(lambda: streams(host) == 1, WAIT_SECONDS)
        ran = host.machine.run(folder)
    assert ran.code == 0, ran.errors
    host.args = new
    assert any("POST" in each and "502" in each for each in load.failed)
    assert {"api-0", "api-1"} & set(ran.summary["exchange"]["cut_off"])
    listener.join(WAIT_SECONDS)
    assert ended


def streams(host):
    """How many requests for a stream containers have at work, by their own logs."""
    logs = [each.log.read_text(errors="replace") for each in host.engine.made.values()]
    return sum(text.count("streaming") for text in logs)


@pytest.mark.parametrize("behaviour", ["never", "crash"])
def test_a_release_that_never_gets_healthy_leaves_the_old_one_serving(host, behaviour):
    broken = host.next()
    host.engine.behaviour[broken.image] = behaviour
    with steady_load(host.machine.https_port) as load:
        ran = host.update(broken)
    assert ran.code == 1
    assert "step containers: api-0" in ran.errors
    assert "way out:" in ran.errors
    if behaviour == "crash":
        assert "no such database" in ran.errors
    assert load.failed == []
    assert load.images[broken.image] == 0


def test_a_release_that_fails_half_way_is_taken_back_whole(host):
    broken = host.next()
    # Its portal alone fails: the API has been exchanged by then.
    host.engine.fails_in = ("portal-0", broken.image)
    before = host.machine.current.name
    with steady_load(host.machine.https_port) as load:
        ran = host.update(broken)
    assert ran.code == 1
    assert "portal-0" in ran.errors
    assert f"release {before[:12]} serves, as before" in ran.errors
    assert load.images[broken.image] > 0
    assert load.failed == []


def test_a_release_that_serves_errors_is_taken_back_by_the_load_check(host):
    broken = host.next()
    host.engine.behaviour[broken.image] = "errors"
    ran = host.update(broken)
    assert ran.code == 1
    assert "20 requests, 20 errors (status 500)" in ran.errors
    assert "serves, as before" in ran.errors


def test_another_environment_is_an_exchange_and_one_that_fails_is_taken_back(host, tmp_path):
    kept = host.machine.root / "etc/gacp/environment"
    before, file = kept.read_bytes(), tmp_path / "filled"
    file.write_text("LOG_LEVEL=debug\n", encoding="utf-8")
    broken = host.next()
    host.engine.behaviour[broken.image] = "never"
    assert host.update(broken, "--environment", str(file)).code == 1
    assert kept.read_bytes() == before
    assert host.is_whole()

    ran = host.update(host.args, "--environment", str(file))
    assert ran.code == 0, ran.errors
    assert ran.summary["exchange"]["started"] == list(SLOTS)
    assert kept.read_text() == "LOG_LEVEL=debug\n"


def test_a_migration_that_fails_starts_nothing(host):
    host.engine.once_fails = True
    ran = host.update(host.next())
    host.engine.once_fails = False
    assert ran.code == 1
    assert "no index could be made" in ran.errors
    assert kinds(host.engine.events) == ["compose"]


def test_a_configuration_that_nginx_refuses_changes_nothing(host):
    folder = host.machine.unpacked(host.next())
    text = (folder / "nginx.conf").read_text()
    (folder / "nginx.conf").write_text(text.replace("least_conn;", "most_conn;"))
    ran = host.machine.run(folder)
    assert ran.code == 1
    assert "nginx refuses its new configuration" in ran.errors
    assert "most_conn" in ran.errors
    assert not host.engine.events


def test_a_new_configuration_alone_is_a_reload(host):
    with steady_load(host.machine.https_port) as load:
        ran = host.update(dataclasses.replace(host.args, trusted_proxies=("10.0.0.0/8",)))
    assert ran.code == 0, ran.errors
    assert load.failed == []
    assert kinds(host.engine.events) == ["kill"]
    assert ran.summary["exchange"]["reloads"] == 1


def test_a_new_nginx_is_away_for_moments_and_a_broken_one_never_stays(host):
    image = "registry.example/nginx@sha256:"
    ran = host.update(dataclasses.replace(host.args, edge_image=image + "f" * 64))
    assert ran.code == 0, ran.errors
    away = ran.summary["exchange"]["edge_away_seconds"]
    assert away > 0
    print(f"nginx away for {away} s while its container was exchanged")

    host.engine.behaviour[image + "9" * 64] = "crash"
    ran = host.update(dataclasses.replace(host.args, edge_image=image + "9" * 64))
    assert ran.code == 1
    assert "the old one was started again" in ran.errors
    assert fetched(host.machine.https_port, "GET", "/health")[0] == 200


def test_killed_after_every_change_another_release_comes_to_its_end_without_a_failed_request(host):
    old, left, new, killed = host.args, host.next(), host.next(), 0
    host.engine.kill_after = 1
    assert host.update(left, "--boot").was_killed
    # Both colours of a slot are taken now, and neither is what is wanted next.
    assert sorted(host.images("api-0")) == sorted([old.image, left.image])
    with steady_load(host.machine.https_port) as load:
        for start in range(LONGEST_CHAIN):
            # After one change and after two by turns: some change is no progress by itself.
            host.engine.kill_after = 1 + start % 2
            ran = host.update(new, "--boot")
            if not ran.was_killed:
                break
            killed += 1
        host.engine.kill_after = None
        assert ran.code == 0, ran.errors
        ran = host.update(new)  # what --boot leaves to the whole set-up
    assert ran.code == 0, ran.errors
    assert killed >= 10
    assert load.failed == []
    print(f"killed {killed} times, {load.good} requests, 0 failed")


def test_killed_while_it_migrates_it_migrates_again_and_nothing_is_left(host):
    new = host.next()
    host.engine.dies_in_once = True
    assert host.update(new).was_killed
    assert host.engine.running("migrate")
    ran = host.update(new)
    assert ran.code == 0, ran.errors
    assert not host.engine.running("migrate")


def test_of_two_at_once_the_second_refuses(host):
    broken = host.next()
    host.engine.behaviour[broken.image] = "never"
    folder = host.machine.unpacked(broken)
    first = host.machine.started(folder, "--boot")
    assert waited(lambda: host.engine.events, WAIT_SECONDS)
    second = host.machine.run(folder)
    assert second.code == 3
    assert f"set-up of release {folder.name}" in second.errors
    assert second.summary["outcome"] == "refused"
    assert first.finished().code == 1


def test_stop_ends_the_edge_first_and_boot_brings_everything_back_without_registry(host):
    assert host.machine.run(host.machine.current, "--stop").code == 0
    (nginx,) = [each.id for each in host.engine.made.values() if each.slot == "nginx"]
    assert host.engine.events[0] == f"stop {nginx}"
    assert not any(each.is_alive for each in host.engine.made.values())
    host.engine.registry_has = set()
    ran = host.machine.run(host.machine.current, "--boot")
    host.engine.registry_has = None
    assert ran.code == 0, ran.errors
    assert "pull" not in kinds(host.engine.events)
