"""What every resource carries, and what none may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from infra.policy.claims import fault, is_given
from infra.policy.graph import Graph
from infra.policy.model import Absent, Finding, Profile, Resource, Severity, control
from infra.policy.secrets import plain_secrets
from infra.policy.types import BACKUP_PLAN, LAUNCH_TEMPLATE
from infra.policy.untaggable import NOT_TAGGABLE
from infra.tags import REQUIRED

ANY = "aws:*"  # every resource of AWS


@control(
    "A60",
    "Everything is tagged, and nothing holds a secret in plain text",
    f"every taggable resource has {', '.join(REQUIRED)}, and so has what "
    "templates and plans make; no plain value in a secret field, no text that looks like a secret",
    "tagging controls, ASVS 13.3",
    Severity.HIGH,
    (ANY,),
)
def tags_and_secrets(graph: Graph, _: Profile) -> Iterator[Finding]:
    for each in graph.resources:
        if not each.type.startswith("aws:"):
            continue
        if each.type not in NOT_TAGGABLE:
            yield from _tags(each)
        if each.type == LAUNCH_TEMPLATE:
            yield from _tags_made(each, "tagSpecifications", "tags")
        if each.type == BACKUP_PLAN:
            yield from _tags_made(each, "rules", "recoveryPointTags")
        # A policy pack is given secrets without their marks: there the state is what to check.
        for path, why in plain_secrets(each) if graph.secrets_marked else ():
            shown = Absent("a plain value")
            rule = f"{why} and must be marked secret, or better not be here"
            yield Finding(each.urn, path, shown, rule, "read it from Secrets Manager at run time")


def _tags_made(maker: Resource, path: str, key: str) -> Iterator[Finding]:
    """What the resource makes by itself (machines, recovery points) costs money and has an owner
    too."""
    for given in maker.items(path):
        tags = given.get(key) if isinstance(given, Mapping) else None
        if not isinstance(tags, Mapping) or not all(is_given(tags.get(tag)) for tag in REQUIRED):
            rule = f"must give all of {', '.join(REQUIRED)}"
            yield fault(maker, f"{path} {rule}", "pass stack.tags.of(...)")


def _tags(resource: Resource) -> Iterator[Finding]:
    tags = resource.get("tags")
    if isinstance(tags, list):  # of an auto scaling group, which hands them to its machines
        tags = {each.get("key"): each.get("value") for each in tags if isinstance(each, Mapping)}
    given = tags if isinstance(tags, Mapping) else {}
    missing = [tag for tag in REQUIRED if not is_given(given.get(tag))]
    if missing:
        way = "pass stack.tags.of(name, data_class)"
        yield fault(resource, f"must have the tags {', '.join(missing)}", way)
