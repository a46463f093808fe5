# ruff: noqa: N818 - errors are named after what happened (design, section 10)
"""What can go wrong for a caller, named after what happened.

Each error has a stable `key`: the tail of the problem's `type` (RFC 9457) and of its texts in the
catalogue (`problem.<key>.title`, `.detail`). `values` fill the detail and hold nothing internal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Base of all refusals that a caller may read."""

    key: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, **values: object) -> None:
        named = ", ".join(f"{name}={value!r}" for name, value in values.items())
        super().__init__(f"{self.key}: {named}" if named else self.key)
        self.values = values

    @property
    def members(self) -> Mapping[str, object]:
        """Extension members of the problem (RFC 9457 section 3.2)."""
        return {}

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that the status calls for."""
        return {}


class NotSignedIn(DomainError):
    """No token where one is needed, or one that is no longer good."""

    key = "not-signed-in"
    status = 401

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="gacp"'}


class WrongCredentials(NotSignedIn):
    """Unknown e-mail or wrong password: the answer does not say which."""

    key = "wrong-credentials"


class Forbidden(DomainError):
    """The caller's role may not do this, whoever owns the record."""

    key = "forbidden"
    status = 403


class NotFound(DomainError):
    """No such record, or none that this caller may know of."""

    key = "not-found"
    status = 404


class EmailTaken(DomainError):
    """An account with this address exists."""

    key = "email-taken"
    status = 409


class ChangedMeanwhile(DomainError):
    """Somebody else wrote the record between reading and writing."""

    key = "changed-meanwhile"
    status = 409


class NotEditable(DomainError):
    """The record's state takes no changes."""

    key = "not-editable"
    status = 409


class NoDocuments(DomainError):
    """Submitted without a document."""

    key = "no-documents"
    status = 409


class TooManyDocuments(DomainError):
    """An application holds as many documents as it may."""

    key = "too-many-documents"
    status = 409


class TooLarge(DomainError):
    """More bytes than the route takes."""

    key = "too-large"
    status = 413


class TypeNotAllowed(DomainError):
    """The content is of a type that is not taken."""

    key = "type-not-allowed"
    status = 415


class DocumentRefused(DomainError):
    """The content is of an allowed type and still not acceptable; `reason` is a text's key."""

    key = "document-refused"
    status = 422

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason=reason, **values)
        self.reason = reason

    @property
    def members(self) -> Mapping[str, object]:
        return {"reason": self.reason}


class Invalid(DomainError):
    """A value that breaks a rule; `field` names it, `rule` says what would do."""

    key = "invalid"
    status = 422

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(field=field, rule=rule)
        self.field, self.rule = field, rule

    @property
    def members(self) -> Mapping[str, object]:
        return {"errors": [{"field": self.field, "rule": self.rule}]}


class Busy(DomainError):
    """Something the answer depends on is not reachable at the moment."""

    key = "busy"
    status = 503

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "5"}
