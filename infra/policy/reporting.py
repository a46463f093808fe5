"""A report as a JSON document, for programs and for what passes between processes."""

from __future__ import annotations

from typing import Any

from infra.policy.judging import Outcome, Report, Verdict
from infra.policy.model import Profile, Violation

# Where the policy pack writes its whole report, if somebody asks for it.
REPORT_VARIABLE = "GACP_POLICY_REPORT"


def document_of(report: Report, profile: Profile) -> dict[str, Any]:
    """Everything that a report says; no value of a secret is in it."""
    return {
        "profile": {
            "environment": str(profile.environment),
            "compute": profile.compute,
            "region": profile.region,
            "today": profile.today.isoformat(),
        },
        "counts": {str(verdict): len(report.of(verdict)) for verdict in Verdict},
        "clean": report.is_clean,
        "controls": [_outcome(each) for each in report.outcomes],
        "exceptions": list(report.problems),
        "notes": list(report.notes),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    control = outcome.control
    return {
        "id": control.id,
        "room": control.room,
        "title": control.title,
        "severity": str(control.severity),
        "verdict": str(outcome.verdict),
        "why": outcome.why,
        "violations": [_violation(each) for each in outcome.violations],
        "excepted": [
            {
                **_violation(violation),
                "reason": allowance.reason,
                "until": allowance.until.isoformat(),
                "owner": allowance.owner,
            }
            for violation, allowance in outcome.excepted
        ],
    }


def _violation(violation: Violation) -> dict[str, Any]:
    return {"urn": violation.urn, "message": violation.message}
