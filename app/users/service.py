"""Accounts: registering, signing in, looking up."""

from __future__ import annotations

from pymongo.errors import DuplicateKeyError

from app.core.audit import Audit
from app.core.connections import Database, Document
from app.core.identity import Caller, Language, Role
from app.core.records import from_document, new_id, now, to_document
from app.core.security import Passwords, Tokens
from app.errors import EmailTaken, NotFound, WrongCredentials
from app.users.model import NewUser, Session, SignIn, SignUp, User, normal_email, view_of

USERS = "users"


def by_email(email: str) -> Document:
    """The filter for an account's address (unique index)."""
    return {"email": normal_email(email)}


def by_id(user_id: str) -> Document:
    return {"_id": user_id}


class UserService:
    """Use cases of accounts. Passwords are hashed off the loop; e-mails are unique."""

    def __init__(
        self, database: Database, passwords: Passwords, tokens: Tokens, audit: Audit
    ) -> None:
        self._users = database[USERS]
        self._passwords, self._tokens, self._audit = passwords, tokens, audit

    async def sign_up(self, request: SignUp, request_id: str) -> User:
        """Register a farmer. Raises `EmailTaken`."""
        user = await self._insert(
            request.email, request.password, request.name, request.language, Role.FARMER
        )
        await self._audit.record(user.id, "user.signed-up", f"user/{user.id}", {}, request_id)
        return user

    async def create(self, request: NewUser, caller: Caller, request_id: str) -> User:
        """Make an account of any role. Raises `EmailTaken`."""
        user = await self._insert(
            request.email, request.password, request.name, request.language, request.role
        )
        detail = {"role": user.role.value}
        await self._audit.record(caller.id, "user.created", f"user/{user.id}", detail, request_id)
        return user

    async def sign_in(self, request: SignIn) -> Session:
        """A token for the right credentials; unknown address and wrong password are told alike,
        and take the same time. Raises `WrongCredentials`."""
        found = await self._users.find_one(by_email(request.email))
        user = None if found is None else from_document(found, User)
        matches = await self._passwords.matches(
            request.password, None if user is None else user.password_hash
        )
        if user is None or not matches:
            raise WrongCredentials
        issued = self._tokens.issue(user.id, user.role)
        return Session(
            access_token=issued.token,
            token_type="Bearer",  # noqa: S106 - the scheme, not a secret
            expires_at=issued.expires_at,
            user=view_of(user),
        )

    async def get(self, user_id: str) -> User:
        """An account by id. Raises `NotFound`."""
        found = await self._users.find_one(by_id(user_id))
        if found is None:
            raise NotFound
        return from_document(found, User)

    async def find_by_email(self, email: str) -> User | None:
        found = await self._users.find_one(by_email(email))
        return None if found is None else from_document(found, User)

    async def _insert(
        self, email: str, password: str, name: str, language: Language, role: Role
    ) -> User:
        # The unique index decides; this look only spares the hashing of a repeated address.
        if await self.find_by_email(email) is not None:
            raise EmailTaken
        user = User(
            id=new_id(),
            email=normal_email(email),
            name=name.strip(),
            language=language,
            role=role,
            password_hash=await self._passwords.hash(password),
            created_at=now(),
        )
        try:
            await self._users.insert_one(to_document(user))
        except DuplicateKeyError:
            raise EmailTaken from None
        return user
