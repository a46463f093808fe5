"""The verdict: each reason alone turns a good run, and nothing passes without evidence."""

import pytest

from loadtests.facts import Endpoint
from loadtests.verdict import EXIT_CODES, Result, judge
from tests.loadtests.runs import SMOKE, good_facts, good_outcome


def spoilt(spoil):
    facts = good_facts()
    spoil(facts)
    return facts


def verdict_of(facts=None, outcome=None, code=0):
    return judge(SMOKE, facts, outcome, code)


def no_requests(facts):
    facts.endpoints.clear()
    facts.steady_requests = 0


def slow(facts):
    facts.endpoints["list applications"].times = {40: 90, 200: 60}


def failing(facts):
    facts.endpoints["health"].errors = {"health: 502, expected 200": 2}


INVALID = {
    "no requests": (no_requests, "there were no requests"),
    "lost generator": (lambda f: setattr(f, "workers_lost", 1), "1 generator processes were lost"),
    "broken scenario": (lambda f: f.generator_errors.append("KeyError: 'id'"), "scenario itself"),
    "aborted": (lambda f: setattr(f, "completed", False), "ended after 60 of 60 s"),
    "users missing": (lambda f: setattr(f, "users_reached", 19), "19 of 20 users"),
    "rate missed": (lambda f: setattr(f, "steady_requests", 900), "15.5 requests/s were sent"),
    "never steady": (lambda f: setattr(f, "steady_seconds", 0.0), "0.0 requests/s were sent"),
    "saturated": (lambda f: f.generator_cpu.append(91.0), "saturated: 91 %"),
    "CPU unknown": (lambda f: f.generator_cpu.clear(), "CPU was never measured"),
    "refused": (lambda f: setattr(f.endpoints["health"], "refusals", 1), "refused by a limiter"),
    "endpoint missing": (lambda f: f.endpoints.pop("health"), "'health' has 0 answers"),
    "few samples": (
        lambda f: f.endpoints.update({"health": Endpoint({40: 9})}),
        "'health' has 9 answers, at least 10",
    ),
}


def test_a_good_run_passes():
    verdict = verdict_of(good_facts(), good_outcome())
    assert verdict.result is Result.PASS
    assert verdict.reasons == ()


@pytest.mark.parametrize(("spoil", "says"), INVALID.values(), ids=INVALID)
def test_a_run_that_says_nothing_is_invalid(spoil, says):
    verdict = verdict_of(spoilt(spoil), good_outcome())
    assert verdict.result is Result.INVALID
    assert says in verdict.invalid[0]


@pytest.mark.parametrize(
    ("code", "says"), [(-9, "killed by signal 9"), (-15, "signal 15"), (2, "exit code 2")]
)
def test_a_generator_that_ended_badly_is_invalid(code, says):
    verdict = verdict_of(good_facts(), good_outcome(), code)
    assert verdict.result is Result.INVALID
    assert says in verdict.invalid[0]


def test_a_generator_that_left_nothing_is_invalid():
    verdict = verdict_of(None, None, -9)
    assert verdict.result is Result.INVALID
    assert "the generator left no result" in verdict.invalid


def test_an_outcome_that_nobody_could_ask_is_invalid():
    verdict = verdict_of(good_facts(), None)
    assert verdict.result is Result.INVALID
    assert verdict.invalid == ("what became of the accepted writes is unknown",)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [(slow, "p95 of list applications is 200 ms"), (failing, "2 errors, at most 0")],
)
def test_a_missed_limit_fails(spoil, says):
    verdict = verdict_of(spoilt(spoil), good_outcome())
    assert verdict.result is Result.FAIL
    assert says in verdict.failed[0]


def test_p95_just_below_the_limit_passes():
    facts = good_facts()
    facts.endpoints["health"].times = {199: 150}
    assert verdict_of(facts, good_outcome()).result is Result.PASS


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lost": ("a-1",)}, "1 accepted but not stored: a-1"),
        ({"doubled": ("a-1",)}, "1 stored twice"),
        ({"unexpected": ("load1-9-9",)}, "1 stored but never accepted"),
        (
            {"unprocessed": ("a-1", "a-2", "a-3", "a-4")},
            "not processed after 2 s: a-1, a-2, a-3, …",
        ),
    ],
)
def test_a_write_that_went_wrong_fails(change, says):
    verdict = verdict_of(good_facts(), good_outcome(**change))
    assert verdict.result is Result.FAIL
    assert says in verdict.failed[0]


def test_an_invalid_run_is_not_a_failed_one_but_names_both():
    facts = spoilt(slow)
    no_cpu = spoilt(lambda f: f.generator_cpu.clear())
    facts.generator_cpu = no_cpu.generator_cpu
    verdict = verdict_of(facts, good_outcome())
    assert verdict.result is Result.INVALID
    assert len(verdict.reasons) == 2


def test_each_result_has_an_exit_code_of_its_own():
    assert EXIT_CODES == {Result.PASS: 0, Result.FAIL: 1, Result.INVALID: 5}
