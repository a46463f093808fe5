"""Which platform is asked, and with whose accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.services.layout import Layout
from scripts.lib.command import WrongUseError
from scripts.lib.smoke.context import Account
from scripts.lib.smoke.local import (
    LocalPlatform,
    NoLocalPlatformError,
    find_local,
    read_accounts,
    read_object,
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and with whose accounts. `certificate` is one that exists, or ""."""

    address: str
    accounts: Mapping[str, Account]
    local: LocalPlatform | None
    certificate: str


def find_target(url: str | None, accounts: Path | None, certificate: str | None) -> Target:
    """The platform under `url`, or this machine's.

    This machine's accounts, commands and mail sink belong to its own address alone.
    Raises `WrongUseError`, `NoLocalPlatformError` or `ServicesError`, each saying what to do.
    """
    layout = Layout.from_environment()
    local = local_under(layout, url)
    if accounts is not None:
        people = read_accounts(accounts)
    elif local is not None:
        people = read_accounts(layout.accounts_file)
    else:
        raise WrongUseError(f"{url} is not this machine's: --accounts says who signs in there")
    address = url or (local.public_url if local else "")
    return Target(address, people, local, certificate or seeded_certificate(layout, local))


def local_under(layout: Layout, url: str | None) -> LocalPlatform | None:
    """This machine's platform if `url` is its address or nothing, else `None`.

    Raises `NoLocalPlatformError` where there is neither an address nor a platform.
    """
    try:
        local = find_local(layout)
    except NoLocalPlatformError:
        if url is None:
            raise
        return None
    same = url is None or url.rstrip("/") == local.public_url.rstrip("/")
    return local if same else None


def seeded_certificate(layout: Layout, local: LocalPlatform | None) -> str:
    """What the seed printed; "" where nothing was seeded."""
    path = layout.run / "seed.json"
    if local is None or not path.exists():
        return ""
    return str(read_object(path).get("certificateNumber", ""))
