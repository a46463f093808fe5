import base64
import dataclasses
import hashlib
import io
import re
import subprocess
import tarfile

import pytest
import yaml

from infra.host.bundle import (
    LARGEST_USER_DATA,
    UNITS,
    BundleArgs,
    UserDataTooLargeError,
    bundle_files,
    render_user_data,
)


@pytest.fixture(scope="module")
def args(prod_graph):
    return BundleArgs(
        outputs=prod_graph.outputs,
        image="123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/gacp/prod/app@sha256:" + "a" * 64,
        edge_image="nginx@sha256:" + "b" * 64,
        domain="gacp.example.com",
        contact="alerts@gacp.example",
    )


@pytest.fixture(scope="module")
def script(args):
    return render_user_data(args)


def test_the_machine_of_prod_gets_this_script(prod_graph, script):
    given = prod_graph.one("ec2/launchTemplate:LaunchTemplate").inputs["userData"]
    text = base64.b64decode(given).decode()
    assert text.splitlines()[0] == "#!/bin/bash"
    assert "gacp.example.com" in text
    assert len(text) < LARGEST_USER_DATA


def test_the_script_is_valid_shell(script):
    checked = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, timeout=30, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_the_bundle_inside_the_script_is_the_bundle_and_its_checksum_is_right(args, script):
    archive = base64.b64decode(script.partition("<<'BUNDLE'\n")[2].partition("\nBUNDLE\n")[0])
    assert hashlib.sha256(archive).hexdigest() in script
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        unpacked = {
            entry.name: opened.extractfile(entry).read().decode() for entry in opened.getmembers()
        }
    assert unpacked == bundle_files(args)


def test_the_same_stack_gives_the_same_machine(args, script):
    assert render_user_data(args) == script


def test_another_image_gives_another_machine(args, script):
    assert render_user_data(dataclasses.replace(args, image="r/x@sha256:" + "c" * 64)) != script


def test_the_bundle_starts_at_boot_after_docker_and_asks_for_a_certificate(args, script):
    files = bundle_files(args)
    assert "WantedBy=multi-user.target" in files["gacp.service"]
    assert "After=docker.service" in files["gacp.service"]
    assert "docker compose up --detach" in files["gacp.service"]
    assert "--domain gacp.example.com" in files["gacp-certificate.service"]
    enabled = re.search(r"systemctl enable --now (.*)", script)[1]
    assert "gacp.service" in enabled
    for unit in UNITS:
        assert f"/opt/gacp/{unit}" in script


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


def test_nothing_secret_travels_with_the_machine(script, args):
    whole = script + "".join(bundle_files(args).values())
    assert not re.search(r"password\s*=|AKIA[0-9A-Z]{16}|PRIVATE KEY-----", whole)
    assert "APP_SECRET_ARN=arn:aws:secretsmanager" in bundle_files(args)["app.env"]


def test_user_data_that_ec2_would_not_take_is_refused_with_its_size(args):
    noise = "".join(hashlib.sha256(str(i).encode()).hexdigest() for i in range(1200))
    outputs = {**args.outputs, "publicUrl": noise}
    with pytest.raises(UserDataTooLargeError, match="EC2 takes 16384"):
        render_user_data(dataclasses.replace(args, outputs=outputs))
