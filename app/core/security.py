"""Passwords and tokens."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.core.identity import Caller, Role
from app.core.records import new_id

ALGORITHM = "HS256"
ISSUER = "gacp"
LONGEST_LIFE_SECONDS = 24 * 3600  # requirements.md, G5
LIFE_SECONDS = 12 * 3600
REMEMBERED_TOKENS = 8192


class Passwords:
    """Hashes and checks passwords on two threads, so that sign-ins never stop the loop.

    Parameters: OWASP Password Storage Cheat Sheet, argon2id (19 MiB, 2 passes, 1 lane).
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")
        # Checked for unknown users, so that they take as long as known ones.
        self._dummy = self._hasher.hash(new_id())

    async def hash(self, password: str) -> str:
        """An argon2id string with its own salt and parameters."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether `password` belongs to `stored`; None (no such user) costs the same and fails."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._matches, password, stored)

    def close(self) -> None:
        """End the threads; hashing that has begun is finished."""
        self._threads.shutdown(wait=True)

    def _matches(self, password: str, stored: str | None) -> bool:
        try:
            self._hasher.verify(self._dummy if stored is None else stored, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed token and when it ends."""

    token: str
    expires_at: datetime


class TokenRefused(Exception):  # noqa: N818 - named after what happened
    """A token that is not ours, or no longer good. The message names the cause, not the token."""


class Tokens:
    """Signs and verifies bearer tokens (JWT, HS256) that carry a person's id and role.

    Verified claims are remembered by token; the end of life is looked at on every use.
    """

    def __init__(self, secret: str) -> None:
        self._key = OctKey.import_key(secret)
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            role={"essential": True},
        )
        self._verified: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    def issue(self, person_id: str, role: Role, life_seconds: int = LIFE_SECONDS) -> Issued:
        """A token for `life_seconds`, at most 24 h. Raises `ValueError` beyond that."""
        if not 0 < life_seconds <= LONGEST_LIFE_SECONDS:
            raise ValueError(f"{life_seconds} s: a token lives up to {LONGEST_LIFE_SECONDS} s")
        begin = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": person_id,
            "role": role.value,
            "iat": begin,
            "exp": begin + life_seconds,
            "jti": new_id(),
        }
        token = jwt.encode({"alg": ALGORITHM}, claims, self._key)
        return Issued(token, datetime.fromtimestamp(begin + life_seconds, UTC))

    def verify(self, token: str) -> Caller:
        """Whom the token stands for. Raises `TokenRefused`."""
        known = self._verified.get(token)
        if known is None:
            known = self._decode(token)
            self._verified[token] = known
            if len(self._verified) > REMEMBERED_TOKENS:
                self._verified.popitem(last=False)
        caller, ends = known
        if time.time() >= ends:
            self._verified.pop(token, None)
            raise TokenRefused("expired")
        return caller

    def _decode(self, token: str) -> tuple[Caller, float]:
        try:
            # The algorithm is ours, never the token's choice (RFC 8725 section 3.1).
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
            self._claims.validate(decoded.claims)
            begin, ends = int(decoded.claims["iat"]), int(decoded.claims["exp"])
            caller = Caller(str(decoded.claims["sub"]), Role(decoded.claims["role"]))
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused(type(error).__name__) from error
        if ends - begin > LONGEST_LIFE_SECONDS:
            raise TokenRefused("lives too long")
        return caller, float(ends)
