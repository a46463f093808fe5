"""Written exceptions: read with every problem at once, in force until their day, and of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, Allowance, ExceptionsError, read_exceptions
from infra.policy.judging import Verdict, judge
from infra.policy.model import Violation
from tests.infra.policy.editing import put
from tests.infra.policy.whole_data import whole_graph
from tests.support.policy_graphs import TODAY, profile

IDS = [control.id for control in CONTROLS]
ONE = {
    "control": '"A18"',
    "resource": '"Subnet::public-*"',
    "environments": '["prod"]',
    "reason": '"Machines of a partner need addresses; the edge refuses the rest."',
    "until": "2026-12-31",
    "owner": '"gacp-platform"',
}
ALLOWED = Allowance(
    "A18", "Subnet::public-*", ("prod",), (), "as a partner needs", date(2026, 12, 31), "me"
)


def written(tmp_path, **changed):
    entry = {key: value for key, value in {**ONE, **changed}.items() if value is not None}
    lines = ["[[exception]]", *(f"{key} = {value}" for key, value in entry.items())]
    path = tmp_path / "exceptions.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_an_exception_is_read_whole(tmp_path):
    (found,) = read_exceptions(written(tmp_path, compute='["host"]'), IDS)
    assert (found.control, found.until) == ("A18", date(2026, 12, 31))
    assert (found.environments, found.compute) == (("prod",), ("host",))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"control": '"A018"'}, "control is 'A018': there is no such control; did you mean A18?"),
        ({"control": None}, "control is None: it must be a text"),
        ({"resource": '" "'}, "resource is ' ': it must be a text"),
        ({"reason": '"for now"'}, "reason is 'for now': say in a sentence"),
        ({"owner": "3"}, "owner is 3: it must be a text"),
        ({"until": '"2026-12-31"'}, "must be a date without quotes"),
        ({"until": "2026-12-31T00:00:00"}, "must be a date without quotes"),
        ({"until": None}, "until is None"),
        ({"environments": "[]"}, "environments is not given"),
        ({"environments": '["production"]'}, "environments holds 'production'"),
        ({"compute": '["hots"]'}, "compute holds 'hots'"),
        ({"untill": "2026-12-31"}, "unknown key 'untill'; did you mean until?"),
    ],
)
def test_what_is_wrong_with_an_exception_is_said(tmp_path, changed, says):
    with pytest.raises(ExceptionsError) as raised:
        read_exceptions(written(tmp_path, **changed), IDS)
    assert any(says in problem for problem in raised.value.problems), raised.value.problems
    assert "exceptions.toml, exception 1" in str(raised.value)


def test_all_problems_are_said_at_once(tmp_path):
    with pytest.raises(ExceptionsError) as raised:
        read_exceptions(written(tmp_path, owner=None, reason='"x"', until="3"), IDS)
    assert len(raised.value.problems) == 3


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path):
    path = tmp_path / "exceptions.toml"
    for text in ("[[exception", "[exceptions]\nx = 1"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ExceptionsError, match=r"exceptions\.toml"):
            read_exceptions(path, IDS)
    with pytest.raises(ExceptionsError, match="gone"):
        read_exceptions(tmp_path / "gone.toml", IDS)


def test_the_tracked_file_can_be_read_and_names_an_owner_for_each():
    read = read_exceptions(FILE, IDS)
    assert all(each.owner and each.reason for each in read)
    # Half a year is long enough to think again; a longer one needs another look at this line.
    assert all(each.until <= TODAY + timedelta(days=366) for each in read)


@pytest.mark.parametrize(
    ("urn", "covered"),
    [
        ("urn:pulumi:t::gacp::gacp:x:Vpc$aws:ec2/subnet:Subnet::public-a", True),
        ("urn:pulumi:t::gacp::aws:ec2/subnet:Subnet::private-a", False),
        ("urn:pulumi:t::gacp::aws:ec2/vpc:Vpc::public-a", False),
    ],
)
def test_it_covers_what_its_pattern_names(urn, covered):
    assert ALLOWED.covers(Violation("A18", urn, "x")) is covered
    assert not ALLOWED.covers(Violation("A19", urn, "x"))


def broken():
    return put("Subnet::public-subnet-a", "mapPublicIpOnLaunch", True)(whole_graph())


def outcome(report):
    return next(each for each in report.outcomes if each.control.id == "A18")


def test_an_exception_in_force_lets_off_and_is_told():
    report = judge(broken(), profile(compute="cluster"), [ALLOWED])
    assert outcome(report).verdict is Verdict.EXCEPTED
    assert report.is_clean
    ((violation, allowance),) = outcome(report).excepted
    assert violation.urn.endswith("public-subnet-a")
    assert allowance is ALLOWED


def test_its_last_day_counts_and_the_day_after_it_is_a_violation_by_itself():
    last = replace(profile(compute="cluster"), today=ALLOWED.until)
    assert judge(broken(), last, [ALLOWED]).is_clean
    report = judge(broken(), replace(last, today=ALLOWED.until + timedelta(days=1)), [ALLOWED])
    assert outcome(report).verdict is Verdict.FAILED
    assert len(report.violations) == 1
    (problem,) = report.problems
    assert "A18 for Subnet::public-* (me) ended on 2026-12-31" in problem


def test_one_that_excuses_nothing_is_told_to_go():
    report = judge(whole_graph(), profile(compute="cluster"), [ALLOWED])
    assert report.violations == []
    assert not report.is_clean
    assert "excuses nothing: take it out" in report.problems[0]


@pytest.mark.parametrize(
    "elsewhere",
    [replace(ALLOWED, environments=("dev",)), replace(ALLOWED, compute=("host",))],
    ids=["environment", "compute profile"],
)
def test_one_for_another_stack_neither_lets_off_nor_is_missed(elsewhere):
    report = judge(broken(), profile(compute="cluster"), [elsewhere])
    assert outcome(report).verdict is Verdict.FAILED
    assert report.problems == ()


def test_what_it_does_not_name_still_fails():
    graph = put("Subnet::private-subnet-a", "mapPublicIpOnLaunch", True)(broken())
    found = outcome(judge(graph, profile(compute="cluster"), [ALLOWED]))
    assert found.verdict is Verdict.FAILED
    assert [violation.urn.rpartition("::")[2] for violation in found.violations] == [
        "private-subnet-a"
    ]
    assert len(found.excepted) == 1
