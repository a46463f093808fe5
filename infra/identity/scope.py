"""What is a stack's on AWS, as far as ARNs and tags can say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.backup import plan
from infra.config.settings import Settings
from infra.naming import Names

# Where the requests of global services go (IAM, Route 53, CloudFront, budgets, prices).
GLOBAL_REGION = "us-east-1"
BOUNDARY, PIPELINE = "boundary", "pipeline"
# Services of which CloudFront needs something in its own region (infra/edge/cdn.py).
_BY_CLOUDFRONT = ("cloudwatch", "kms", "logs", "sns")


@dataclass(frozen=True, slots=True)
class Scope:
    """`copy_region` holds the second vault, `domain` the records, `cdn_region` what belongs to
    CloudFront; each may be empty.

    A resource is the stack's by its name where its ARN has one, else by its tag `Name`.
    """

    account: str
    region: str
    names: Names
    copy_region: str = ""
    domain: str = ""
    cdn_region: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Scope:
        config, region = settings.stack, settings.aws.region
        copied = (config.backup.enabled and config.backup.copies) or config.storage.backup_copies
        return cls(
            account=settings.account,
            region=region,
            names=Names(str(config.environment)),
            copy_region=plan.copy_region(region, config.backup) if copied else "",
            domain=config.edge.domain,
            cdn_region=GLOBAL_REGION if config.edge.cdn.enabled else "",
        )

    @property
    def prefix(self) -> str:
        """What names begin with: `gacp-prod-`."""
        return self.names.of("")

    @property
    def path(self) -> str:
        """What names of secrets and repositories begin with: `gacp/prod/`."""
        return self.names.path("")

    @property
    def regions(self) -> tuple[str, ...]:
        """The stack's region first."""
        return (self.region, self.copy_region) if self.copy_region else (self.region,)

    def arns(self, service: str, *names: str) -> list[str]:
        """ARNs of a regional service in each of the stack's regions that it is used in."""
        beyond = (self.cdn_region,) if self.cdn_region and service in _BY_CLOUDFRONT else ()
        return [
            f"arn:aws:{service}:{region}:{self.account}:{name}"
            for name in names
            for region in (*self.regions, *beyond)
        ]

    def worldwide(self, service: str, *names: str) -> list[str]:
        """ARNs of a service without regions."""
        return [f"arn:aws:{service}::{self.account}:{name}" for name in names]

    def boundary_arn(self) -> str:
        """Of the policy that bounds the program's roles."""
        (arn,) = self.worldwide("iam", f"policy/{self.names.of(BOUNDARY)}")
        return arn

    def tagged(self, where: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The condition that a tag `Name` is one of the stack's, in `Request` or `Resource`.

        Zone and certificate are called what they are for: the domain.
        """
        names = [f"{self.prefix}*", self.domain] if self.domain else [f"{self.prefix}*"]
        return {"StringLike": {f"aws:{where}Tag/Name": names}}

    def here(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The condition that a request goes to one of the stack's regions, or to a global one."""
        regions = [*self.regions, GLOBAL_REGION]
        return {"StringEquals": {"aws:RequestedRegion": regions}}
