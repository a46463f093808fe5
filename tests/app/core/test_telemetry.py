import json
import subprocess
import sys

import pytest

from app.core.telemetry import REDACTED, redact

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "x"),
        ("passwordHash", "x"),
        ("Authorization", "Bearer x"),
        ("jwt_secret", "x"),
        ("email", "a@gacp.example"),
        ("latitude", 18.9),
        ("note", f"sent {TOKEN} on"),
        ("note", "wrote to somchai.j+1@farm.gacp.example today"),
        ("note", "mongodb://user:hunter2@db:27017"),
        ("note", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"),
        ("detail", {"inner": {"token": "x"}}),
        ("detail", [{"password": "x"}, "a@gacp.example"]),
    ],
)
def test_secrets_and_personal_data_do_not_reach_a_log(key, value):
    told = json.dumps(redact(None, "info", {key: value}))
    assert REDACTED in told
    for secret in (TOKEN, "hunter2", "gacp.example", '"x"', "18.9", "argon2id"):
        assert secret not in told


def test_what_is_no_secret_is_logged_as_it_is():
    event = {"event": "request", "route": "/api/v1/applications/{application_id}", "status": 500}
    assert redact(None, "info", dict(event)) == event


def test_a_log_line_is_json_with_its_request_and_without_the_secret():
    program = """
import logging, structlog
from app.core.telemetry import configure_logging
configure_logging("info", "json", "api")
structlog.contextvars.bind_contextvars(request_id="r-1")
structlog.stdlib.get_logger("app.test").info("ours", password="hunter2")
logging.getLogger("a.library").warning("theirs for %s", "a@gacp.example")
logging.getLogger("pymongo.topology").info("a heartbeat")
try:
    raise ValueError("mongodb://user:hunter2@db")
except ValueError:
    structlog.stdlib.get_logger("app.test").exception("failed")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["event"] for line in lines] == [
        "ours",
        f"theirs for {REDACTED}",
        "failed",
    ]
    for line in lines:
        assert line["request_id"] == "r-1"
        assert line["role"] == "api"
        assert line["at"].endswith("Z")
    assert lines[2]["exception"].startswith("Traceback")
    assert "hunter2" not in ran.stdout + ran.stderr
