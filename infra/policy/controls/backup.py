"""AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from infra.policy import types
from infra.policy.claims import (
    at_least,
    customer_key,
    fault,
    is_false_or_absent,
    is_given,
    must,
    must_link,
    protected,
    wrong,
)
from infra.policy.controls.retention import holds_backups
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

_PARTS = (types.VAULT, types.BACKUP_PLAN, types.BACKUP_SELECTION, types.RESTORE_TEST)


@control(
    "A59",
    "Backups are locked, lie in two regions, cover the data, and are restored on schedule",
    "backup.Vault with KMS, protect and no forceDestroy, VaultLockConfiguration with "
    "minRetentionDays; Plan whose rules have a schedule and a lifecycle that the lock allows, and "
    "copy to a vault of the stack in another region; selection of DocumentDB, S3 and EBS with a "
    "role; a scheduled RestoreTestingPlan of named vaults that tests each of them with a role; in "
    "prod wherever there is a database",
    "Backup.1 CKV_AWS_166/245",
    Severity.HIGH,
    (*_PARTS, types.DATABASE),
    where=Where.AWS,
)
def backups(graph: Graph, profile: Profile) -> Iterator[Finding]:
    if not graph.of(*_PARTS):
        for database in graph.of(types.DATABASE) if profile.is_prod else ():
            yield fault(database, "must be in a plan of AWS Backup in prod", "add infra/backup")
        return
    for vault in graph.of(types.VAULT):
        yield from _vault(graph, vault)
    for plan in graph.of(types.BACKUP_PLAN):
        yield from _plan(graph, plan, profile)
    for selection in graph.of(types.BACKUP_SELECTION):
        yield from _role(graph, selection)
    for each in _data(graph):
        if not any(
            _selects(graph, selection, "resources", each)
            for selection in graph.of(types.BACKUP_SELECTION)
        ):
            yield fault(each, "must be selected by a plan of AWS Backup", "add it to a selection")
    yield from _drills(graph)
    anchor = graph.of(*_PARTS)[0]
    for kind in (types.VAULT, types.BACKUP_PLAN):
        if not graph.of(kind):
            name = kind.rpartition(":")[2]
            yield fault(anchor, f"must have a backup.{name} beside it", "add it")


def _role(graph: Graph, resource: Resource) -> Iterator[Finding]:
    rule, way = "must be a role of this stack, which AWS Backup takes", "give it the role's ARN"
    yield from must_link(graph, resource, "iamRoleArn", (types.ROLE,), rule, way)


def _vault(graph: Graph, vault: Resource) -> Iterator[Finding]:
    yield from customer_key(graph, vault, "kmsKeyArn")
    yield from protected(vault)
    yield from must(
        vault, "forceDestroy", is_false_or_absent, "must be false", "set gacp:safety.protect"
    )
    locks = _locks_of(graph, vault)
    if not locks:
        yield fault(vault, "must be locked", "add a backup.VaultLockConfiguration")
    for lock in locks:
        yield from must(
            lock,
            "minRetentionDays",
            at_least(1),
            "must be given: a backup could be deleted at once",
            "set it to the days of the plan",
        )


def _locks_of(graph: Graph, vault: Resource) -> list[Resource]:
    return graph.users(vault, "backupVaultName", types.VAULT_LOCK)


def _plan(graph: Graph, plan: Resource, profile: Profile) -> Iterator[Finding]:
    rules = [each for each in plan.items("rules") if isinstance(each, Mapping)]
    if len(rules) < len(plan.items("rules")):
        yield wrong(plan, "rules", "must be known", "write them down")
    for rule in rules:
        target = rule.get("targetVaultName")
        vaults = _vaults(graph, plan, target)
        if not vaults:
            said = f"must write to a vault of this stack, not {target}"
            yield wrong(plan, "rules", said, "add it")
        if not is_given(rule.get("schedule")):
            yield _of_rule(plan, rule, "must have a schedule: else nothing is backed up", "set it")
        yield from _lifecycle(graph, plan, rule, vaults)
        for copy in _copies(rule):
            there = _vaults(graph, plan, copy.get("destinationVaultArn"))
            yield from _lifecycle(graph, plan, {**copy, "ruleName": "copy"}, there)
    copied = [
        vault
        for rule in rules
        for copy in _copies(rule)
        for vault in _vaults(graph, plan, copy.get("destinationVaultArn"))
    ]
    if not any(is_given(v.get("region")) and v.get("region") != profile.region for v in copied):
        yield wrong(
            plan,
            "rules",
            f"must copy to a vault of this stack in another region than {profile.region}",
            "add copy_actions",
        )


def _of_rule(plan: Resource, rule: Mapping[str, Any], said: str, way_out: str) -> Finding:
    return fault(plan, f"{said} (rule {rule.get('ruleName')})", way_out)


def _lifecycle(
    graph: Graph, plan: Resource, rule: Mapping[str, Any], vaults: Sequence[Resource]
) -> Iterator[Finding]:
    """Points must end, and not on a day that the vault's lock refuses: AWS ends the job then."""
    given = rule.get("lifecycle")
    days = given.get("deleteAfter") if isinstance(given, Mapping) else None
    if not at_least(1)(days):
        yield _of_rule(plan, rule, "must say when a point ends", "set lifecycle.delete_after")
        return
    locks = [lock for vault in vaults for lock in _locks_of(graph, vault)]
    if locks and not any(_allows(lock, days) for lock in locks):
        said = f"must keep points as long as the vault's lock wants, and keeps them {days} days"
        yield _of_rule(plan, rule, said, "set delete_after within min and max_retention_days")


