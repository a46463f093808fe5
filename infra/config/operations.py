"""What keeps a stack safe and its bill in sight, as a stack configures it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.config import rules
from infra.config.keys import key


@dataclass(frozen=True, slots=True)
class BackupConfig:
    """How long backups live and where their copies lie: points of AWS Backup, and dumps."""

    enabled: bool = key("Keep recovery points in a vault of the stack's own.", default=True)
    daily_days: int = key(
        "Days that daily ones are kept.", rules.between(7, 365, "days"), default=35
    )
    weekly_days: int = key(
        # AWS Backup takes no weekly points here; the dumps under weekly/ are what this is for.
        "Days that weekly dumps are kept.",
        rules.between(7, 730, "days"),
        default=90,
    )
    monthly_days: int = key(
        # A point moves to cold storage for 90 days at least; these stay warm.
        "Days that monthly ones are kept.",
        rules.between(30, 3650, "days"),
        default=400,
    )
    copies: bool = key("Copy each daily point to another region.", default=True)
    copy_region: str = key(
        "Region of all copies; empty: the other one of Singapore and Thailand.",
        rules.optional(rules.REGION),
        default="",
    )
    lock: bool = key("Nobody shortens a recovery point's life (governance mode).", default=True)
    restore_testing: bool = key(
        "Restore a point every week, and throw the restored copy away.", default=True
    )


@dataclass(frozen=True, slots=True)
class BudgetConfig:
    """What the stack may cost."""

    monthly_usd: int = key(
        "Budget of a month; 0 makes none.", rules.between(0, 1_000_000, "US dollars"), default=1500
    )
    thresholds: tuple[str, ...] = key(
        "Percent of the budget at which the alerts' addresses hear of it.",
        rules.each(rules.PERCENT),
        default=("50", "80", "100"),
    )
