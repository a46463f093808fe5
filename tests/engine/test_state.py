"""The state file: what is written is what is read, after every step and after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.engine.backend import Backend
from infra.local.engine.errors import EngineError
from infra.local.engine.secrets import Secrets, new_salt
from infra.local.engine.snapshot import Snapshot, integrity_problems, read_deployment
from infra.local.engine.state import Resource, from_json, to_json
from infra.local.engine.store import Keeper, journal_path, load
from infra.local.engine.values import secret

SALT = new_salt("x")


def resource(name: str, *needs: str) -> Resource:
    found = Resource(f"urn:pulumi:dev::p::t:i:T::{name}", "t:i:T", id=f"{name}-1")
    found.dependencies = [f"urn:pulumi:dev::p::t:i:T::{need}" for need in needs]
    return found


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    found = Backend(tmp_path / ".pulumi", "p")
    found.write("dev", None)
    return found


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    return Secrets(SALT, "x")


def names(deployment: dict[str, Any] | None) -> list[str]:
    entries = (deployment or {}).get("resources") or []
    return [entry["urn"].split("::")[3] for entry in entries]


def test_an_entry_comes_back_with_secrets_sealed_and_unknown_keys_kept(secrets: Secrets) -> None:
    before = resource("a")
    before.inputs = {"open": 1, "closed": secret({"deep": ["hush"]})}
    before.rest = {"fromTheFuture": {"x": 1}}
    entry = to_json(before, secrets.encrypt)
    assert "hush" not in json.dumps(entry)
    after = from_json(json.loads(json.dumps(entry)), secrets.decrypt)
    assert after.inputs == before.inputs
    assert after.rest == before.rest


def test_the_file_says_what_is_under_way_and_lists_new_before_old(
    backend: Backend, secrets: Secrets
) -> None:
    old = resource("old")
    keeper = Keeper(backend, "dev")
    snapshot = Snapshot([old], [], secrets, keeper)
    token = snapshot.begin("creating", resource("new"))
    deployment = load(backend, "dev")
    assert deployment is not None
    assert [p["type"] for p in deployment["pending_operations"]] == ["creating"]
    snapshot.end(token, add=resource("new"))
    deployment = load(backend, "dev")
    assert names(deployment) == ["new", "old"]
    assert "pending_operations" not in (deployment or {})
    keeper.write(snapshot)


def run_many(backend: Backend, secrets: Secrets) -> Snapshot:
    """Forty creates, an update, a delete and one create that never ends."""
    keeper = Keeper(backend, "dev")
    base = [resource("gone"), resource("kept")]
    snapshot = Snapshot(base, [], secrets, keeper)
    for number in range(40):
        token = snapshot.begin("creating", resource(f"n{number}"))
        snapshot.end(token, add=resource(f"n{number}"))
    snapshot.end(None, drop=base[0])
    base[1].protect = True
    snapshot.end(None, changed=base[1])
    snapshot.begin("creating", resource("never"))
    # Killed: the file is closed by the system, and nothing more is written.
    if keeper._journal is not None:
        keeper._journal.close()
    return snapshot


def test_after_a_kill_the_journal_gives_what_the_plain_file_lacks(
    backend: Backend, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.engine.store._SHARE", 1e12)
    snapshot = run_many(backend, secrets)
    assert journal_path(backend, "dev").exists()
    assert "n39" not in names(backend.read("dev"))
    deployment = load(backend, "dev")
    assert names(deployment) == [r.name for r in snapshot.resources()]
    resources, pending = read_deployment(deployment, secrets)
    assert next(r for r in resources if r.name == "kept").protect
    assert [p["resource"].name for p in pending] == ["never"]


def test_a_journal_line_that_was_cut_off_is_as_if_it_had_not_been_begun(
    backend: Backend, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.engine.store._SHARE", 1e12)
    run_many(backend, secrets)
    path = journal_path(backend, "dev")
    path.write_text(path.read_text()[:-9])
    assert "pending_operations" not in (load(backend, "dev") or {})


def test_a_journal_of_another_file_is_ignored_and_a_finished_command_leaves_none(
    backend: Backend, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.engine.store._SHARE", 1e12)
    run_many(backend, secrets)
    kept = journal_path(backend, "dev").read_text()
    other = Snapshot([resource("other")], [], secrets, lambda *_: None)
    Keeper(backend, "dev").write(other)
    assert not journal_path(backend, "dev").exists()
    journal_path(backend, "dev").write_text(kept)
    assert names(load(backend, "dev")) == ["other"]


def test_a_damaged_file_is_refused_with_the_way_back(backend: Backend) -> None:
    backend.stack_path("dev").write_text('{"version": 3, "checkp')
    with pytest.raises(EngineError, match="backups"):
        load(backend, "dev")


def test_an_unknown_stack_is_refused_with_the_known_ones_and_code_6(backend: Backend) -> None:
    with pytest.raises(EngineError, match="there are: dev") as caught:
        load(backend, "prod")
    assert caught.value.code == 6


def test_a_second_lock_is_refused_and_names_the_holder(backend: Backend) -> None:
    held = backend.lock("dev")
    with pytest.raises(EngineError, match=r"locked by 1 lock.*pulumi cancel"):
        backend.lock("dev")
    backend.unlock(held)
    backend.unlock(backend.lock("dev"))
    assert backend.locks("dev") == []


def test_a_resource_before_what_it_needs_is_found() -> None:
    a, b = resource("a"), resource("b", "a")
    assert integrity_problems([a, b]) == []
    assert "dependency" in integrity_problems([b, a])[0]
