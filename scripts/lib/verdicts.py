"""A policy report (infra/policy/reporting.py) as people read it: violations first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.lib.platform.summary import table

WIDTH = 100
_SEVERITIES = ("critical", "high", "medium", "low")

type Document = Mapping[str, Any]


def verdict_line(report: Document) -> str:
    """One line, and the violations under it where there are any."""
    counts = report["counts"]
    excepted = f", {counts['excepted']} excepted in writing" if counts["excepted"] else ""
    line = (
        f"policy: {counts['passed']} controls passed{excepted}, "
        f"{counts['not applicable']} not applicable, {counts['failed']} FAILED"
    )
    if report["clean"]:
        return line.replace(" FAILED", " failed")
    return "\n".join([line, *_violations(report), *_exceptions(report)])


def full_text(report: Document, source: str) -> str:
    """The whole report: what is wrong and the way out, what is excused, then every control."""
    profile = report["profile"]
    head = (
        f"controls over {source} (environment {profile['environment']}, compute "
        f"{profile['compute'] or 'not said'}, {profile['region']}, {profile['today']})"
    )
    parts = [head, *_violations(report), *_exceptions(report), *_excepted(report)]
    notes = [line for note in note_lines(report) for line in ("", *note)]
    end = verdict_line({**report, "clean": True})
    return "\n".join([*parts, "", *_table(report), *notes, "", end])


def note_lines(report: Document) -> Iterator[list[str]]:
    """What the report could not judge: the lines of each note."""
    for note in report["notes"]:
        yield list(_wrapped(note, "note: "))


def _violations(report: Document) -> Iterator[str]:
    failed = [each for each in report["controls"] if each["violations"]]
    if failed:
        yield "\nViolations"
    for each in sorted(failed, key=lambda c: _SEVERITIES.index(c["severity"])):
        yield f"  {each['id']} [{each['severity']}] {each['title']}"
        for violation in each["violations"]:
            yield from _said(violation)


def _said(violation: Document) -> Iterator[str]:
    message, _, way_out = violation["message"].rpartition("; ")
    yield from _wrapped(message, "      - ")
    yield from _wrapped(f"→ {way_out}", "        ")
    yield f"        {violation['urn']}"


def _exceptions(report: Document) -> Iterator[str]:
    if report["exceptions"]:
        yield "\nExceptions that are over or of no use"
    for problem in report["exceptions"]:
        yield from _wrapped(problem, "  - ")


def _excepted(report: Document) -> Iterator[str]:
    excused = [(each, one) for each in report["controls"] for one in each["excepted"]]
    if excused:
        yield "\nExcepted in writing (infra/policy/exceptions.toml)"
    for each, one in excused:
        name = one["urn"].rpartition("::")[2]
        yield f"  {each['id']} {name} until {one['until']} ({one['owner']})"
        yield from _wrapped(one["reason"], "      ")


def _table(report: Document) -> Sequence[str]:
    rows = [
        (each["id"], each["severity"], each["verdict"], each["why"] or each["title"])
        for each in report["controls"]
    ]
    order = {"failed": 0, "excepted": 1, "passed": 2, "not applicable": 3}
    return [table(sorted(rows, key=lambda row: (order[row[2]], row[0])))]


def _wrapped(text: str, first: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
