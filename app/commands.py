"""The commands that end: migrate, seed, token, audit."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.cli import DONE, NOT_SO, REFUSED, UNREACHABLE, WRONG_USE, complain, say
from app.core.audit_anchor import verify_anchored
from app.core.identity import Role
from app.core.indexes import create_indexes
from app.core.storage import Storage, StorageUnavailableError
from app.core.telemetry import configure_logging
from app.lifespan import Platform, open_platform
from app.seed import Accounts, AccountsError, read_accounts, seed
from app.settings import Settings

SECONDS = 120  # a command that takes longer has lost its database


def run_command(options: argparse.Namespace, settings: Settings) -> int:
    """Run one of the commands; the exit code."""
    if options.command == "token" and not settings.is_local:
        complain(
            f"app token: refused in {settings.environment}: tokens are made by hand only in "
            "`local`; sign in instead (POST /api/v1/auth/sign-in)"
        )
        return REFUSED
    # Answers go to standard output, so that only what went wrong is logged.
    configure_logging("error", settings.log_format, options.command)
    try:
        return asyncio.run(_with_platform(options, settings))
    except AccountsError as error:
        complain(f"app {options.command}: {error}")
        return WRONG_USE
    except (PyMongoError, RedisError, StorageUnavailableError, TimeoutError) as error:
        complain(
            f"app {options.command}: could not reach what it needs ({type(error).__name__}: "
            f"{error}); check `gacp doctor` and try again"
        )
        return UNREACHABLE


async def _with_platform(options: argparse.Namespace, settings: Settings) -> int:
    platform = await open_platform(settings)
    try:
        async with asyncio.timeout(SECONDS):
            return await COMMANDS[options.command](options, platform)
    finally:
        await platform.close()


async def _migrate(_options: argparse.Namespace, platform: Platform) -> int:
    count = await create_indexes(platform.connections.database)
    say(f"{count} indexes are in place")
    return DONE


async def _seed(options: argparse.Namespace, platform: Platform) -> int:
    accounts: Accounts = await asyncio.to_thread(read_accounts, options.accounts)
    number = await seed(platform, accounts)
    say(msgspec.json.encode({"certificateNumber": number}).decode())
    return DONE


async def _token(options: argparse.Namespace, platform: Platform) -> int:
    role = Role(options.role)
    email = options.email or f"{role}@gacp.example"
    user = await platform.users.find_by_email(email)
    if user is None or user.role is not role:
        complain(
            f"app token: no {role} with the address {email}; seed the accounts or name another "
            "with --email"
        )
        return NOT_SO
    say(platform.tokens.issue(user.id, role).token)
    return DONE


async def _audit(_options: argparse.Namespace, platform: Platform) -> int:
    # Against the tip in the backups bucket too: a chain alone can't tell that its end was cut off.
    backups = Storage(platform.settings.bucket_backups, platform.settings.region)
    try:
        verdict = await verify_anchored(platform.audit, backups)
    finally:
        await asyncio.to_thread(backups.close)
    say(str(verdict))
    return DONE if verdict.intact else NOT_SO


type Command = Callable[[argparse.Namespace, Platform], Awaitable[int]]
COMMANDS: dict[str, Command] = {
    "migrate": _migrate,
    "seed": _seed,
    "token": _token,
    "audit": _audit,
}
