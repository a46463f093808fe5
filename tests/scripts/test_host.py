import hashlib
import json
import shutil
import tarfile
import types

import pytest
import yaml

from infra.config.placeholders import with_examples
from infra.local.services.layout import REPOSITORY, Layout
from scripts import host
from scripts.__main__ import main
from tests.support.machine import bundle_args

STACK_FILE = {
    "aws:region": "ap-southeast-1",
    "aws:allowedAccountIds": ["123456789012"],
    "gacp:environment": "prod",
    "gacp:compute": {"profile": "external"},
    "gacp:edge": {"domain": "gacp.example.com"},
    "gacp:mail": {"host": "mail.example.com", "sender": "no-reply@gacp.example"},
    "gacp:alerts": {"emails": ["alerts@gacp.example"]},
    "gacp:workloads": {
        "imageDigest": "sha256:" + "a" * 64,
        "edgeImage": "nginxinc/nginx-unprivileged@sha256:" + "b" * 64,
    },
}
OUTPUTS = {**bundle_args().outputs, "repositoryUrl": "1.dkr.ecr.example/gacp/app"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A checkout with stack `mine`; gives a function that writes its file."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(REPOSITORY / "Pulumi.yaml", folder)
    layout = Layout(folder, tmp_path / "local", REPOSITORY / ".local")
    monkeypatch.setattr(host, "Layout", types.SimpleNamespace(from_environment=lambda: layout))

    def write(**changed):
        config = {**STACK_FILE, **{f"gacp:{name}": value for name, value in changed.items()}}
        text = yaml.safe_dump({"config": config})
        (folder / "Pulumi.mine.yaml").write_text(text, encoding="utf-8")

    write()
    return write


@pytest.fixture
def export(tmp_path):
    """An export of the stack, as `pulumi stack export` writes it."""

    def write(outputs):
        urn = "urn:pulumi:mine::gacp::pulumi:pulumi:Stack::gacp-mine"
        stack = {"urn": urn, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": outputs}
        manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
        deployment = {"manifest": manifest, "resources": [stack]}
        path = tmp_path / "up.json"
        path.write_text(json.dumps({"version": 3, "deployment": deployment}), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.engine
def test_a_bundle_is_made_from_an_export_and_says_what_to_do_with_it(
    project, export, tmp_path, capsys
):
    target = tmp_path / "gacp.tar.gz"
    words = ["host", "bundle", "mine", "--offline", "--state", export(OUTPUTS)]
    assert main([*words, "--output", str(target)]) == 0
    printed = capsys.readouterr().out
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert digest in printed
    assert "sudo gacp/set-up --environment gacp.env" in printed
    with tarfile.open(target) as opened:
        release = json.load(opened.extractfile("release.json"))
        template = opened.extractfile("environment.template").read().decode()
        compose = yaml.safe_load(opened.extractfile("compose.yaml").read())
    assert release["own_server"] is True
    assert release["registry"] == "1.dkr.ecr.example"
    assert "AWS_ACCESS_KEY_ID=<CHANGE_ME>" in template
    assert compose["services"]["api-0"]["logging"]["driver"] == "local"

    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == digest
    assert told["file"].endswith("local/bundles/gacp-mine.tar.gz")


@pytest.mark.engine
def test_a_stack_that_puts_out_too_little_is_not_up(project, export, capsys):
    assert main(["host", "bundle", "mine", "--offline"]) == 1
    assert "is not up: --state FILE" in capsys.readouterr().err
    few = {name: value for name, value in OUTPUTS.items() if name != "databaseHost"}
    assert main(["host", "bundle", "mine", "--offline", "--state", export(few)]) == 1
    assert "databaseHost" in capsys.readouterr().err


def test_online_the_cli_is_asked_and_no_placeholder_may_be_left(
    project, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["host", "bundle", "mine"]) == 4
    assert "pulumi.com/docs/install" in capsys.readouterr().err
    project(edge={"domain": "<CHANGE_ME>"})
    assert main(["host", "bundle", "mine"]) == 3
    assert "gacp:edge.domain" in capsys.readouterr().err


def settings_of(config):
    return host.load_settings(with_examples(config))


def test_what_a_server_needs_and_the_stack_file_does_not_say_is_named_at_once():
    config = {**STACK_FILE, "gacp:workloads": {}}
    config["gacp:edge"] = {"publicUrl": "https://gacp.example.com"}
    with pytest.raises(host.NotSoError) as refused:
        host.bundle_arguments(settings_of(config), OUTPUTS)
    said = str(refused.value)
    for name in ("edge.domain", "workloads.imageDigest", "workloads.edgeImage"):
        assert f"gacp:{name}" in said


def test_machines_of_another_profile_get_theirs_from_the_stack():
    config = {**STACK_FILE, "gacp:compute": {"profile": "host"}}
    with pytest.raises(host.NotSoError, match="profile is host: its machines get"):
        host.bundle_arguments(settings_of(config), OUTPUTS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mine", "--state", "up.json"], "--state belongs to --offline"),
        (["local"], "stack local is of this machine alone"),
        (["none"], "no stack 'none'"),
    ],
)
def test_wrong_use_is_said(project, words, says, capsys):
    assert main(["host", "bundle", *words]) == 2
    assert says in capsys.readouterr().err
