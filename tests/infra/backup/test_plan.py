"""When recovery points are taken, and how long they live."""

import pytest

from infra.backup import plan
from infra.config.operations import BackupConfig
from infra.data import database

CONFIG = BackupConfig()


def hour(cron):
    return int(cron.removeprefix("cron(").split()[1])


def test_daily_points_are_copied_and_monthly_ones_live_longer():
    daily, monthly = plan.rules_of(CONFIG)
    assert daily.copied
    assert not monthly.copied
    assert monthly.keep_days > daily.keep_days


def test_nothing_is_copied_where_no_copies_are_wanted():
    assert not any(rule.copied for rule in plan.rules_of(BackupConfig(copies=False)))


@pytest.mark.parametrize(
    ("region", "configured", "copies"),
    [
        ("ap-southeast-1", "", "ap-southeast-7"),
        ("ap-southeast-7", "", "ap-southeast-1"),
        ("eu-central-1", "", "ap-southeast-1"),
        ("ap-southeast-1", "eu-central-1", "eu-central-1"),
    ],
)
def test_copies_lie_in_another_region(region, configured, copies):
    assert plan.copy_region(region, BackupConfig(copy_region=configured)) == copies
    assert copies != region


def test_the_lock_refuses_no_rules_own_days():
    for rule in plan.rules_of(CONFIG):
        assert plan.shortest_life(CONFIG) <= rule.keep_days <= plan.longest_life(CONFIG)


def test_no_point_is_taken_while_the_database_makes_its_own_backup():
    start, end = (int(part.partition(":")[0]) for part in database.BACKUP_WINDOW.split("-"))
    for rule in plan.rules_of(CONFIG):
        assert not start <= hour(rule.schedule) <= end


def test_the_restore_test_comes_after_the_points_it_restores():
    assert hour(plan.RESTORE_TEST) > max(hour(rule.schedule) for rule in plan.rules_of(CONFIG))
