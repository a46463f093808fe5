import json

import pytest

from infra.local.services.endpoints import (
    Endpoint,
    given_endpoints,
    read_endpoints,
    write_endpoints,
)
from infra.local.services.errors import ServicesError


def test_what_was_written_is_read(tmp_path):
    services = {
        "database": Endpoint("127.0.0.1", 27117),
        "mail": Endpoint("127.0.0.1", 2525, view_port=8025),
    }
    write_endpoints(tmp_path / "endpoints.json", services)
    assert read_endpoints(tmp_path / "endpoints.json") == services


def test_the_file_has_the_form_that_the_provider_reads(tmp_path):
    write_endpoints(tmp_path / "e.json", {"database": Endpoint("127.0.0.1", 27117)})
    assert json.loads((tmp_path / "e.json").read_text()) == {
        "version": 1,
        "services": {
            "database": {
                "host": "127.0.0.1",
                "port": 27117,
                "tls": False,
                "username": None,
                "password": None,
            }
        },
    }


def test_the_file_is_private_because_it_may_hold_passwords(tmp_path):
    write_endpoints(tmp_path / "e.json", {"database": Endpoint("h", 1, password="p")})
    assert (tmp_path / "e.json").stat().st_mode & 0o777 == 0o600


def test_writing_the_same_again_changes_nothing(tmp_path):
    services = {"database": Endpoint("127.0.0.1", 27117)}
    assert write_endpoints(tmp_path / "e.json", services)
    assert not write_endpoints(tmp_path / "e.json", services)


def test_given_addresses_fill_the_file():
    found = given_endpoints(
        {
            "MONGODB_URI": "mongodb://us%40er:p%2Fw@db.example:27018/?tls=true",
            "REDIS_URL": "redis://r.example",
            "REDIS_CACHE_URL": "rediss://:secret@c.example:6390/0",
        }
    )
    assert found == {
        "database": Endpoint("db.example", 27018, True, "us@er", "p/w"),
        "redis-queue": Endpoint("r.example", 6379),
        "redis-cache": Endpoint("c.example", 6390, True, None, "secret"),
    }


def test_nothing_given_means_everything_is_started():
    assert given_endpoints({"MONGODB_URI": ""}) == {}


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("MONGODB_URI", "mongodb://u:hidden@a:1,b:2/?replicaSet=rs", "one host"),
        ("MONGODB_URI", "mongodb+srv://u:hidden@cluster.example", r"mongodb\+srv://"),
        ("REDIS_URL", "http://u:hidden@r.example", "http://"),
        ("REDIS_URL", "redis://u:hidden@r.example:port", "numeric port"),
    ],
)
def test_an_unusable_address_is_refused_by_name_without_its_password(variable, value, says):
    with pytest.raises(ServicesError, match=says) as refusal:
        given_endpoints({variable: value})
    assert variable in str(refusal.value)
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "services": {"a": {}}}']
)
def test_a_damaged_file_is_an_error_with_a_way_out(tmp_path, content):
    (tmp_path / "e.json").write_text(content)
    with pytest.raises(ServicesError, match="delete it and run `make up`"):
        read_endpoints(tmp_path / "e.json")


def test_a_missing_file_says_what_writes_it(tmp_path):
    with pytest.raises(ServicesError, match="make up"):
        read_endpoints(tmp_path / "e.json")


def test_a_file_of_another_version_is_refused(tmp_path):
    (tmp_path / "e.json").write_text('{"version": 2, "services": {}}')
    with pytest.raises(ServicesError, match="version 2"):
        read_endpoints(tmp_path / "e.json")
