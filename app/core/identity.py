"""Who is calling, and what a route demands of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does here. It says nothing about which records are theirs."""

    FARMER = "farmer"  # files applications for own farms
    INSPECTOR = "inspector"  # visits and scores
    APPROVER = "approver"  # decides, never inspects
    ADMINISTRATOR = "administrator"  # makes accounts and reads everything; decides nothing


class Language(StrEnum):
    """Languages that the platform speaks."""

    THAI = "th"
    ENGLISH = "en"


STAFF = frozenset({Role.INSPECTOR, Role.APPROVER, Role.ADMINISTRATOR})
EVERY_ROLE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, as the token says."""

    id: str
    role: Role

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


class Ownership(StrEnum):
    """What else must hold between the caller and the record, checked by the service."""

    NONE = "none"  # the route has no record of somebody
    OWNER = "owner"  # the farmer who filed it
    OWNER_OR_STAFF = "owner or staff"
    ASSIGNED = "assigned"  # the inspector who planned the visit


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a route: `roles` is None for anyone, signed in or not."""

    roles: frozenset[Role] | None
    ownership: Ownership = Ownership.NONE


ACCESS_KEY = "access"


def allows_anyone() -> dict[str, Access]:
    """Route option: no token needed. Each use is a row of the tested access table."""
    return {ACCESS_KEY: Access(None)}


def requires_signed_in(ownership: Ownership = Ownership.NONE) -> dict[str, Access]:
    """Route option: any role."""
    return {ACCESS_KEY: Access(EVERY_ROLE, ownership)}


def requires_role(*roles: Role, ownership: Ownership = Ownership.NONE) -> dict[str, Access]:
    """Route option: one of `roles`. Use as `@get("/path", opt=requires_role(Role.FARMER))`."""
    return {ACCESS_KEY: Access(frozenset(roles), ownership)}


def requires_owner_or_staff() -> dict[str, Access]:
    """Route option: any role; the service hides the record from a farmer who does not own it."""
    return requires_signed_in(Ownership.OWNER_OR_STAFF)
