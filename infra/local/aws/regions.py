"""The record as one region sees it: its own resources, and those that all regions share.

Sources: AWS Fault Isolation Boundaries, "Global services" (IAM, Route 53 and CloudFront are the
same from every region); Amazon S3 User Guide, "General purpose bucket naming rules" (a bucket's
name is taken once in a partition, whatever its region).
"""

from __future__ import annotations

from infra.local.aws.names import service_of
from infra.local.aws.store import Record, Store

_GLOBAL = frozenset({"budgets", "cloudfront", "iam", "route53"})
_NAMED_ONCE = _GLOBAL | {"s3"}


def is_global(token: str) -> bool:
    """Whether a resource of this type may be named from every region."""
    return service_of(token) in _GLOBAL


def is_named_once(token: str) -> bool:
    """Whether its name is taken in every region, wherever it is."""
    return service_of(token) in _NAMED_ONCE


class Regional:
    """What `Store` answers, for one region."""

    def __init__(self, store: Store, region: str) -> None:
        self._store = store
        self.region = region

    def get(self, token: str, identity: str) -> Record | None:
        """The resource of this id here, or the one that every region shares."""
        found = self._store.get(token, identity, self.region)
        if found is None and is_named_once(token):
            found = self._store.get(token, identity)
        return found

    def all(self) -> list[Record]:
        return [record for record in self._store.all() if self._sees(record)]

    def of_type(self, *tokens: str) -> list[Record]:
        return [record for record in self._store.of_type(*tokens) if self._sees(record)]

    def remove(self, record: Record) -> None:
        self._store.remove(record)

    def _sees(self, record: Record) -> bool:
        return record.region == self.region or is_named_once(record.token)
