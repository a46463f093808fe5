"""Accounts: what is stored, sent and shown."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from app.core.identity import Language, Role
from app.core.inputs import Email, Name, Password
from app.core.records import Input, Stored, View


class User(Stored):
    """An account. `email` is lower case and unique; `password_hash` is an argon2id string."""

    id: str = field(name="_id")
    email: str
    name: str
    language: Language
    role: Role
    password_hash: str
    created_at: datetime


class SignUp(Input):
    """A farmer's own registration: the role is not theirs to choose."""

    email: Email
    password: Password
    name: Name
    language: Language = Language.THAI


class NewUser(Input):
    """An account that an administrator makes."""

    email: Email
    password: Password
    name: Name
    role: Role
    language: Language = Language.THAI


class SignIn(Input):
    """Credentials. Bounds are wide: a short password is simply wrong, not a formal error."""

    email: Email
    password: str


class UserView(View):
    """An account without its secrets."""

    id: str
    email: str
    name: str
    role: Role
    language: Language


class Session(View):
    """A token, when it ends, and whose it is."""

    access_token: str
    token_type: str
    expires_at: datetime
    user: UserView


def view_of(user: User) -> UserView:
    return UserView(
        id=user.id, email=user.email, name=user.name, role=user.role, language=user.language
    )


def normal_email(email: str) -> str:
    """The spelling under which an address is unique: no known mailbox tells case apart."""
    return email.strip().lower()
