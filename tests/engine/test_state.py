"""The state file: what is written is what is read, after every step and after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.engine.backend import Backend
from infra.local.engine.errors import EngineError
from infra.local.engine.integrity import integrity_problems
from infra.local.engine.locks import Locks
from infra.local.engine.secrets import Secrets, new_salt
from infra.local.engine.snapshot import Snapshot, read_deployment
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


def test_a_journal_cut_anywhere_reads_as_the_state_after_one_of_its_changes(
    backend: Backend, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.engine.store._SHARE", 1e12)
    keeper = Keeper(backend, "dev")
    snapshot = Snapshot([], [], secrets, keeper)
    allowed: list[tuple[list[str], int]] = [([], 0)]
    for name in ("ก", "ข\u2028", "c\x85"):
        # A value in letters of three bytes, and separators that are no end of a line in JSON.
        made = resource(name)
        made.inputs = {"text": name}
        token = snapshot.begin("creating", made)
        allowed.append((allowed[-1][0], 1))
        snapshot.end(token, add=made)
        allowed.append(([*allowed[-1][0], name], 0))
    path = journal_path(backend, "dev")
    whole = path.read_bytes()
    keeper.close()
    seen: list[tuple[list[str], int]] = []
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        latest = load(backend, "dev")
        seen.append((names(latest), len((latest or {}).get("pending_operations") or [])))
    assert all(state in allowed for state in seen)
    assert seen[-1] == allowed[-1]


@pytest.mark.parametrize(
    "text", ["", '{"version": 3, "checkp', "[]", '"x"', '{"checkpoint": 3}', "\udc80"]
)
def test_a_damaged_file_is_refused_with_the_newest_copy_that_can_be_read(
    text: str, backend: Backend
) -> None:
    backend.write("dev", None)
    path = backend.stack_path("dev")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(EngineError, match=r"cp '.*dev\.json\.bak' '.*dev\.json'.*pulumi refresh"):
        load(backend, "dev")
    path.with_name("dev.json.bak").write_text("too")
    with pytest.raises(EngineError, match="no copy beside it can be read"):
        load(backend, "dev")


def test_an_unknown_stack_is_refused_with_the_known_ones_and_code_6(backend: Backend) -> None:
    with pytest.raises(EngineError, match="there are: dev") as caught:
        load(backend, "prod")
    assert caught.value.code == 6


def test_a_second_lock_is_refused_and_names_the_holder(backend: Backend) -> None:
    locks = Locks(backend, "dev")
    held = locks.take()
    with pytest.raises(EngineError, match=r"locked by 1 lock.*pulumi cancel"):
        locks.take()
    locks.release(held)
    locks.release(locks.take())
    assert locks.paths() == []


def test_a_lock_whose_owner_was_killed_says_so(backend: Backend) -> None:
    locks = Locks(backend, "dev")
    held = locks.take()
    body = json.loads(held.read_text())
    # One above the largest number of a process that Linux can have.
    held.write_text(json.dumps({**body, "pid": 2**22 + 1}))
    with pytest.raises(EngineError, match=r"it was killed\. `pulumi cancel` removes its lock"):
        locks.take()
    held.write_text(json.dumps({**body, "pid": 2**22 + 1, "hostname": "elsewhere"}))
    with pytest.raises(EngineError) as caught:
        locks.take()
    assert "was killed" not in str(caught.value)
    (held.parent / f".{held.name}.half").write_text("{")
    locks.cancel()
    assert list(held.parent.iterdir()) == []


def test_a_resource_before_what_it_needs_is_found() -> None:
    a, b = resource("a"), resource("b", "a")
    assert integrity_problems([a, b]) == []
    assert "dependency" in integrity_problems([b, a])[0]
