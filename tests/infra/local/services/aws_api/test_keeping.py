import pickle
import threading
from collections import defaultdict

import pytest

from infra.local.services.aws_api.bodies import KEEP_UNUSED_SECONDS, Body, BodyError, BodyFolder
from infra.local.services.aws_api.pickling import CannotKeepError, check, dump, load
from infra.local.services.aws_api.server import is_read, region_of
from infra.local.services.aws_api.store import Removal, Row, Store, StoreError


@pytest.fixture
def bodies(tmp_path):
    return BodyFolder(tmp_path / "objects")


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    yield made
    made.close()


def request(method="POST", body=b"", **environ):
    form = "application/x-www-form-urlencoded" if body else ""
    return {"REQUEST_METHOD": method, "CONTENT_TYPE": form, **environ}, body


def target(operation):
    return request(HTTP_X_AMZ_TARGET=f"secretsmanager.{operation}")


@pytest.mark.parametrize(
    "reading",
    [
        request("GET"),
        request("HEAD"),
        request("GET", QUERY_STRING="Action=DescribeVpcs"),
        request(body=b"Action=DescribeVpcs&Version=2016-11-15"),
        request(body=b"Version=1&Action=ListTopics"),
        target("GetSecretValue"),
        target("DescribeSecret"),
    ],
)
def test_a_request_that_changes_nothing_passes_as_a_read(reading):
    assert is_read(*reading)


@pytest.mark.parametrize(
    "writing",
    [
        request("PUT"),
        request("DELETE"),
        request("POST"),
        request("GET", QUERY_STRING="Action=CreateTopic&Name=t"),
        request(body=b"Action=CreateVpc&Description=ListVpcs"),
        request(body=b"Action=GetSessionToken"),
        target("PutSecretValue"),
        target("Listen"),
        target("GetFederationToken"),
    ],
)
def test_any_other_request_is_a_write(writing):
    assert not is_read(*writing)


def test_the_region_is_the_one_the_request_was_signed_for():
    signed = "AWS4-HMAC-SHA256 Credential=local/20261123/ap-southeast-1/s3/aws4_request, Signed…"
    assert region_of({"HTTP_AUTHORIZATION": signed}) == "ap-southeast-1"
    presigned = (
        "X-Amz-Credential=local%2F20261123%2Fap-southeast-7%2Fs3%2Faws4_request&X-Amz-Date=1"
    )
    assert region_of({"QUERY_STRING": presigned}) == "ap-southeast-7"
    assert region_of({}) == "us-east-1"


def test_a_body_is_written_once_and_read_in_pieces(bodies):
    body = Body(bodies)
    assert body.read() == b""
    body.write(b"0123456789")
    body.seek(2)
    assert (body.read(3), body.read(3), body.read(), body.read()) == (b"234", b"567", b"89", b"")
    with pytest.raises(ValueError, match="as a whole"):
        body.write(b"more")


def test_equal_contents_take_one_file(bodies):
    assert bodies.put(b"same") == bodies.put(b"same")
    assert len([path for path in bodies.root.rglob("*") if path.is_file()]) == 1


def test_a_body_whose_file_is_gone_is_an_error_that_names_it(bodies):
    body = Body(bodies)
    body.write(b"x")
    bodies.path(str(body.digest)).unlink()
    body.seek(0)
    with pytest.raises(BodyError, match=str(body.digest)):
        body.read()


def test_an_unused_body_goes_after_a_minute_and_a_used_one_stays(bodies):
    used, unused = bodies.put(b"used"), bodies.put(b"unused")
    assert bodies.sweep({used}, now=0.0) == 0
    assert bodies.sweep({used}, now=KEEP_UNUSED_SECONDS - 1) == 0
    assert bodies.sweep({used}, now=KEEP_UNUSED_SECONDS) == 1
    assert bodies.path(used).is_file()
    assert not bodies.path(unused).exists()


def test_a_body_that_is_used_again_in_time_stays(bodies):
    digest = bodies.put(b"x")
    bodies.sweep(set(), now=0.0)
    bodies.put(b"x")
    assert bodies.sweep(set(), now=KEEP_UNUSED_SECONDS + 1) == 0
    assert bodies.path(digest).is_file()


def test_the_first_sweep_removes_what_an_interrupted_write_left(bodies):
    digest = bodies.put(b"x")
    (bodies.path(digest).parent / ".writing-abc").write_bytes(b"ha")
    bodies.sweep_at_start({digest})
    assert [path.name for path in bodies.path(digest).parent.iterdir()] == [digest[2:]]


def test_state_comes_back_with_new_locks_and_references_to_bodies(bodies):
    body = Body(bodies)
    body.write(b"content")
    content, digests = dump({"lock": threading.Lock(), "body": body, "n": defaultdict(list, a=[1])})
    assert digests == {body.digest}
    assert b"content" not in content
    back = load(content, bodies)
    assert back["lock"].acquire(blocking=False)
    assert back["body"].read() == b"content"
    assert back["n"] == {"a": [1]}


def test_what_cannot_be_written_is_refused_by_name():
    with pytest.raises(CannotKeepError, match="lambda"):
        dump({"f": lambda: None})


@pytest.mark.parametrize("name", [b"os\nsystem", b"moto.s3.models\nos.system", b"builtins\neval"])
def test_code_in_a_row_is_refused_not_run(bodies, name):
    attack = b"\x80\x04c" + name + b"\n(S'true'\ntR."
    with pytest.raises(pickle.UnpicklingError, match="nothing that this program keeps"):
        load(attack, bodies)
    with pytest.raises(CannotKeepError):
        check(attack)


def test_changes_are_kept_all_or_none(store):
    store.save([Row("object", "b", "k", b"1", frozenset(["d"]))], [])
    broken = Row("object", "b", None, b"", frozenset())  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        store.save([Row("object", "b", "k2", b"2"), broken], [Removal("object", "b", "k")])
    assert [row.name for row in store.rows("object")] == ["k"]
    assert store.bodies() == {"d"}


def test_removing_a_bucket_takes_its_objects_and_no_others(store):
    store.save([Row("object", "a/one", "k", b""), Row("object", "a/two", "k", b"")], [])
    store.save([], [Removal("object", "a/one")])
    assert [row.scope for row in store.rows("object")] == ["a/two"]


def test_a_folder_in_use_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match="in use by another AWS API process"):
        Store(tmp_path / "store")
