"""Who deploys the stack from GitHub Actions."""

from __future__ import annotations

from dataclasses import dataclass

from infra.config import rules
from infra.config.keys import key


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """Roles that GitHub Actions takes, without keys (OIDC)."""

    repository: str = key(
        "Repository whose workflows may take the roles; empty makes none.",
        rules.optional(rules.REPOSITORY),
        default="",
        example="gacp/platform",
    )
    branch: str = key(
        "Branch whose jobs may preview beside those of pull requests.",
        rules.GIT_BRANCH,
        default="main",
    )
    environment: str = key(
        "GitHub environment whose jobs may deploy; empty: the one that is called as this one.",
        rules.optional(rules.GITHUB_ENVIRONMENT),
        default="",
    )
    create_provider: bool = key(
        "Make GitHub's OIDC provider; false where another stack of the account has made it.",
        default=True,
    )
    state_bucket: str = key(
        "Bucket of the stack's state; wanted with a repository.",
        rules.optional(rules.BUCKET),
        default="",
        example="gacp-state-123456789012",
    )
