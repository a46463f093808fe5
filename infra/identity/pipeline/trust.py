"""Which of GitHub's tokens take which role.

The subject of a token says what the job runs for:
https://docs.github.com/actions/reference/security/oidc#example-subject-claims
"""

from __future__ import annotations

from infra.identity.policies import Statement, trust_of_web_identity

AUDIENCE = "sts.amazonaws.com"


def previews(provider_arn: str, repository: str, branch: str) -> tuple[Statement, ...]:
    """Jobs of pull requests, and of the main branch (drift on a schedule).

    GitHub gives jobs of a fork's pull request no token at all, unless a workflow runs on
    `pull_request_target`: none here does.
    """
    subjects = [f"repo:{repository}:pull_request", f"repo:{repository}:ref:refs/heads/{branch}"]
    return trust_of_web_identity(provider_arn, AUDIENCE, subjects)


def deploys(provider_arn: str, repository: str, environment: str) -> tuple[Statement, ...]:
    """Jobs of one environment, whose reviewers and branches GitHub asks first."""
    subject = f"repo:{repository}:environment:{environment}"
    return trust_of_web_identity(provider_arn, AUDIENCE, [subject])
