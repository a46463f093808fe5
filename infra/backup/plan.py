"""When recovery points are taken and how long they live, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from infra.config.operations import BackupConfig

# Bangkok sleeps; after the database's own backup window (infra/data/database.py), which AWS Backup
# may not overlap.
DAILY = "cron(0 20 ? * * *)"
MONTHLY = "cron(0 21 1 * ? *)"
RESTORE_TEST = "cron(0 22 ? * SUN *)"
RESTORE_TEST_WINDOW_DAYS = 7
KEEP_RESTORED_HOURS = 4  # to look at it; then AWS throws it away
START_MINUTES = 60
COMPLETE_MINUTES = 360

# Regions whose law and latency suit the farms' data: the other one of Singapore and Thailand.
NEIGHBOURS = {"ap-southeast-1": "ap-southeast-7", "ap-southeast-7": "ap-southeast-1"}


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """One schedule. `copied` points also go to the other region."""

    name: str
    schedule: str
    keep_days: int
    copied: bool


def rules_of(config: BackupConfig) -> tuple[PlannedRule, ...]:
    """Daily points, copied where copies are wanted, and monthly ones."""
    return (
        PlannedRule("daily", DAILY, config.daily_days, copied=config.copies),
        PlannedRule("monthly", MONTHLY, config.monthly_days, copied=False),
    )


def copy_region(region: str, config: BackupConfig) -> str:
    """Where copies go: as configured, else the neighbour; Singapore for everybody else."""
    return config.copy_region or NEIGHBOURS.get(region, "ap-southeast-1")


def shortest_life(config: BackupConfig) -> int:
    """Days that the vault's lock wants every point to live: the shortest that a rule asks for."""
    return min(rule.keep_days for rule in rules_of(config))


def longest_life(config: BackupConfig) -> int:
    return max(rule.keep_days for rule in rules_of(config))
