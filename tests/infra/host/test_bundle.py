import dataclasses
import io
import json
import re
import tarfile

import pytest
import yaml

from infra.edge.model import EdgeModel
from infra.edge.nginx import NginxPaths, Tls, render_nginx
from infra.host.bundle import BundleArgs, bundle_archive, bundle_files
from infra.host.onmachine.system import UNITS


@pytest.fixture(scope="module")
def args(prod_graph):
    return BundleArgs(
        outputs=prod_graph.outputs,
        image="123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/gacp/prod/app@sha256:" + "a" * 64,
        edge_image="nginx@sha256:" + "b" * 64,
        domain="gacp.example.com",
        contact="alerts@gacp.example",
    )


def test_the_bundle_unpacks_to_its_files_and_its_programs_are_executable(args):
    with tarfile.open(fileobj=io.BytesIO(bundle_archive(args))) as opened:
        members = opened.getmembers()
        unpacked = {each.name: opened.extractfile(each).read().decode() for each in members}
    assert unpacked == bundle_files(args)
    assert {each.name for each in members if each.mode == 0o755} == {"set-up", "certificate"}
    assert {(each.mtime, each.uid, each.gid) for each in members} == {(0, 0, 0)}


def test_equal_arguments_give_equal_bytes_and_another_image_does_not(args):
    assert bundle_archive(args) == bundle_archive(dataclasses.replace(args))
    assert bundle_archive(args) != bundle_archive(
        dataclasses.replace(args, image="r/x@sha256:" + "c" * 64)
    )


def test_it_starts_at_boot_from_the_current_release_after_the_engine(args):
    unit = bundle_files(args)["gacp.service"]
    assert "WantedBy=multi-user.target" in unit
    assert "After=docker.service" in unit
    # An upgrade of the engine must not stop what runs.
    assert "Requires=" not in unit
    assert "ExecStart=/opt/gacp/current/set-up --boot" in unit
    assert "ExecStop=/opt/gacp/current/set-up --stop" in unit


def test_every_file_that_units_name_is_in_the_bundle_archive(args):
    files = bundle_files(args)
    for unit in UNITS:
        assert set(re.findall(r"/opt/gacp/current/([\w.-]+)", files[unit])) <= set(files)


def test_failed_validations_stay_below_what_the_authority_takes(args):
    """Let's Encrypt: 5 failed validations an hour for a name."""
    unit = bundle_files(args)["gacp-certificate.service"]
    assert int(re.search(r"RestartSec=(\d+)", unit)[1]) * 5 > 3600


def test_the_release_says_what_compose_and_edge_say(args):
    files = bundle_files(args)
    containers = yaml.safe_load(files["compose.yaml"])["services"]
    release = json.loads(files["release.json"])
    for slot in release["slots"]:
        container = containers[slot["name"]]
        assert container["stop_grace_period"] == f"{slot['stop_seconds']}s"
        if slot["upstream"]:
            assert container["command"][-2:] == ["--port", str(slot["port"])]
            assert sorted(slot["addresses"]) == ["blue", "green"]
    named = [slot["name"] for slot in release["slots"]]
    assert {*named, release["once"], release["edge"]["name"]} == set(containers)
    assert release["edge"]["folder"] in containers["nginx"]["volumes"][0]
    assert set(release["images"]) == {each["image"] for each in containers.values()}


def test_what_nginx_is_told_on_the_machine_is_what_the_edge_model_says(args):
    """The configuration with its includes filled in is the one that is rendered in one piece."""
    files = bundle_files(args)
    release = json.loads(files["release.json"])
    whole = files["nginx.conf"]
    servers = {"api": [("10.0.0.1", 8000), ("10.0.0.2", 8000)], "portal": [("10.0.0.3", 8100)]}
    for upstream, line in release["edge"]["servers"].items():
        lines = [line.format(address=host) for host, _ in servers[upstream]]
        assert whole.count(f"include {upstream}.servers;") == 1
        whole = whole.replace(f"include {upstream}.servers;", "\n        ".join(lines))
    assert whole == render_nginx(
        EdgeModel(),
        servers,
        ("0.0.0.0", 8443),
        tls=Tls(
            "/var/lib/gacp/tls/serving/fullchain.pem",
            "/var/lib/gacp/tls/serving/privkey.pem",
            ("0.0.0.0", 8080),
            "/var/lib/gacp/acme",
        ),
        paths=NginxPaths("/run/edge/nginx.pid", "stderr", "/dev/stdout", "/run/edge"),
    )


def test_only_what_changed_gets_another_revision(args):
    def revisions(changed):
        release = json.loads(bundle_files(changed)["release.json"])
        slots = {slot["name"]: slot["revision"] for slot in release["slots"]}
        return {**slots, "nginx": release["edge"]["revision"]}

    def differing(changed):
        before, after = revisions(args), revisions(changed)
        return {name for name in before if before[name] != after[name]}

    application = {"api-0", "api-1", "portal-0", "portal-1", "worker-0"}
    image = "r/x@sha256:" + "c" * 64
    assert differing(dataclasses.replace(args, image=image)) == application
    assert differing(dataclasses.replace(args, log_level="debug")) == application
    assert differing(dataclasses.replace(args, edge_image=image)) == {"nginx"}
    assert differing(dataclasses.replace(args, trusted_proxies=("10.0.0.0/8",))) == set()


def test_nothing_secret_travels_with_the_bundle(args):
    whole = "".join(bundle_files(args).values())
    assert not re.search(r"password\s*=|AKIA[0-9A-Z]{16}|PRIVATE KEY-----", whole)
    assert "APP_SECRET_ARN=arn:aws:secretsmanager" in bundle_files(args)["app.env"]
