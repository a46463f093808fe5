"""The whole set-up of a machine in a folder: once, again, with steps that fail; its certificate."""

import dataclasses
import json
import socket
import ssl
import stat
import subprocess
import sys

import pytest

from infra.host.onmachine.system import DNS_PROOF, PACKAGES
from tests.support.machine import bundle_args, machine, with_image
from tests.support.steady_load import fetched, steady_load

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="wants all of 127.0.0.0/8 and /proc"),
]
SECRET = "kept-from-everybody"


@pytest.fixture
def fresh(tmp_path):
    with machine(tmp_path / "m") as made:
        yield made


@pytest.fixture
def filled(fresh):
    """The environment file of a server of one's own."""
    folder = fresh.unpacked(dataclasses.replace(bundle_args(), own_server=True))
    text = (folder / "environment.template").read_text(encoding="utf-8")
    path = fresh.root / "filled"
    path.write_text(text.replace("<CHANGE_ME>", SECRET), encoding="utf-8")
    return folder, path


def test_one_command_sets_a_server_up_and_a_second_time_changes_nothing(fresh, filled):
    folder, file = filled
    ran = fresh.run(folder, "--environment", str(file))
    assert ran.code == 0, ran.output + ran.errors
    assert fetched(fresh.https_port, "GET", "/health")[0] == 200
    assert set(PACKAGES) <= fresh.system.packages
    assert fresh.system.users == {"group:1001": "gacp", "passwd:1001": "gacp"}
    assert {"docker.service", "gacp.service", "gacp-certificate.timer"} <= fresh.system.enabled
    assert "20 requests, 0 errors, p95" in ran.output
    assert ran.output.splitlines()[-2].startswith("set-up done after ")
    assert ran.summary["changed"][0] == "environment"

    before, asked = fresh.tree(), len(fresh.system.asked)
    fresh.engine.events.clear()
    again = fresh.run(folder)
    assert again.code == 0, again.errors
    assert again.summary["changed"] == []
    assert fresh.tree() == before
    assert fresh.engine.events == []
    changing = [words for words in fresh.system.asked[asked:] if "is-" not in words[1]]
    assert changing == []

    assert_secrets_are_kept(fresh, ran, again)


def assert_secrets_are_kept(fresh, *runs):
    """Only root's and the container user's own files hold them, and nobody prints them."""
    modes = {name: stat.S_IMODE(mode) for name, (mode, _) in fresh.tree().items()}
    holding = [n for n, (_, content) in fresh.tree().items() if SECRET.encode() in content]
    assert holding == ["etc/gacp/environment"]
    assert modes["etc/gacp/environment"] == 0o600
    assert modes["root/.docker/config.json"] == 0o600
    keys = [name for name in modes if name.endswith("privkey.pem")]
    assert keys
    assert all(modes[name] == 0o600 for name in keys)
    assert stat.S_IMODE((fresh.root / "var/lib/gacp/tls").stat().st_mode) == 0o700
    assert stat.S_IMODE((fresh.root / "var/lib/gacp/letsencrypt").stat().st_mode) == 0o700
    for ran in runs:
        assert SECRET not in ran.output + ran.errors
    assert not any(SECRET in event for event in fresh.engine.events)
    assert not any(SECRET in word for words in fresh.system.asked for word in words)


def test_check_says_what_it_would_do_and_does_nothing(fresh):
    folder = fresh.unpacked(bundle_args())
    before = fresh.tree()
    ran = fresh.run(folder, "--check")
    assert ran.code == 0, ran.errors
    assert "packages: would do: install" in ran.output
    assert "containers: would do: exchange api-0" in ran.output
    assert (ran.summary["outcome"], ran.summary["changed"]) == ("checked", [])
    assert fresh.tree() == before
    assert fresh.engine.events == []
    assert [words for words in fresh.system.asked if "is-" not in words[1]] == []


def test_a_start_is_refused_while_a_placeholder_is_left(fresh, filled):
    folder, _ = filled
    ran = fresh.run(folder, "--environment", str(folder / "environment.template"))
    assert ran.code == 1
    assert "<CHANGE_ME> is left in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in ran.errors
    assert fresh.system.asked == []


def test_a_server_of_ones_own_without_an_environment_is_told_the_command(fresh, filled):
    folder, _ = filled
    ran = fresh.run(folder)
    assert ran.code == 1
    assert "sudo ./set-up --environment FILE" in ran.errors
    assert fresh.system.asked == []


@pytest.mark.parametrize(
    ("program", "step"),
    [("apt-get", "packages"), ("useradd", "user"), ("systemctl", "files"), ("docker", "engine")],
)
def test_a_step_that_fails_names_itself_and_the_way_out(fresh, program, step):
    fresh.system.fails = program
    ran = fresh.run(fresh.unpacked(bundle_args()))
    assert ran.code == 1
    assert f"set-up: step {step}: " in ran.errors
    assert f"{program} is broken today" in ran.errors
    assert "way out: " in ran.errors
    last = ran.summary["steps"][-1]
    assert (last["name"], last["outcome"]) == (step, "failed")
    assert not (fresh.root / "opt/gacp/current").exists()


def test_somebody_elses_user_id_and_an_old_engine_are_refused(fresh):
    folder = fresh.unpacked(bundle_args())
    fresh.system.users["passwd:1001"] = "somchai"
    assert "user id 1001 belongs to somchai" in fresh.run(folder).errors
    del fresh.system.users["passwd:1001"]
    for fresh.engine.version in ("24.0.7", "unknown"):
        assert f"the container engine is {fresh.engine.version}: 25 or" in fresh.run(folder).errors
    # One that runs already is asked too.
    assert "step engine: the container engine is unknown" in fresh.run(folder).errors


