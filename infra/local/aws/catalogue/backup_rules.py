"""Rules and computed values of AWS Backup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import VAULT
from infra.local.aws.codec import Properties, Value, at
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import blocks, known
from infra.local.aws.rules.documents import actions_in
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_BAD = "InvalidParameterValueException"
_POINT_IN_TIME = (
    "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html"
)
# https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html, supported types.
RESTORABLE = (
    *("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"),
)
_COLD_DAYS = 90  # what went to cold storage stays there as long at least
_CONTINUOUS_DAYS = 35


def vault_arn(making: Making) -> Value:
    return making.world.output(VAULT, making.given("backupVaultName"), "arn")


def all_of_type(making: Making) -> Value:
    """Conditions choose among all resources of the type."""
    return ["*"] if making.given("protectedResourceConditions") else None


def retention(source: str) -> Rule:
    """The longest retention is not shorter than the shortest; a lock says one of them."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        low, high = inputs.get("minRetentionDays"), inputs.get("maxRetentionDays")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            shown = f"{_BAD}: minRetentionDays {low} is more than maxRetentionDays {high}"
            yield Failure("minRetentionDays", f"{shown} ({source})")

    return rule


def actions_of_backup(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A vault's policy speaks of AWS Backup only (API_PutBackupVaultAccessPolicy)."""
    for action in actions_in(inputs.get("policy")):
        if action != "*" and not action.startswith("backup:"):
            shown = f"{_BAD}: action {action!r} is not of AWS Backup; write backup: actions"
            yield Failure("policy", f"{shown} (API_PutBackupVaultAccessPolicy)")


def zone_of_time(path: str, source: str) -> Rule:
    """A name such as `Asia/Singapore` or `Etc/UTC`."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if known(value) and not re.fullmatch(r"[A-Za-z_]+(/[\w+-]+){0,2}", str(value)):
                shown = f"{_BAD}: {path} {value!r} is no time zone such as Asia/Singapore"
                yield Failure(path.split("[")[0], f"{shown} ({source})")

    return rule


def windows(source: str) -> Rule:
    """A backup starts within an hour or more, and has an hour more than that to end in."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "rules[*]"):
            start, end = given.get("startWindow", 60), given.get("completionWindow", 180)
            if isinstance(start, int) and start < 60:
                shown = f"{_BAD}: startWindow {start} is less than 60 minutes"
                yield Failure("rules", f"{shown} ({source})")
            if isinstance(start, int) and isinstance(end, int) and end < start + 60:
                shown = f"{_BAD}: completionWindow {end} is not 60 minutes more than startWindow"
                yield Failure("rules", f"{shown} {start} ({source})")

    return rule


def lifecycles(source: str) -> Rule:
    """Cold storage keeps for 90 days at least; continuous backups go back 35 days at most."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for given in blocks(inputs, "rules[*]"):
            for life in (*at(given, "lifecycle"), *at(given, "copyActions[*].lifecycle")):
                yield from _cold_faults(life, source)
            kept = at(given, "lifecycle.deleteAfter")
            cold = at(given, "lifecycle.coldStorageAfter")
            if given.get("enableContinuousBackup") is not True:
                continue
            too_long = [days for days in kept if isinstance(days, int) and days > _CONTINUOUS_DAYS]
            if not kept or too_long or cold:
                shown = f"{_BAD}: a continuous backup is kept for 1 to {_CONTINUOUS_DAYS} days"
                yield Failure("rules", f"{shown}, never in cold storage ({_POINT_IN_TIME})")

    return rule


def _cold_faults(life: Value, source: str) -> Iterator[Failure]:
    if not isinstance(life, dict):
        return
    cold, end = life.get("coldStorageAfter"), life.get("deleteAfter")
    if isinstance(cold, int) and isinstance(end, int) and end < cold + _COLD_DAYS:
        shown = f"{_BAD}: deleteAfter {end} is not {_COLD_DAYS} days after coldStorageAfter {cold}"
        yield Failure("rules", f"{shown} ({source})")
    if life.get("optInToArchiveForSupportedResources") is True and cold is None:
        shown = f"{_BAD}: optInToArchiveForSupportedResources needs coldStorageAfter"
        yield Failure("rules", f"{shown} ({source})")


def names_differ(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = [name for name in at(inputs, "rules[*].ruleName") if known(name)]
        if len(set(names)) < len(names):
            yield Failure("rules", f"{_BAD}: rule names {names} are not distinct ({source})")

    return rule


def backup_options(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for options in at(inputs, "advancedBackupSettings[*].backupOptions"):
            for name, value in options.items() if isinstance(options, dict) else ():
                right = name == "WindowsVSS" and value in ("enabled", "disabled")
                if known(value) and not right:
                    shown = f"{_BAD}: backupOptions takes WindowsVSS enabled or disabled, not"
                    yield Failure("advancedBackupSettings", f"{shown} {name} {value!r} ({source})")

    return rule


def copies_go_elsewhere(world: World, making: Making) -> None:
    """A copy into the vault that it is made from is no copy (API_CopyAction)."""
    for given in blocks(making.inputs, "rules[*]"):
        vault = world.find((VAULT,), given.get("targetVaultName"), ("id", "name"))
        for arn in at(given, "copyActions[*].destinationVaultArn"):
            if vault and vault.outputs.get("arn") == arn:
                raise AwsError(
                    _BAD,
                    f"rule {given.get('ruleName')!r} copies into {arn}, where it stands already",
                )


def selects_something(source: str) -> Rule:
    """Resources, tags or conditions."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        names = ("resources", "selectionTags", "conditions", "notResources")
        if not any(inputs.get(name) for name in names[:3]):
            yield Failure(
                "resources", f"{_BAD}: one of {', '.join(names[:3])} is needed ({source})"
            )

    return rule


def arns(path: str, source: str) -> Rule:
    """ARNs, which may hold wildcards, or `*` for everything."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            form = r"arn:[\w*-]+:[\w*-]+:[\w*-]*:[\d*]*:.+|\*"
            if known(value) and not re.fullmatch(form, str(value)):
                shown = f"{_BAD}: {path} {value!r} is neither an ARN nor *"
                yield Failure(re.split(r"[.\[]", path)[0], f"{shown} ({source})")

    return rule


_TESTS = ("stringEquals", "stringLikes", "stringNotEquals", "stringNotLikes")


def keys_of_tags(path: str, source: str) -> Rule:
    """Conditions ask for tags, by keys such as `aws:ResourceTag/Backup`."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        tests = (f"{way}.{test}" for way in (path, f"{path}[*]") for test in _TESTS)
        for key in (key for test in tests for key in at(inputs, f"{test}[*].key")):
            if known(key) and not str(key).startswith("aws:ResourceTag/"):
                shown = f"{_BAD}: {path} key {key!r} does not begin with aws:ResourceTag/"
                yield Failure(path, f"{shown} ({source})")

    return rule


def vaults_exist(world: World, making: Making) -> None:
    for kind in ("includeVaults", "excludeVaults"):
        for arn in at(making.inputs, f"recoveryPointSelection.{kind}[*]"):
            found = world.find((VAULT,), arn, ("arn",))
            if "*" not in str(arn) and found is None:
                raise AwsError(_BAD, f"{kind}: vault {arn} does not exist in {making.region}")
