"""What the AWS API refuses to do with its data, and who can read it."""

import sqlite3
import stat

import httpx
import pytest

pytestmark = pytest.mark.services

BUCKET = "documents-bucket"


def test_only_the_user_can_read_what_is_on_disk(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    server.client("secretsmanager").create_secret(Name="s", SecretString="hidden")
    server.make_bucket()
    server.client("s3").put_object(Bucket=BUCKET, Key="k", Body=b"x")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [data, *data.rglob("*")]}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items())
    assert "hidden" not in server.said()


def test_a_second_server_on_the_same_folder_is_refused(start, tmp_path):
    start(tmp_path / "data").wait_ready()
    second = start(tmp_path / "data")
    assert second.wait_end() == 4
    assert "in use by another AWS API process" in second.said()


def test_data_of_another_version_is_refused_with_the_way_out(start, tmp_path):
    start(tmp_path / "data").wait_ready().kill()
    with sqlite3.connect(tmp_path / "data" / "state.sqlite") as database:
        database.execute("UPDATE about SET value='format 1, moto 4.0'")
    database.close()
    refused = start(tmp_path / "data")
    assert refused.wait_end() == 4
    assert "written by format 1, moto 4.0" in refused.said()
    assert "make clean" in refused.said()


def test_a_row_that_cannot_be_read_is_refused_not_skipped(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    server.client("secretsmanager").create_secret(Name="s", SecretString="x")
    server.kill()
    with sqlite3.connect(tmp_path / "data" / "state.sqlite") as database:
        database.execute("UPDATE state SET content=X'00'")
    database.close()
    refused = start(tmp_path / "data")
    assert refused.wait_end() == 4
    assert "cannot read the AWS API's data" in refused.said()


def test_a_reset_over_http_is_refused_where_state_is_kept(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    server.make_bucket()
    assert httpx.post(server.url + "/moto-api/reset", timeout=10).status_code == 403
    assert len(server.client("s3").list_buckets()["Buckets"]) == 1


def test_memory_mode_forgets(start):
    server = start().wait_ready()
    server.make_bucket()
    assert server.stop() == 0
    assert start().wait_ready().client("s3").list_buckets()["Buckets"] == []


def test_a_taken_port_is_refused_with_the_way_out(start):
    first = start().wait_ready()
    second = start(port=first.port)
    assert second.wait_end() == 4
    assert "give another --port" in second.said()
