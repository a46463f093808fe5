"""The attributes of a moto backend as something that can be written, and put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from moto.core.base_backend import BaseBackend


class KeptFactory:
    """The content of a `defaultdict` whose factory is a local function of moto's constructor."""

    def __init__(self, items: dict[Any, Any]) -> None:
        self.items = items


def backend_state(backend: BaseBackend) -> dict[str, Any]:
    """The attributes of a backend in a form that can be written."""
    return {name: _writable(value) for name, value in vars(backend).items()}


def _writable(value: Any) -> Any:
    if isinstance(value, defaultdict) and _is_local(value.default_factory):
        return KeptFactory(dict(value))
    return value


def _is_local(function: Callable[..., Any] | None) -> bool:
    return "<locals>" in getattr(function, "__qualname__", "")


def restore_backend(backend: BaseBackend, state: dict[str, Any]) -> None:
    """Give a fresh backend the attributes that `backend_state` took."""
    for name, value in state.items():
        if isinstance(value, KeptFactory):
            kept = getattr(backend, name)
            kept.clear()
            kept.update(value.items)
        else:
            setattr(backend, name, value)
