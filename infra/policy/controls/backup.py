"""AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from infra.policy import types
from infra.policy.claims import at_least, customer_key, fault, is_given, must, wrong
from infra.policy.controls.retention import holds_backups
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, Where, control

_PARTS = (types.VAULT, types.BACKUP_PLAN, types.BACKUP_SELECTION, types.RESTORE_TEST)


@control(
    "A59",
    "Backups are locked, lie in two regions, cover the data, and are restored on schedule",
    "backup.Vault with KMS, VaultLockConfiguration with minRetentionDays, Plan that copies to "
    "another region, selection of DocumentDB and S3, a scheduled RestoreTestingPlan; in prod "
    "wherever there is a database",
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
    plans = graph.of(types.BACKUP_PLAN)
    for plan in plans:
        yield from _plan(graph, plan, profile)
    yield from _coverage(graph)
    yield from _drill(graph)
    anchor = graph.of(*_PARTS)[0]
    for kind in (types.VAULT, types.BACKUP_PLAN):
        if not graph.of(kind):
            name = kind.rpartition(":")[2]
            yield fault(anchor, f"must have a backup.{name} beside it", "add it")


def _vault(graph: Graph, vault: Resource) -> Iterator[Finding]:
    yield from customer_key(graph, vault, "kmsKeyArn")
    locks = graph.users(vault, "backupVaultName", types.VAULT_LOCK)
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


def _plan(graph: Graph, plan: Resource, profile: Profile) -> Iterator[Finding]:
    rules = plan.items("rules")
    copies = [c for rule in rules if isinstance(rule, Mapping) for c in _copies(rule)]
    for rule in rules:
        target = rule.get("targetVaultName") if isinstance(rule, Mapping) else None
        names = {name for v in graph.of(types.VAULT) for name in v.identities}
        if target not in names and target is not UNKNOWN:
            yield wrong(
                plan, "rules", f"must write to a vault of this stack, not {target}", "add it"
            )
    if not any(_is_elsewhere(graph, plan, copy, profile) for copy in copies):
        yield wrong(
            plan,
            "rules",
            f"must copy to a vault in another region than {profile.region}",
            "add copy_actions",
        )


def _copies(rule: Mapping[str, Any]) -> Sequence[Any]:
    copies = rule.get("copyActions")
    return copies if isinstance(copies, list) else []


def _is_elsewhere(graph: Graph, plan: Resource, copy: Any, profile: Profile) -> bool:
    arn = copy.get("destinationVaultArn") if isinstance(copy, Mapping) else UNKNOWN
    if isinstance(arn, str) and arn.startswith("arn:"):
        return arn.split(":")[3] not in ("", profile.region)
    vaults = graph.linked(plan, "rules", types.VAULT)
    return any(is_given(v.get("region")) and v.get("region") != profile.region for v in vaults)


def _coverage(graph: Graph) -> Iterator[Finding]:
    selections = graph.of(types.BACKUP_SELECTION)
    buckets = [
        each
        for each in graph.of(types.BUCKET)
        if each.get("tags.data-class") == "personal" and not holds_backups(each)
    ]
    for each in (*graph.of(types.DATABASE), *buckets):
        if not any(_selects(graph, selection, each) for selection in selections):
            yield fault(each, "must be selected by a plan of AWS Backup", "add it to a selection")


def _selects(graph: Graph, selection: Resource, target: Resource) -> bool:
    if target in graph.linked(selection, "resources", target.type):
        return not graph.linked(selection, "notResources", target.type)
    patterns = [each for each in selection.items("resources") if isinstance(each, str)]
    if any(fnmatchcase(arn, p) for p in patterns for arn in target.identities if "arn:" in arn):
        return True
    for tag in selection.items("selectionTags"):
        if isinstance(tag, Mapping) and target.get(f"tags.{tag.get('key')}") == tag.get("value"):
            return is_given(tag.get("value"))
    return False


def _drill(graph: Graph) -> Iterator[Finding]:
    drills = graph.of(types.RESTORE_TEST)
    if not drills:
        anchor = graph.of(*_PARTS)[0]
        yield fault(anchor, "must be restored on schedule", "add a backup.RestoreTestingPlan")
    for drill in drills:
        yield from must(
            drill, "scheduleExpression", is_given, "must be given", "once a month is enough"
        )
        tested = graph.users(drill, "restoreTestingPlanName", types.RESTORE_TEST_SELECTION)
        if not tested:
            yield fault(drill, "must test something", "add a backup.RestoreTestingSelection")
