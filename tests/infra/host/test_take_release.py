"""What a machine does with the release that its stack names, against an AWS API on loopback."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import json
import os
import tarfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.host import take_release
from infra.observability.machine_alarms import RELEASE_FAILED, RELEASE_NAMESPACE
from tests.infra.local.aws.moto import MotoServer

BUCKET, PARAMETER = "gacp-test-releases", "/gacp/test/host/release"
UP = '#!/bin/sh\nset -e\ncat word >> ../../word\nln -sfn "$PWD" ../../current\n'
DOWN = "#!/bin/sh\nexit 9\n"


def bundle(word: str, set_up: str = UP, name: str = "word") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for file, text, mode in (("set-up", set_up, 0o755), (name, f"{word}\n", 0o644)):
            entry = tarfile.TarInfo(file)
            entry.size, entry.mode = len(text.encode()), mode
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def key_of(archive: bytes) -> str:
    return f"host/{hashlib.sha256(archive).hexdigest()}.tar.gz"


@pytest.fixture(scope="module")
def aws():
    server = MotoServer()
    server.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"}
    )
    yield server
    server.stop()


class Machine:
    """A machine of a stack: its folders, and what its stack says and holds."""

    def __init__(self, folder, aws: MotoServer) -> None:
        self.root, self.data, self._aws = folder / "opt", folder / "data", aws
        self.root.mkdir()
        self.data.mkdir()
        self.group = f"group-{folder.name}"
        self.settings = {
            "region": "ap-southeast-1",
            "parameter": PARAMETER,
            "bucket": BUCKET,
            "group": self.group,
            "data": str(self.data),
        }

    def put(self, archive: bytes, key: str | None = None) -> None:
        self._aws.client("s3").put_object(Bucket=BUCKET, Key=key or key_of(archive), Body=archive)

    def name(self, archive: bytes) -> None:
        digest = hashlib.sha256(archive).hexdigest()
        self.say(json.dumps({"key": key_of(archive), "sha256": digest}))

    def say(self, value: str) -> None:
        self._aws.client("ssm").put_parameter(
            Name=PARAMETER, Value=value, Type="String", Overwrite=True
        )

    def release(self, archive: bytes) -> None:
        self.put(archive)
        self.name(archive)

    def take(self) -> int:
        return take_release.main(self.settings, self.root)

    @property
    def serving(self) -> str:
        """The word of the release that is up; nothing where none is."""
        file = self.root / "current" / "word"
        return file.read_text().strip() if file.exists() else ""

    @property
    def starts(self) -> list[str]:
        file = self.root / "word"
        return file.read_text().split() if file.exists() else []

    @property
    def failed(self) -> float:
        """The last that the alarm on this group's machines saw."""
        now = datetime.now(UTC)
        found = self._aws.client("cloudwatch").get_metric_statistics(
            Namespace=RELEASE_NAMESPACE,
            MetricName=RELEASE_FAILED,
            Dimensions=[{"Name": "Group", "Value": self.group}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Maximum"],
        )
        return found["Datapoints"][0]["Maximum"]


@pytest.fixture
def machine(tmp_path, aws, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{aws.port}")
    monkeypatch.setattr(take_release.time, "sleep", lambda _: None)
    return Machine(tmp_path, aws)


@contextmanager
def breaking_storage(content: bytes, breaks: int):
    """An object storage whose first `breaks` answers end in the middle."""
    asked: list[str] = []

    class Storage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            whole = len(asked) > breaks
            self.wfile.write(content if whole else content[: len(content) // 2])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Storage) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_the_named_release_is_unpacked_set_up_and_kept(machine):
    archive = bundle("first")
    machine.release(archive)
    assert machine.take() == 0
    assert machine.serving == "first"
    assert (machine.data / "release.tar.gz").read_bytes() == archive
    assert machine.failed == 0


def test_what_the_stack_releases_is_what_the_machine_unpacks(machine, prod_graph):
    bundle_object = prod_graph.one("BucketObjectv2").inputs
    content = base64.b64decode(bundle_object["contentBase64"])
    machine.put(content, bundle_object["key"])
    machine.say(prod_graph.one("ssm/parameter:Parameter").inputs["value"])
    last = machine.data / "release.tar.gz"
    release, archive = take_release.fetch(machine.settings, machine.root, last)
    assert archive == content
    assert os.access(release / "set-up", os.X_OK)
    assert (release / "compose.yaml").exists()
    assert not os.access(release / "compose.yaml", os.X_OK)


def test_taken_again_it_is_set_up_again_and_not_downloaded(machine):
    archive = bundle("again")
    machine.release(archive)
    assert machine.take() == 0
    machine.put(b"something else", key_of(archive))
    assert machine.take() == 0
    assert machine.starts == ["again", "again"]


def test_another_content_is_refused_and_what_serves_stays(machine, capsys):
    machine.release(bundle("good"))
    assert machine.take() == 0
    other = bundle("other")
    machine.put(bundle("forged"), key_of(other))
    machine.name(other)
    assert machine.take() == 3
    assert "the stack named" in capsys.readouterr().err
    assert machine.failed == 1
    assert machine.serving == "good"
    assert machine.starts == ["good"]


def test_a_bundle_that_is_not_there_is_asked_for_a_few_times(machine, capsys):
    machine.name(bundle("nowhere"))
    assert machine.take() == 4
    said = capsys.readouterr().err
    assert said.count("attempt") == take_release.ATTEMPTS
    assert "NoSuchKey" in said
    assert machine.serving == ""


def test_a_release_that_was_followed_meanwhile_is_let_go(machine, monkeypatch):
    machine.name(bundle("old"))
    new = bundle("new")
    monkeypatch.setattr(take_release.time, "sleep", lambda _: machine.release(new))
    assert machine.take() == 0
    assert machine.serving == "new"


def test_a_download_that_breaks_off_is_taken_up_anew(machine, monkeypatch, capsys):
    archive = bundle("broken")
    machine.name(archive)
    with breaking_storage(archive, breaks=2) as (address, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        assert machine.take() == 0
    assert len(asked) == 3
    assert "attempt 2" in capsys.readouterr().err
    assert machine.serving == "broken"


def test_a_download_that_always_breaks_off_changes_nothing(machine, monkeypatch):
    archive = bundle("never whole")
    machine.name(archive)
    with breaking_storage(archive, breaks=99) as (address, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        assert machine.take() == 4
    assert len(asked) == take_release.ATTEMPTS
    assert machine.serving == ""
    assert not (machine.root / "releases").exists()


@pytest.mark.parametrize(
    "value", ["the newest", "{}", "[]", '{"key": "host/x", "sha256": "../../etc"}']
)
def test_a_parameter_that_names_no_release_is_refused(machine, value):
    machine.say(value)
    assert machine.take() == 3


def test_a_release_that_does_not_come_up_leaves_the_one_before(machine):
    good = bundle("good")
    machine.release(good)
    assert machine.take() == 0
    machine.release(bundle("bad", DOWN))
    assert machine.take() == 1
    assert machine.serving == "good"
    assert (machine.data / "release.tar.gz").read_bytes() == good
    assert machine.failed == 1


def test_what_comes_up_at_the_second_try_is_what_a_new_machine_falls_back_to(machine):
    machine.release(bundle("before"))
    assert machine.take() == 0
    late = "#!/bin/sh\n[ -e ../../ready ] || exit 9\n" + UP.removeprefix("#!/bin/sh\n")
    archive = bundle("late", late)
    machine.release(archive)
    assert machine.take() == 1
    (machine.root / "ready").touch()
    assert machine.take() == 0
    assert machine.serving == "late"
    assert (machine.data / "release.tar.gz").read_bytes() == archive


def test_a_release_that_is_gone_back_to_is_what_a_new_machine_falls_back_to(machine):
    first, second = bundle("first"), bundle("second")
    for archive in (first, second, first):
        machine.release(archive)
        assert machine.take() == 0
    assert machine.serving == "first"
    assert (machine.data / "release.tar.gz").read_bytes() == first


def test_a_bundle_without_a_set_up_that_runs_is_a_failure(machine):
    machine.release(bundle("no interpreter", "#!/nowhere/sh\n"))
    assert machine.take() == 1


def test_a_new_machine_falls_back_to_what_served_last(machine, tmp_path, aws, capsys):
    machine.release(bundle("good"))
    assert machine.take() == 0
    machine.release(bundle("bad", DOWN))
    (tmp_path / "new").mkdir()
    new = Machine(tmp_path / "new", aws)
    new.group = new.settings["group"] = f"{machine.group}-new"
    new.settings["data"] = machine.settings["data"]  # the volume moves along
    assert new.take() == 0
    assert new.serving == "good"
    assert "taking what served last" in capsys.readouterr().err
    assert new.failed == 1  # it serves, and somebody has to know


def test_nothing_is_unpacked_outside_of_the_release(machine, tmp_path):
    machine.release(bundle("outside", name="../../../outside"))
    assert machine.take() == 3
    assert not list(tmp_path.rglob("outside"))


def test_one_at_a_time(machine, monkeypatch):
    machine.release(bundle("second"))
    monkeypatch.setattr(take_release, "LOCK_SECONDS", -1)
    with (machine.root / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert machine.take() == 4
    assert machine.take() == 0


def test_a_metric_that_can_not_be_sent_fails_nothing(machine, monkeypatch, capsys):
    machine.release(bundle("unwatched"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", "http://127.0.0.1:1")
    monkeypatch.setattr(take_release, "CALLS", take_release.CALLS.merge(NO_RETRY))
    assert machine.take() == 0
    assert "was not sent" in capsys.readouterr().err


NO_RETRY = take_release.Config(retries={"mode": "standard", "max_attempts": 1})
