"""Names on AWS. Logical names are role and slot and stand beside the resources they name.

Names are given, not generated, wherever people, policies or scripts look a thing up by its name.
Security groups and launch templates get generated names: AWS replaces them on small changes, and
the old one can't go before the new one is in use.
"""

from __future__ import annotations

from dataclasses import dataclass

PROJECT = "gacp"

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
LONGEST_BUCKET_NAME = 63


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one stack: two stacks in one account never share one."""

    environment: str

    def of(self, role: str) -> str:
        """`gacp-prod-database`: for whatever takes letters, digits and hyphens."""
        return f"{PROJECT}-{self.environment}-{role}"

    def path(self, role: str) -> str:
        """`gacp/prod/app`: for secrets and repositories."""
        return f"{PROJECT}/{self.environment}/{role}"

    def bucket(self, role: str, account: str) -> str:
        """`gacp-prod-documents-123456789012`: bucket names are taken once in the whole world.

        Raises `ValueError` where the name is longer than S3 takes.
        """
        name = f"{self.of(role)}-{account}"
        if len(name) > LONGEST_BUCKET_NAME:
            raise ValueError(
                f"bucket name {name} has {len(name)} characters and S3 takes "
                f"{LONGEST_BUCKET_NAME}: shorten the role {role!r}"
            )
        return name