def test_an_image_that_the_registry_does_not_have_is_named(fresh):
    folder = fresh.unpacked(bundle_args())
    fresh.engine.images.clear()
    fresh.engine.registry_has = set()
    ran = fresh.run(folder)
    assert "step images" in ran.errors
    assert "not found" in ran.errors


def test_settings_of_others_stay_in_the_engines_file(fresh):
    path = fresh.root / "etc/docker/daemon.json"
    path.parent.mkdir(parents=True)
    folder = fresh.unpacked(bundle_args())
    path.write_text("{")
    assert "daemon.json is no JSON" in fresh.run(folder).errors
    path.write_text('{"dns": ["10.0.0.2"]}')
    assert fresh.run(folder).code == 0
    assert json.loads(path.read_text()) == {
        "dns": ["10.0.0.2"],
        "live-restore": True,
        "shutdown-timeout": 70,
    }


def test_a_certificate_comes_renews_and_is_watched_without_a_lost_request(fresh, tmp_path):
    folder = fresh.unpacked(bundle_args())
    assert fresh.run(folder).code == 0
    own = served_certificate(fresh)

    refused = fresh.run(folder, program="certificate")
    assert refused.code == 1
    assert "the authority could not reach this machine" in refused.errors
    assert served_certificate(fresh) == own

    fresh.system.certificate = authority(tmp_path / "first", 90)
    with steady_load(fresh.https_port) as load:
        ran = fresh.run(folder, program="certificate")
    assert ran.code == 0, ran.errors
    assert load.failed == []
    given = served_certificate(fresh)
    assert given != own
    fresh.engine.events.clear()
    assert fresh.run(folder, program="certificate").code == 0
    assert fresh.engine.events == []

    # Killed before nginx took it over: the next time hands it over.
    fresh.system.certificate = authority(tmp_path / "second", 90)
    fresh.engine.kill_after = 1
    assert fresh.run(folder, program="certificate").was_killed
    assert fresh.run(folder, program="certificate").code == 0
    assert served_certificate(fresh) not in (own, given)
    assert len(list((fresh.root / "var/lib/gacp/tls/pairs").iterdir())) == 1

    fresh.system.certificate = authority(tmp_path / "third", 20)
    late = fresh.run(folder, program="certificate")
    assert late.code == 1
    assert "ends in less than 21 days" in late.errors


def test_behind_a_balancer_the_machine_renews_its_own_certificate(fresh, tmp_path):
    folder = fresh.unpacked(dataclasses.replace(bundle_args(), acme=False))
    assert fresh.run(folder).code == 0
    own = served_certificate(fresh)
    assert fresh.run(folder, program="certificate").code == 0
    assert served_certificate(fresh) == own
    near = authority(tmp_path / "near", 2)
    pair = (fresh.root / "var/lib/gacp/tls/serving").resolve()
    for each in near.iterdir():
        (pair / each.name).write_bytes(each.read_bytes())
    assert fresh.run(folder, program="certificate").code == 0
    assert served_certificate(fresh) != own
    assert ["certbot"] not in [words[:1] for words in fresh.system.asked]


def test_behind_cloudfront_the_domain_is_proved_by_dns(fresh, tmp_path):
    folder = fresh.unpacked(dataclasses.replace(bundle_args(), behind_cdn=True))
    assert fresh.run(folder).code == 0
    assert DNS_PROOF in fresh.system.packages
    fresh.system.certificate = authority(tmp_path / "given", 90)
    assert fresh.run(folder, program="certificate").code == 0
    (asked,) = [words for words in fresh.system.asked if words[0] == "certbot"]
    assert "--dns-route53" in asked
    assert "--webroot" not in asked


def test_a_key_that_does_not_belong_to_the_certificate_is_not_taken(fresh, tmp_path):
    folder = fresh.unpacked(bundle_args())
    assert fresh.run(folder).code == 0
    own = served_certificate(fresh)
    fresh.system.certificate = authority(tmp_path / "a", 90)
    other = authority(tmp_path / "b", 90)
    (fresh.system.certificate / "privkey.pem").write_bytes((other / "privkey.pem").read_bytes())
    ran = fresh.run(folder, program="certificate")
    assert ran.code == 1
    assert "nginx refuses" in ran.errors
    assert served_certificate(fresh) == own


def served_certificate(host):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", host.https_port), 10) as plain,
        context.wrap_socket(plain) as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True)


def authority(folder, days):
    folder.mkdir()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days)]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", *curve, "-subj", "/CN=gacp.example.com", *files],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return folder


def test_old_releases_and_their_images_go_and_the_last_three_stay(fresh):
    folders = []
    for number in range(1, 5):
        folders.append(fresh.unpacked(with_image(bundle_args(), number)))
        assert fresh.run(folders[-1]).code == 0
    assert sorted((fresh.root / "opt/gacp/releases").iterdir()) == sorted(folders[1:])
    left = {image[-1] for image in fresh.engine.images if "/app@" in image}
    assert left == {"2", "3", "4"}
    # Going back to a kept one is its own set-up, and needs no registry.
    fresh.engine.registry_has = set()
    assert fresh.run(folders[1]).code == 0
    assert fresh.current == folders[1]
