"""The tools beside the plugin: install, list, drift, forget."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.install import install
from infra.local.aws.store import Store, StoreError, store_path
from infra.local.aws.tools import run
from tests.infra.local.aws.client import Client, Running
from tests.infra.local.aws.ground import Ground


def test_the_plugin_is_put_where_the_engine_looks(tmp_path: Path):
    path = install(tmp_path)
    assert path == tmp_path / "plugins/resource-aws-v7.51.1/pulumi-resource-aws"
    assert os.access(path, os.X_OK)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0] == "#!/bin/sh"


def test_installing_again_writes_nothing(tmp_path: Path):
    before = install(tmp_path).stat().st_mtime_ns
    assert install(tmp_path).stat().st_mtime_ns == before


def test_another_interpreter_is_written(tmp_path: Path):
    install(tmp_path)
    assert "/usr/bin/other" in install(tmp_path, python=Path("/usr/bin/other")).read_text("utf-8")


def test_drift_changes_what_a_read_says(ground: Ground, client: Client, running: Running):
    made = ground["vpc"]
    assert run(["drift", "--store", str(running.store), made.id, "tags.Owner=somebody"]) == 0
    read = client.read(made.token, made.id)
    assert read is not None
    assert read.inputs["tags"] == {"Owner": "somebody"}
    assert read.outputs["tagsAll"] == {"Owner": "somebody"}


def test_drift_of_an_unknown_property_is_refused(
    ground: Ground, running: Running, capsys: pytest.CaptureFixture[str]
):
    assert run(["drift", "--store", str(running.store), ground["vpc"].id, "colour=red"]) == 1
    assert "no property 'colour'" in capsys.readouterr().err


def test_an_id_of_several_types_needs_the_type(
    ground: Ground, client: Client, running: Running, capsys: pytest.CaptureFixture[str]
):
    bucket = ground["bucket"].id
    client.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": bucket})
    assert run(["drift", "--store", str(running.store), bucket, "forceDestroy=true"]) == 1
    assert "add --type" in capsys.readouterr().err
    chosen = ["--type", tokens.BUCKET]
    assert run(["drift", "--store", str(running.store), *chosen, bucket, "forceDestroy=true"]) == 0


def test_what_is_forgotten_reads_as_gone(ground: Ground, client: Client, running: Running):
    made = ground["vpc"]
    assert run(["forget", "--store", str(running.store), made.id]) == 0
    assert client.read(made.token, made.id) is None


def test_the_list_shows_type_and_id(
    ground: Ground, running: Running, capsys: pytest.CaptureFixture[str]
):
    made = ground["vpc"]
    assert run(["list", "--store", str(running.store)]) == 0
    assert capsys.readouterr().out == f"{made.token}\t{made.id}\n"


def test_a_record_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["list", "--store", str(tmp_path / "none.sqlite")]) == 1
    assert "none.sqlite" in capsys.readouterr().err


def test_the_record_is_readable_by_its_owner_only(tmp_path: Path):
    store = Store(tmp_path / "world.sqlite")
    store.close()
    assert (tmp_path / "world.sqlite").stat().st_mode & 0o077 == 0


def test_a_record_that_cannot_be_opened_says_the_way_out(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="GACP_LOCAL_AWS_STORE"):
        Store(tmp_path / "file" / "world.sqlite")


def test_a_file_that_is_no_record_is_refused(tmp_path: Path):
    path = tmp_path / "world.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"world\.sqlite"):
        Store(path)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"GACP_LOCAL_AWS_STORE": "/somewhere/w.sqlite"}, "/somewhere/w.sqlite"),
        ({"PULUMI_BACKEND_URL": "file:///x/state"}, "/x/data/aws-provider/world.sqlite"),
        ({"GACP_LOCAL_DIR": "/y"}, "/y/data/aws-provider/world.sqlite"),
    ],
)
def test_the_record_stands_beside_the_state(environment: dict[str, str], path: str):
    assert store_path(environment) == Path(path)


def test_two_processes_see_each_others_writes(ground: Ground, running: Running):
    other = Store(running.store)
    try:
        assert other.all() == []
        made = ground["vpc"]
        assert [record.id for record in other.all()] == [made.id]
    finally:
        other.close()
