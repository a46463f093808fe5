"""What a request changed, as rows to keep; and the rows brought back into moto."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from typing import Any

import moto.s3.models as s3
from moto.backends import get_backend
from moto.core.base_backend import BaseBackend

from infra.local.services.aws_api import objects
from infra.local.services.aws_api.backends import backend_state, restore_backend
from infra.local.services.aws_api.bodies import BodyFolder
from infra.local.services.aws_api.pickling import (
    CannotKeepError,
    check,
    dump,
    load,
)
from infra.local.services.aws_api.store import Removal, Row, Store

# A request to the first may change the others: deliveries, and roles made on a service's behalf.
LINKED: dict[str, tuple[str, ...]] = {
    "s3": ("sqs", "sns", "events"),
    "sns": ("sqs",),
    "events": ("sqs", "sns", "logs"),
    "eks": ("ec2", "iam"),
    "ec2": ("iam", "logs"),
    "rds": ("ec2",),
    "secretsmanager": ("kms",),
    "logs": ("kinesis", "firehose"),
}


class Keeper:
    """Knows what is in the store and brings it up to date after a request.

    Not thread-safe: one request at a time.
    """

    def __init__(self, store: Store, bodies: BodyFolder) -> None:
        self._store = store
        self._bodies = bodies
        self._kept: dict[tuple[str, str], bytes] = {}  # digest of what the store has
        self._buckets: dict[str, str] = {}  # bucket -> the scope of its backend

    def load(self) -> int:
        """Bring everything back; returns the number of S3 objects.

        Raises `pickle.UnpicklingError` and kin when a row is not readable.
        """
        for row in self._store.rows("backend"):
            account, region = row.name.split("/")
            self._kept[row.scope, row.name] = _digest(row.content)
            restore_backend(_backend(row.scope, account, region), load(row.content, self._bodies))
        for row in self._store.rows("bucket"):
            self._load_bucket(row)
        count = 0
        for row in self._store.rows("object"):
            account, partition, bucket = row.scope.split("/", 2)
            backend = s3.s3_backends[account][partition]
            versions, tags = load(row.content, self._bodies)
            dict.__setitem__(backend.buckets[bucket].keys, row.name, versions)
            backend.tagger.tags.update(tags)
            count += 1
        return count

    def _load_bucket(self, row: Row) -> None:
        account, partition = row.scope.split("/")
        backend = s3.s3_backends[account][partition]
        bucket, tags = load(row.content, self._bodies)
        bucket.keys = objects.NotingKeyStore()
        backend.buckets[row.name] = bucket
        backend.tagger.tags.update(tags)
        s3.s3_backends.bucket_accounts[row.name] = (partition, account)
        self._buckets[row.name] = row.scope
        self._kept["bucket", row.name] = _digest(row.content)

    def keep(self, service: str, region: str, path: str) -> None:
        """Write what a request to `service` changed; `path` says which S3 object it named.

        Raises `CannotKeepError` when moto holds something that cannot be written, `sqlite3.Error`
        and `OSError` when the disk does not take it.
        """
        rows: list[Row] = []
        removals: list[Removal] = []
        if service == "s3":
            self._object_changes(path, rows, removals)
        services = () if service == "s3" else (service,)
        for name in (*services, *LINKED.get(service, ())):
            rows.extend(self._backend_changes(name, region))
        if rows or removals:
            self._store.save(rows, removals)
        for row in rows:
            if row.kind != "object":
                scope = "bucket" if row.kind == "bucket" else row.scope
                self._kept[scope, row.name] = _digest(row.content)

    def _backend_changes(self, service: str, region: str) -> Iterator[Row]:
        for backend in _instantiated(service):
            # Global services live under their partition's name; moto makes us-east-1 of every
            # service for its own use, which is not worth a look at each request.
            if backend.region_name not in (region, "aws"):
                continue
            try:
                content, bodies = dump(backend_state(backend))
                name = f"{backend.account_id}/{backend.region_name}"
                changed = self._kept.get((service, name)) != _digest(content)
                if changed:
                    check(content)
            except CannotKeepError as error:
                raise CannotKeepError(f"{service} in {backend.region_name}: {error}") from error
            if changed:
                yield Row("backend", service, name, content, frozenset(bodies))

    def _object_changes(self, path: str, rows: list[Row], removals: list[Removal]) -> None:
        bucket_name, _, key_name = path.lstrip("/").partition("/")
        seen: set[str] = set()
        for backend in objects.backends():
            scope = f"{backend.account_id}/{backend.region_name}"
            for name, bucket in list(backend.buckets.items()):
                seen.add(name)
                store: Any = bucket.keys
                changed: set[str] = store.changed
                if name == bucket_name:
                    rows.extend(self._bucket_row(backend, bucket, scope))
                    changed.update([key_name] if key_name else [])
                for key in sorted(changed):
                    self._object_row(backend, bucket, f"{scope}/{name}", key, rows, removals)
                changed.clear()
        for name in self._buckets.keys() - seen:
            scope = self._buckets.pop(name)
            self._kept.pop(("bucket", name), None)
            removals += [Removal("bucket", scope, name), Removal("object", f"{scope}/{name}")]

    def _bucket_row(self, backend: Any, bucket: Any, scope: str) -> Iterator[Row]:
        state = dict(vars(bucket))
        state["keys"] = None  # rows of their own
        bare = object.__new__(type(bucket))
        vars(bare).update(state)
        content, bodies = dump((bare, _tags(backend, [bucket.arn])))
        if self._kept.get(("bucket", bucket.name)) != _digest(content):
            check(content)
            self._buckets[bucket.name] = scope
            yield Row("bucket", scope, bucket.name, content, frozenset(bodies))

    def _object_row(
        self,
        backend: Any,
        bucket: Any,
        scope: str,
        key: str,
        rows: list[Row],
        removals: list[Removal],
    ) -> None:
        versions = bucket.keys.getlist(key)
        if not versions:
            removals.append(Removal("object", scope, key))
            return
        tags = _tags(backend, [version.arn for version in versions if hasattr(version, "arn")])
        content, bodies = dump((versions, tags))
        check(content)
        rows.append(Row("object", scope, key, content, frozenset(bodies)))

    def sweep(self, *, starting: bool = False) -> int:
        """Delete contents that no object has any more; returns how many went."""
        used = self._store.bodies()
        return self._bodies.sweep_at_start(used) if starting else self._bodies.sweep(used)


def _tags(backend: Any, names: list[str]) -> dict[str, Any]:
    tags = backend.tagger.tags
    return {name: tags[name] for name in names if name in tags}


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _backend(service: str, account: str, region: str) -> BaseBackend:
    found: Any = get_backend(service)  # type: ignore[arg-type] # the name of a service that was kept
    return found[account][region]


def _instantiated(service: str) -> list[BaseBackend]:
    if f"moto.{service}.models" not in sys.modules:
        return []  # never asked for: loading it would cost time and memory
    found: Any = get_backend(service)  # type: ignore[arg-type] # a name moto gave us, or of LINKED
    if not hasattr(found, "iter_backends"):
        return []
    return [backend for _account, _region, backend in list(found.iter_backends())]
