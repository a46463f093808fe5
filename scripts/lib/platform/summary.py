"""The last thing `gacp up local` prints: where to go, how to sign in, what next."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.services.layout import Layout


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Columns as wide as their widest cell; the last one is as long as it is."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(f"{indent}{line}" for line in lines)


def summary(layout: Layout, result: Mapping[str, Any]) -> str:
    """Addresses, sign-ins (on a terminal only: a log is no place for passwords), next commands."""
    url = str(result["publicUrl"])
    addresses = [
        ("portal", url),
        ("verify a certificate", f"{url}/verify/{result['certificateNumber']}"),
        ("API", f"{url}/api/v1"),
        ("mails that were sent", str(result["mailView"])),
        ("logs", str(layout.log)),
    ]
    commands = [
        ("gacp smoke", "ask the whole platform whether it does its work"),
        ("gacp doctor", "find out what is wrong"),
        ("make down", "stop everything; data stays"),
    ]
    up = f"The platform is up ({result['seconds']} s)."
    parts = [up, "", "Addresses", table(addresses), "", "Sign-ins", _accounts(layout)]
    return "\n".join([*parts, "", "Next (.local/bin/gacp)", table(commands)])


def _accounts(layout: Layout) -> str:
    where = f"  {layout.accounts_file} (only you can read it)"
    if not sys.stdout.isatty() or not layout.accounts_file.exists():
        return where
    accounts = json.loads(layout.accounts_file.read_text(encoding="utf-8"))
    rows = [(role, str(a.get("email")), str(a.get("password"))) for role, a in accounts.items()]
    return f"{table(rows)}\n{where}" if rows else where
