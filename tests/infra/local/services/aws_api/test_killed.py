"""Killed under load, or stopped by a full disk, the AWS API loses nothing that it acknowledged."""

import os
import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

pytestmark = pytest.mark.services

BUCKET = "documents-bucket"

ENOUGH = 15


class Writer(threading.Thread):
    """Puts objects, and secret values at times, until the server goes."""

    def __init__(self, server, worker: str):
        super().__init__()
        self.s3 = server.client("s3")
        self.secrets = server.client("secretsmanager")
        self.worker = worker
        self.objects: dict[str, bytes] = {}
        self.secret: str | None = None
        self.busy = threading.Event()  # enough was acknowledged for a kill to hit the middle

    def run(self):
        number = 0
        try:
            self.secrets.create_secret(Name=self.worker, SecretString="start")
            while True:
                content = os.urandom(50_000)
                self.s3.put_object(Bucket=BUCKET, Key=f"{self.worker}/{number}", Body=content)
                self.objects[f"{self.worker}/{number}"] = content
                self.secrets.put_secret_value(SecretId=self.worker, SecretString=str(number))
                self.secret = str(number)
                number += 1
                if number == ENOUGH:
                    self.busy.set()
        except (BotoCoreError, ClientError):
            return


def test_killed_under_load_it_loses_nothing_that_was_acknowledged(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    server.make_bucket()
    writers: list[Writer] = []
    for round_number in range(3):
        server = start(data).wait_ready() if round_number else server
        now = [Writer(server, f"w{round_number}{worker}") for worker in range(3)]
        for writer in now:
            writer.start()
        assert all(writer.busy.wait(60) for writer in now)
        server.kill()
        for writer in now:
            writer.join(30)
            assert not writer.is_alive()
        writers += now
    server = start(data).wait_ready()
    s3, secrets = server.client("s3"), server.client("secretsmanager")
    for writer in writers:
        assert writer.objects
        for key, content in writer.objects.items():
            assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content
        value = secrets.get_secret_value(SecretId=writer.worker)["SecretString"]
        # The one call that was under way may have been kept unanswered.
        assert int(value) - int(writer.secret or 0) in (0, 1)


def fill(secrets, kept: list[str]) -> None:
    """Create secrets until one fails; `kept` has the names of those that were acknowledged."""
    for number in range(1000):
        secrets.create_secret(Name=f"s{number}", SecretString="x" * 40_000)
        kept.append(f"s{number}")


def test_a_full_disk_stops_the_server_and_loses_nothing_answered(start, tmp_path):
    data = tmp_path / "data"
    server = start(data, file_limit=600_000).wait_ready()
    server.make_bucket()
    secrets = server.client("secretsmanager")
    kept: list[str] = []
    with pytest.raises((BotoCoreError, ClientError)):
        fill(secrets, kept)
    assert server.wait_end() == 74
    assert "free space" in server.said()
    secrets = start(data).wait_ready().client("secretsmanager")
    for name in kept:
        assert secrets.get_secret_value(SecretId=name)["SecretString"] == "x" * 40_000
