"""The lines against a stub of the contract: all pass there, and what depends is not reached."""

import json

import httpx
import pytest

from scripts.lib.smoke.context import Account, Context, Finished
from scripts.lib.smoke.line import Line, Result, check_order, run_lines
from scripts.lib.smoke.lines import LINES, QUICK_LINES, QUICK_NAMES
from tests.scripts.lib.smoke.stub import FARMER, HEADERS, SEEDED, StubPlatform, World


@pytest.fixture
def platform():
    with StubPlatform() as running:
        yield running


@pytest.fixture
def context(platform):
    accounts = {"farmer": Account(*FARMER)}
    with httpx.Client(base_url=platform.url) as client:
        yield Context(client, platform.url, accounts, platform.world, SEEDED)


def results(outcomes):
    return {outcome.name: outcome.result for outcome in outcomes}


def wrong(outcomes):
    return {o.name: o.note for o in outcomes if o.result is not Result.PASSED}


def test_every_line_passes_on_a_platform_that_keeps_the_contract(context):
    outcomes = run_lines(LINES, context)
    assert not wrong(outcomes)
    assert [outcome.name for outcome in outcomes] == [line.name for line in LINES]


def test_the_quick_lines_write_nothing(context, platform):
    assert not wrong(run_lines(QUICK_LINES, context))
    assert platform.world.application == {}
    assert {line.name for line in QUICK_LINES} == set(QUICK_NAMES)


def test_a_run_spends_at_most_two_sign_ins(context):
    asked = []
    context.client.event_hooks = {"request": [lambda request: asked.append(request.url.path)]}
    run_lines(LINES, context)
    assert asked.count("/api/v1/auth/sign-in") <= 2


def test_what_depends_on_a_failed_line_is_not_reached(context, platform, monkeypatch):
    monkeypatch.setattr(
        World, "app", lambda self, *words: Finished(1, "", "refused: GACP_ENVIRONMENT is prod")
    )
    ended = results(run_lines(LINES, context))
    assert ended["tokens"] is Result.FAILED
    assert ended["inspection"] is ended["certificate"] is ended["pdf-th"] is Result.NOT_REACHED
    assert ended["images"] is Result.PASSED


@pytest.mark.parametrize("name", list(HEADERS))
def test_a_missing_security_header_is_named(context, monkeypatch, name):
    monkeypatch.delitem(HEADERS, name)
    assert name.lower() in wrong(run_lines(LINES, context))["headers"]


def test_two_mails_of_one_certificate_are_one_too_many(context, monkeypatch):
    once = World.mails
    monkeypatch.setattr(World, "mails", lambda self, to: once(self, to) * 2)
    assert "is 2" in wrong(run_lines(LINES, context))["mails"]


def test_a_token_for_the_wrong_role_is_noticed(context, monkeypatch):
    made = World.app
    monkeypatch.setattr(World, "app", lambda self, *words: made(self, "token", "--role", "farmer"))
    assert "'farmer'" in wrong(run_lines(LINES, context))["tokens"]


def test_away_from_the_machine_local_lines_are_not_run_and_not_passed(context, platform):
    given = {
        role: Account(f"{role}@x", token=platform.world.app("token", "--role", role).output)
        for role in ("inspector", "approver", "administrator")
    }
    given = {
        role: Account(account.email, token=account.token.strip()) for role, account in given.items()
    }
    context.accounts, context.local = {**context.accounts, **given}, None
    ended = results(run_lines(LINES, context))
    assert ended["mails"] is ended["audit"] is Result.NOT_RUN
    assert ended["decision"] is Result.PASSED


def test_secrets_of_accounts_are_not_shown():
    assert "hunter" not in repr(Account("a@b", "hunter2", "hunter3"))


def test_a_line_that_needs_a_later_one_is_refused():
    first, second = Line("a", "", str, ("b",)), Line("b", "", str)
    with pytest.raises(ValueError, match="must come before"):
        check_order([first, second])
    check_order([second, first])


def test_two_lines_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two lines"):
        check_order([Line("a", "", str), Line("a", "", str)])


def test_waiting_ends_with_the_run(context):
    times = iter([0.0, 0.0, 0.0, 0.0, 50.0, 50.0, 50.0])
    context.clock, context.ends_at = lambda: next(times), 1.0
    with pytest.raises(AssertionError, match="the queue is done: not so"):
        context.wait("the queue is done", lambda: None)


def test_a_problem_s_sentence_is_in_the_note(context):
    with pytest.raises(AssertionError, match=r"answered 404, expected 200: no"):
        context.ask("GET", "/nowhere")


def test_the_stub_answers_json():
    with StubPlatform() as platform:
        assert json.loads(httpx.get(f"{platform.url}/health").content) == {"status": "ok"}
