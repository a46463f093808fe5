"""Each line of the smoke test is seen red: with one part broken, exactly its line fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import httpx
import pymongo
import pytest

from infra.local.services.endpoints import read_endpoints
from scripts.lib.smoke.context import Context, Finished
from scripts.lib.smoke.line import Line, Result, run_lines
from scripts.lib.smoke.lines import LINES
from scripts.lib.smoke.local import LocalPlatform
from tests.e2e.breaks import NAMES, Break, breaks, lines_without_break
from tests.e2e.proxy import BreakingProxy

pytestmark = pytest.mark.e2e

# A line without a red test does not count: the file then doesn't even collect.
unseen = lines_without_break(line.name for line in LINES)
unknown = [name for name in NAMES if name not in {line.name for line in LINES}]
if unseen or unknown:
    raise RuntimeError(
        f"lines of the smoke test without a red test: {unseen}; red tests of no line: {unknown}; "
        "keep tests/e2e/breaks.py in step with scripts/lib/smoke/lines.py"
    )


@dataclass(frozen=True, slots=True)
class Remembering:
    """Asks the application's commands once: each costs seconds, and thirty runs ask the same."""

    platform: LocalPlatform
    answers: dict[tuple[str, ...], Finished]

    def app(self, *words: str) -> Finished:
        with _asking:
            if words not in self.answers:
                self.answers[words] = self.platform.app(*words)
        return self.answers[words]

    def mails(self, receiver: str) -> list[Mapping[str, object]]:
        return self.platform.mails(receiver)


_asking = threading.Lock()


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, ...], Finished]:
    return {}


@contextmanager
def smoke(platform, broken: Break, answers: dict[tuple[str, ...], Finished]):
    """A context whose way to the platform is broken as `broken` says."""
    local = platform.local
    with ExitStack() as stack:
        edge = stack.enter_context(BreakingProxy(platform.url, broken.edge))
        if broken.mail:
            view = stack.enter_context(BreakingProxy(local.mail_view, broken.mail))
            local = replace(local, mail_view=view.url)
        if broken.local:
            local = broken.local(local)
        if broken.audit_record:
            stack.enter_context(altered_audit_record(platform))
        client = stack.enter_context(httpx.Client(base_url=edge.url))
        # What is broken in the commands must be asked anew.
        fresh = broken.local or broken.audit_record
        asked = local if fresh else Remembering(local, answers)
        yield Context(client, platform.url, platform.accounts, asked, platform.certificate)


@contextmanager
def altered_audit_record(platform):
    """Somebody changes a record of the past in the database."""
    endpoint = read_endpoints(platform.layout.endpoints_file)["database"]
    name = platform.local.environment["DATABASE_NAME"]
    with pymongo.MongoClient(
        endpoint.host, endpoint.port, serverSelectionTimeoutMS=5000, retryWrites=False
    ) as client:
        records = client[name]["audit"]
        record = records.find_one(sort=[("_id", 1)])
        assert record is not None
        changed = {**record, "action": "nothing.happened"}
        records.replace_one({"_id": record["_id"]}, changed)
        try:
            yield
        finally:
            records.replace_one({"_id": record["_id"]}, record)


def dependents(name: str) -> set[str]:
    """Lines that need this one, directly or through others."""
    found = {name}
    for line in LINES:
        if found & set(line.needs):
            found.add(line.name)
    return found - {name}


def test_all_lines_pass_while_nothing_is_broken(platform, answers):
    with smoke(platform, Break("nothing"), answers) as context:
        outcomes = run_lines(LINES, context)
    assert {o.name: o.note for o in outcomes if o.result is not Result.PASSED} == {}


@pytest.mark.parametrize("name", NAMES)
def test_exactly_this_line_fails_when_its_part_is_broken(platform, answers, name):
    with smoke(platform, breaks(platform.certificate)[name], answers) as context:
        outcomes = run_lines(LINES, context)
    failed = {o.name: o.note for o in outcomes if o.result is Result.FAILED}
    assert list(failed) == [name], failed
    wrong = {
        o.name: o.result
        for o in outcomes
        if o.name != name
        and o.result is not (Result.NOT_REACHED if o.name in dependents(name) else Result.PASSED)
    }
    assert wrong == {}


def test_a_line_without_a_red_test_is_noticed():
    new = Line("brand-new", "", str)
    assert lines_without_break([*NAMES, new.name]) == ["brand-new"]
