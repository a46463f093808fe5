"""The real process: how it starts, drains and stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from infra.local.services.ports import free_port
from tests.app.environment import COMPLETE

SECONDS = 30
ROOT = Path(__file__).parents[2]


def start(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def api(app_environment):
    port = free_port()
    process = start(app_environment, "serve", "--role", "api", "--port", str(port))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        wait_until(lambda: answers(client), process)
        yield process, client
    process.kill()
    process.wait()
    process.stdout.close()


def answers(client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition, process):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline, "not ready in time"
        time.sleep(0.05)  # polling a condition with a deadline


@pytest.mark.services
def test_a_stopped_process_ends_at_once_with_success_and_says_so_in_json(api):
    process, _ = api
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert time.monotonic() - began < 5
    events = [json.loads(line)["event"] for line in process.stdout.read().splitlines()]
    assert events == ["started", "stopped"]


@pytest.mark.services
def test_a_request_in_flight_is_answered_before_the_process_ends(api):
    process, client = api
    body = {"email": "slow@gacp.example", "password": "x" * 12, "name": "x"}
    answers = []

    def upload():
        def slowly():
            text = json.dumps(body).encode()
            yield text[:10]
            started.set()
            time.sleep(0.5)  # the body is still on its way when the signal comes
            yield text[10:]

        headers = {"Content-Type": "application/json"}
        url = "/api/v1/auth/sign-up"
        answers.append(client.post(url, content=slowly(), headers=headers).status_code)

    started = threading.Event()
    thread = threading.Thread(target=upload)
    thread.start()
    assert started.wait(SECONDS)
    process.send_signal(signal.SIGTERM)
    thread.join(SECONDS)
    assert answers == [201]
    assert process.wait(SECONDS) == 0


@pytest.mark.services
def test_the_process_is_one_and_leaves_nothing_behind(api):
    process, _ = api
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert children.read_text().split() == []


def test_a_start_without_settings_is_refused_with_every_name():
    process = start({}, "serve", "--role", "api", "--port", "1")
    told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 3
    for name in ("DATABASE_HOST", "APP_SECRET_ARN", "PUBLIC_URL"):
        assert f"{name} is missing" in told
    assert "Traceback" not in told


@pytest.mark.services
def test_a_start_without_its_secret_is_refused_by_name(app_environment):
    arn = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:nothing-abcdef"
    process = start(
        app_environment | {"APP_SECRET_ARN": arn}, "serve", "--role", "api", "--port", "1"
    )
    told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 3
    assert f"APP_SECRET_ARN: the secret store refused {arn}" in told
    assert "Traceback" not in told


@pytest.mark.services
def test_a_taken_port_is_told_with_the_address(app_environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(app_environment, "serve", "--role", "api", "--port", str(port))
        told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in told
    assert "in use" in told


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_tokens_are_made_by_hand_nowhere_but_locally(environment):
    elsewhere = COMPLETE | {
        "GACP_ENVIRONMENT": environment,
        "PUBLIC_URL": "https://gacp.example",
        "DATABASE_TLS": "true",
        "DATABASE_SECRET_ARN": "arn:aws:secretsmanager:ap-southeast-1:1:secret:db",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    process = start(elsewhere, "token", "--role", "administrator")
    told, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 3
    assert "refused" in told
    assert "eyJ" not in told
