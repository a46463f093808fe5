"""What a read makes of a recorded resource that somebody changed on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.codec import Properties, plain
from infra.local.aws.diff import difference
from infra.local.aws.spec import TypeSpec
from infra.local.aws.store import Record, changed


def brought_to(
    record: Record, seen: Properties, spec: TypeSpec, default_tags: Mapping[str, str]
) -> Record:
    """The record with the inputs that were `seen` to be otherwise; itself where none was.

    Compared as Diff compares: policies by meaning, sets without order, what AWS fills in is no
    change. `tagsAll` among them are all tags; those that the provider gives to everything are not
    the resource's own.
    """
    inputs, known = plain(record.inputs), plain(record.outputs)
    values = {
        key: value
        for key, value in seen.items()
        # What the program left to AWS is as it was.
        if key != "tagsAll" and (inputs.get(key) is not None or known.get(key) != value)
    }
    values |= _own_tags(record, seen.get("tagsAll"), default_tags)
    found = difference(spec, inputs, {**inputs, **values}, {}, None)
    if not found.changes:
        return record
    kept, outputs = dict(record.inputs), dict(record.outputs)
    for name in found.diffs:
        for properties in (kept, outputs):
            if values[name] is None:
                properties.pop(name, None)
            else:
                properties[name] = values[name]
    if "tags" in found.diffs:
        outputs["tagsAll"] = seen["tagsAll"]
    return changed(record, inputs=kept, outputs=outputs)


def _own_tags(
    record: Record, all_tags: Mapping[str, str] | None, default_tags: Mapping[str, str]
) -> Properties:
    if all_tags is None:
        return {}
    before = plain(record.inputs.get("tags")) or {}
    own = {
        key: value
        for key, value in all_tags.items()
        if key in before or default_tags.get(key) != value
    }
    return {"tags": own or None}
