"""The SDK's generated messages, loaded without the SDK.

Importing `pulumi` costs 0.7 s of every command; the messages alone cost 0.1 s. Where the SDK is
already loaded in this process (a test that runs a program), its own modules are used.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        analyzer_pb2,
        analyzer_pb2_grpc,
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        resource_pb2,
        resource_pb2_grpc,
    )
else:
    _PRIVATE = "_gacp_engine_protocol"

    def _package() -> str:
        if "pulumi.runtime.proto" in sys.modules:
            return "pulumi.runtime.proto"
        if _PRIVATE not in sys.modules:
            from importlib.util import find_spec
            from pathlib import Path

            spec = find_spec("pulumi")
            if spec is None or spec.origin is None:
                message = "the package `pulumi` is not installed: run `make setup`"
                raise ModuleNotFoundError(message)
            module = ModuleType(_PRIVATE)
            module.__path__ = [str(Path(spec.origin).parent / "runtime" / "proto")]
            sys.modules[_PRIVATE] = module
        return _PRIVATE

    def __getattr__(name: str) -> Any:
        if not name.endswith(("_pb2", "_pb2_grpc")):
            raise AttributeError(name)
        module = importlib.import_module(f"{_package()}.{name}")
        globals()[name] = module
        return module


OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
]

__all__ = [
    "OPTIONS",
    "analyzer_pb2",
    "analyzer_pb2_grpc",
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "resource_pb2",
    "resource_pb2_grpc",
]
