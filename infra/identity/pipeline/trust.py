"""Which of GitHub's tokens take which role.

The subject of a token says what the job runs for:
https://docs.github.com/actions/reference/security/oidc#example-subject-claims
"""

from __future__ import annotations

from collections.abc import Sequence

from infra.identity.policies import Statement

AUDIENCE = "sts.amazonaws.com"


def previews(provider_arn: str, repository: str, branch: str) -> tuple[Statement, ...]:
    """Jobs of pull requests, and of the main branch (drift on a schedule).

    GitHub gives jobs of a fork's pull request no token at all, unless a workflow runs on
    `pull_request_target`: none here does.
    """
    subjects = [f"repo:{repository}:pull_request", f"repo:{repository}:ref:refs/heads/{branch}"]
    return _web_identity(provider_arn, AUDIENCE, subjects)


def deploys(provider_arn: str, repository: str, environment: str) -> tuple[Statement, ...]:
    """Jobs of one environment, whose reviewers and branches GitHub asks first."""
    subject = f"repo:{repository}:environment:{environment}"
    return _web_identity(provider_arn, AUDIENCE, [subject])


def _web_identity(
    provider_arn: str, audience: str, subjects: Sequence[str]
) -> tuple[Statement, ...]:
    """Who may take a role: holders of a token of an OIDC provider, for `audience`, whose subject
    is one of the named ones. Exactly: a pattern would let in what nobody thought of.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    issuer = provider_arn.partition("oidc-provider/")[2]
    exact = {f"{issuer}:aud": audience, f"{issuer}:sub": list(subjects)}
    return (
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": exact},
        },
    )
