"""Makes moto's S3 keep contents in files and say which objects changed."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

import moto.s3.models as s3
from moto.core.common_models import BaseModel
from moto.s3.utils import (
    _VersionedKeyStore,  # pyright: ignore[reportPrivateUsage] # the seam that tells of changes
)

from infra.local.services.aws_api.bodies import Body, BodyFolder


class NotingKeyStore(_VersionedKeyStore):
    """The objects of a bucket; `changed` has the names of those that were set or removed."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: set[str] = set()

    def __setitem__(self, key: str, value: Any) -> None:
        self.changed.add(key)
        super().__setitem__(key, value)

    def setlist(self, key: str, list_: Any) -> None:
        self.changed.add(key)
        super().setlist(key, list_)

    def pop(self, key: str) -> None:  # type: ignore[override] # as moto's own
        self.changed.add(key)
        super().pop(key)


def _key_state(key: s3.FakeKey) -> dict[str, Any]:
    state = dict(vars(key))
    del state["lock"]
    return state


def _set_key_state(key: s3.FakeKey, state: dict[str, Any]) -> None:
    vars(key).update(state)
    key.lock = Lock()


def _leave(_key: object) -> None:
    """In place of a warning about a file left open: none is."""


class _Files:
    """Stands in for the module `tempfile` inside moto's S3."""

    def __init__(self, bodies: BodyFolder) -> None:
        self._bodies = bodies

    def SpooledTemporaryFile(self, _size: int = 0, **_options: Any) -> Body:  # noqa: N802
        return Body(self._bodies)


def install(bodies: BodyFolder) -> None:
    """Change moto's S3 for the rest of this process; once, before its first request."""
    module: Any = s3
    module.tempfile = _Files(bodies)
    module._VersionedKeyStore = NotingKeyStore
    key: Any = s3.FakeKey
    key.__getstate__ = _key_state
    key.__setstate__ = _set_key_state
    key.__del__ = _leave
    forget_instances()


def forget_instances() -> None:
    """Stop moto from remembering every model it ever made (for its dashboard), a leak."""

    def new(cls: type, *_arguments: Any, **_options: Any) -> Any:
        return object.__new__(cls)

    model: Any = BaseModel
    model.__new__ = new


def backends() -> Iterator[Any]:
    """The S3 backends that hold something."""
    for _account, _partition, backend in list(s3.s3_backends.iter_backends()):
        yield backend
