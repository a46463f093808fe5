import dataclasses
import io
import re
import tarfile

import pytest
import yaml

from infra.host.bundle import UNITS, BundleArgs, bundle_archive, bundle_files
from tests.support.shell import shell_faults


@pytest.fixture(scope="module")
def args(prod_graph):
    return BundleArgs(
        outputs=prod_graph.outputs,
        image="123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/gacp/prod/app@sha256:" + "a" * 64,
        edge_image="nginx@sha256:" + "b" * 64,
        domain="gacp.example.com",
        contact="alerts@gacp.example",
    )


def test_its_set_up_may_be_run(args):
    archive = bundle_archive(args)
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        assert opened.getmember("set-up").mode == 0o755


@pytest.mark.parametrize("acme", [True, False])
def test_its_scripts_are_sound_shell(args, acme):
    files = bundle_files(dataclasses.replace(args, acme=acme))
    scripts = {name: text for name, text in files.items() if text.startswith("#!/bin/bash")}
    assert {"set-up", "install-certificate"} <= set(scripts)
    assert {name: shell_faults(text) for name, text in scripts.items()} == dict.fromkeys(
        scripts, ""
    )


def test_a_script_that_is_not_sound_is_noticed():
    assert "SC2086" in shell_faults("#!/bin/bash\nx=$1\nrm -r $x\n")
    assert "SC1072" in shell_faults("#!/bin/bash\nif true; then\n")


def test_the_archive_holds_the_bundle(args):
    with tarfile.open(fileobj=io.BytesIO(bundle_archive(args))) as opened:
        unpacked = {
            entry.name: opened.extractfile(entry).read().decode() for entry in opened.getmembers()
        }
    assert unpacked == bundle_files(args)


def test_equal_bundles_are_equal_bytes_and_another_image_is_another_bundle(args):
    assert bundle_archive(args) == bundle_archive(dataclasses.replace(args))
    other = dataclasses.replace(args, image="r/x@sha256:" + "c" * 64)
    assert bundle_archive(other) != bundle_archive(args)


def test_behind_a_balancer_no_certificate_is_asked_for(args):
    alone = bundle_files(args)["set-up"]
    behind = bundle_files(dataclasses.replace(args, acme=False))["set-up"]
    assert "gacp-certificate.timer" in re.search(r"systemctl enable --now .*", alone)[0]
    assert "gacp-certificate.timer" not in re.search(r"systemctl enable --now .*", behind)[0]


def test_the_bundle_starts_at_boot_after_docker_and_asks_for_a_certificate(args):
    files = bundle_files(args)
    assert "WantedBy=multi-user.target" in files["gacp.service"]
    assert "After=docker.service" in files["gacp.service"]
    assert "docker compose up --detach" in files["gacp.service"]
    assert "--domain gacp.example.com" in files["gacp-certificate.service"]
    assert "systemctl enable gacp.service" in files["set-up"]
    for unit in UNITS:
        assert f"/opt/gacp/{unit}" in files["set-up"]


def test_every_file_that_compose_and_units_name_is_in_the_bundle(args):
    files = bundle_files(args)
    compose = yaml.safe_load(files["compose.yaml"])
    assert "app.env" in files
    mounted = [
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert mounted == ["./nginx.conf"]
    assert "nginx.conf" in files
    named = re.findall(r"/opt/gacp/([\w.-]+)", files["gacp.service"])
    named += re.findall(r"/opt/gacp/([\w.-]+)", files["gacp-certificate.service"])
    assert set(named) <= set(files)


def test_nothing_secret_travels_with_the_bundle(args):
    whole = "".join(bundle_files(args).values())
    assert not re.search(r"password\s*=|AKIA[0-9A-Z]{16}|PRIVATE KEY-----", whole)
    assert "APP_SECRET_ARN=arn:aws:secretsmanager" in bundle_files(args)["app.env"]
