"""Tools beside the plugin: install it, list and change the record."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from pathlib import Path

from infra.local.aws import shapes
from infra.local.aws.codec import Properties, Value, put
from infra.local.aws.coverage import report
from infra.local.aws.install import install
from infra.local.aws.store import Record, Store, StoreError, changed, store_path
from infra.local.aws.table import TABLE


class DriftError(Exception):
    """The resource or path that is to change cannot be found; says what there is."""


def run(arguments: list[str]) -> int:
    """Exit code 0 done, 1 no such resource or path, 2 wrong use."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.tool == "install":
        sys.stdout.write(f"{install(Path(options.home))}\n")
        return 0
    if options.tool == "coverage":
        return report(as_json=options.json)
    if options.tool == "verify-sources":
        from infra.local.aws.provenance import verify  # botocore is installed for tests only

        return verify.run(Path(options.directory), write=options.write)
    path = Path(options.store) if options.store else store_path(os.environ)
    try:
        if not path.exists():
            raise DriftError(f"there is no record at {path}; name one with --store")
        with closing(Store(path)) as store:
            _use(store, options)
    except (DriftError, StoreError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _use(store: Store, options: argparse.Namespace) -> None:
    if options.tool == "list":
        owners = store.unfinished()
        for record in store.all():
            owner = owners.get(record.key, "")
            if owner or not options.unfinished:
                tail = f"\t{owner}" if options.unfinished else ""
                mark = "" if record.token in TABLE else "\trecorded without checks"
                sys.stdout.write(f"{record.token}\t{record.id}{tail}{mark}\n")
    elif options.tool == "forget":
        forget(store, options.id, options.type)
    else:
        drift(store, options.id, options.change, options.type)


def drift(store: Store, identity: str, changes: list[str], token: str | None = None) -> None:
    """Change a recorded resource as somebody at the console would: `path=value`, the value JSON or
    plain text.

    An empty value takes the property away. Raises `DriftError`.
    """
    with store.alone():
        record = _one(store, identity, token)
        inputs, outputs = _copy(record.inputs), _copy(record.outputs)
        for change in changes:
            path, equals, text = change.partition("=")
            if not equals:
                raise DriftError(f"{change!r} is not PATH=VALUE, such as tags.Owner=somebody")
            _set(record, inputs, outputs, path, _value(text))
        store.put(changed(record, inputs=inputs, outputs=outputs))


def forget(store: Store, identity: str, token: str | None = None) -> None:
    """Delete a recorded resource behind the engine's back. Raises `DriftError`."""
    with store.alone():
        record = _one(store, identity, token)
        store.remove(record)


def _set(record: Record, inputs: Properties, outputs: Properties, path: str, value: Value) -> None:
    top = path.split(".")[0].split("[")[0]
    known = {*shapes.declared_inputs(record.token), *shapes.declared_outputs(record.token)}
    known = known or {*record.inputs, *record.outputs}
    if top not in known:
        raise DriftError(
            f"{record.token} has no property {top!r}; it has {', '.join(sorted(known))}"
        )
    try:
        if top in (shapes.declared_inputs(record.token) or record.inputs):
            put(inputs, path, value)
        put(outputs, path, value)
        if top == "tags":
            put(outputs, path.replace("tags", "tagsAll", 1), value)
    except (LookupError, TypeError, ValueError) as error:
        raise DriftError(f"{record.id} has nothing at {path} ({error!r})") from error


def _one(store: Store, identity: str, token: str | None) -> Record:
    found = [record for record in store.with_id(identity) if token in (None, record.token)]
    if not found:
        raise DriftError(f"no resource has the id {identity!r}; `list` shows those that exist")
    if len(found) > 1:
        tokens = ", ".join(record.token for record in found)
        raise DriftError(f"{identity} is the id of several resources; add --type, one of {tokens}")
    return found[0]


def _copy(properties: Properties) -> Properties:
    return json.loads(json.dumps(properties))


def _value(text: str) -> Value:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.aws",
        description=(
            "The AWS provider that needs no account. Without a tool's name it is the engine's"
            " plugin."
        ),
        epilog="Example: python -m infra.local.aws drift vpc-0a1b2c3d4e5f60718 tags.Owner=somebody",
    )
    tools = parser.add_subparsers(dest="tool", required=True)
    one = tools.add_parser("install", help="put the plugin's executable into an engine home")
    one.add_argument("home", help="PULUMI_HOME")
    covers = tools.add_parser("coverage", help="which inputs are validated, which only recorded")
    covers.add_argument("--json", action="store_true", help="with the paths of the inputs")
    sources = tools.add_parser(
        "verify-sources", help="compare the table with the provider's source"
    )
    sources.add_argument("directory", metavar="GIT_DIR", help="a git directory of that source")
    sources.add_argument("--write", action="store_true", help="keep what was read as data")
    for name, text in (
        ("list", "what is recorded"),
        ("drift", "change a recorded resource behind the engine's back"),
        ("forget", "delete a recorded resource behind the engine's back"),
    ):
        tool = tools.add_parser(name, help=text)
        tool.add_argument("--store", help="the record (default: as the plugin finds it)")
        if name == "list":
            tool.add_argument(
                "--unfinished",
                action="store_true",
                help="only what no engine is known to know the id of, with its URN",
            )
        else:
            tool.add_argument("id")
            tool.add_argument(
                "--type", help="the type's token, where several resources share the id"
            )
        if name == "drift":
            tool.add_argument("change", nargs="+", metavar="PATH=VALUE")
    return parser