def _allows(lock: Resource, days: Any) -> bool:
    least, most = lock.get("minRetentionDays"), lock.get("maxRetentionDays")
    long_enough = not isinstance(least, int) or days >= least
    return long_enough and (not isinstance(most, int) or days <= most)


def _copies(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    copies = rule.get("copyActions")
    listed: list[Any] = copies if isinstance(copies, list) else []
    return [each for each in listed if isinstance(each, Mapping)]


def _vaults(graph: Graph, plan: Resource, named: Any) -> list[Resource]:
    """Vaults that a rule's value may name; those that the rules wait for where it isn't known."""
    if named is UNKNOWN:
        return [each for each in graph.behind(plan, "rules") if each.type == types.VAULT]
    return [each for each in graph.of(types.VAULT) if named in each.identities]


def _data(graph: Graph) -> list[Resource]:
    """What must be backed up, and restored to see that it can be."""
    buckets = [
        each
        for each in graph.of(types.BUCKET)
        if each.get("tags.data-class") == "personal" and not holds_backups(each)
    ]
    return [*graph.of(types.DATABASE, types.VOLUME), *buckets]


def _selects(graph: Graph, selection: Resource, path: str, target: Resource) -> bool:
    if target in graph.linked(selection, path, target.type):
        return not graph.linked(selection, "notResources", target.type)
    patterns = [each for each in selection.items(path) if isinstance(each, str)]
    if any(fnmatchcase(arn, p) for p in patterns for arn in target.identities if "arn:" in arn):
        return True
    for tag in selection.items("selectionTags"):
        if isinstance(tag, Mapping) and target.get(f"tags.{tag.get('key')}") == tag.get("value"):
            return is_given(tag.get("value"))
    return False


def _drills(graph: Graph) -> Iterator[Finding]:
    drills = graph.of(types.RESTORE_TEST)
    if not drills:
        anchor = graph.of(*_PARTS)[0]
        yield fault(anchor, "must be restored on schedule", "add a backup.RestoreTestingPlan")
    tested: list[Resource] = []
    for drill in drills:
        yield from must(
            drill, "scheduleExpression", is_given, "must be given", "once a month is enough"
        )
        yield from must_link(
            graph,
            drill,
            "recoveryPointSelection",
            (types.VAULT,),
            "must name a vault of this stack in includeVaults",
            "name the vault that the plan writes to",
        )
        found = graph.users(drill, "restoreTestingPlanName", types.RESTORE_TEST_SELECTION)
        if not found:
            yield fault(drill, "must test something", "add a backup.RestoreTestingSelection")
        tested += found
    for each in tested:
        yield from _role(graph, each)
    for each in _data(graph) if drills else ():
        if not any(_selects(graph, test, "protectedResourceArns", each) for test in tested):
            way = "name it in protected_resource_arns of a RestoreTestingSelection"
            yield fault(each, "must be restored by a restore test", way)
