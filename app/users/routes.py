"""Accounts over HTTP."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.core.identity import Caller, Role, allows_anyone, requires_role, requires_signed_in
from app.users.model import NewUser, Session, SignIn, SignUp, UserView, view_of
from app.users.service import UserService


@post("/auth/sign-up", opt=allows_anyone())
async def sign_up(
    data: JSONBody[SignUp], users: NamedDependency[UserService], request_id: NamedDependency[str]
) -> UserView:
    """Register as a farmer."""
    return view_of(await users.sign_up(data, request_id))


@post("/auth/sign-in", opt=allows_anyone(), status_code=200)
async def sign_in(data: JSONBody[SignIn], users: NamedDependency[UserService]) -> Session:
    """Exchange an e-mail address and a password for a bearer token."""
    return await users.sign_in(data)


@get("/users/me", opt=requires_signed_in())
async def me(caller: NamedDependency[Caller], users: NamedDependency[UserService]) -> UserView:
    """The account behind the token."""
    return view_of(await users.get(caller.id))


@post("/users", opt=requires_role(Role.ADMINISTRATOR))
async def create_user(
    data: JSONBody[NewUser],
    caller: NamedDependency[Caller],
    users: NamedDependency[UserService],
    request_id: NamedDependency[str],
) -> UserView:
    """Make an account of any role."""
    return view_of(await users.create(data, caller, request_id))


router = Router("/", route_handlers=[sign_up, sign_in, me, create_user], tags=["users"])
