"""Turns moto's objects into bytes and back.

References to whole backends stay references, contents of S3 objects stay files, locks are made
anew, and keys and certificates of `cryptography` travel as DER. What is read was written by this
program into a folder that only its user can write; still, only what known packages define is
loaded.
"""

from __future__ import annotations

import io
import pickle
import threading
import types
from collections import defaultdict
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from infra.local.services.aws_api import images
from infra.local.services.aws_api.bodies import Body, BodyFolder

PACKAGES = frozenset(
    [
        "moto",
        "infra",
        "builtins",
        "collections",
        "datetime",
        "copyreg",
        "decimal",
        "uuid",
        "threading",
        "_thread",
        "zoneinfo",
        "pytz",
        "dateutil",
        "re",
        "random",
        "enum",
        "ipaddress",
        "botocore",
        "werkzeug",
        "requests",
    ]
)
BUILTINS = frozenset(
    [
        "set",
        "frozenset",
        "list",
        "dict",
        "tuple",
        "bytearray",
        "complex",
        "object",
        "range",
        "slice",
        "int",
        "float",
        "str",
        "bytes",
        "bool",
        "type",
    ]
)
ATTEMPTS = 5  # at writing state that a read may change meanwhile
# What reading a row that does not fit these classes may raise.
READ_ERRORS = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)
_LOCKS = (type(threading.Lock()), type(threading.RLock()))


class CannotKeepError(RuntimeError):
    """Moto holds something for this service that cannot be written."""


def _new_lock() -> Any:
    return threading.Lock()


def _new_rlock() -> Any:
    return threading.RLock()


def _new_condition() -> Any:
    return threading.Condition()  # who waited on the old one is gone


def _new_defaultdict(cls: Any, factory: Any) -> Any:
    made = cls.__new__(cls)
    made.default_factory = factory
    return made


def bound_method(owner: Any, name: str) -> Any:
    """The method `name` of `owner`; of its class's functions alone, unlike `getattr`."""
    function = getattr(type(owner), name)
    if not isinstance(function, types.FunctionType):
        raise pickle.UnpicklingError(f"{name} is no method of {type(owner).__name__}")
    return types.MethodType(function, owner)


def load_private_key(der: bytes) -> Any:
    return serialization.load_der_private_key(der, password=None)


def load_public_key(der: bytes) -> Any:
    return serialization.load_der_public_key(der)


def load_certificate(der: bytes) -> Any:
    return x509.load_der_x509_certificate(der)


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, digests: set[str]) -> None:
        super().__init__(file, protocol=5)
        self._digests = digests

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, BaseBackend):
            service = type(obj).__module__.split(".")[1]
            return ("backend", service, obj.account_id, obj.region_name)
        if isinstance(obj, BackendDict):
            return ("service", obj.service_name)
        if isinstance(obj, AccountSpecificBackend):
            return ("account", obj.service_name, obj.account_id)
        if isinstance(obj, Body):
            if obj.digest is not None:
                self._digests.add(obj.digest)
            return ("body", obj.digest)
        image = images.name_of(obj)
        return ("image", *image) if image else None

    def reducer_override(self, obj: Any) -> Any:
        kind: Any = type(obj)
        if kind in _LOCKS:
            return (_new_lock if kind is _LOCKS[0] else _new_rlock, ())
        if kind is threading.Condition:
            return (_new_condition, ())
        if kind is types.MethodType:
            return (bound_method, (obj.__self__, obj.__func__.__name__))
        if issubclass(kind, defaultdict) and kind is not defaultdict:
            # A class of moto's whose constructor wants more than `defaultdict` says it does.
            return (
                _new_defaultdict,
                (kind, obj.default_factory),
                vars(obj),
                None,
                iter(obj.items()),
            )
        if hasattr(obj, "private_bytes"):
            der = obj.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            return (load_private_key, (der,))
        if hasattr(obj, "public_bytes") and not isinstance(obj, type):
            encoding = serialization.Encoding.DER
            if isinstance(obj, x509.Certificate):
                return (load_certificate, (obj.public_bytes(encoding),))
            der = obj.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
            return (load_public_key, (der,))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, bodies: BodyFolder) -> None:
        super().__init__(file)
        self._bodies = bodies

    def persistent_load(self, pid: Any) -> Any:
        kind, *rest = pid
        if kind == "body":
            return Body(self._bodies, rest[0])
        if kind == "image":
            get_backend("ec2")[rest[0]][rest[1]]  # makes the backend, and with it its images
            return images.find(*rest)
        service: Any = get_backend(rest[0])
        if kind == "service":
            return service
        return service[rest[1]] if kind == "account" else service[rest[1]][rest[2]]

    def find_class(self, module_name: str, global_name: str) -> Any:
        refusal = pickle.UnpicklingError(
            f"{module_name}.{global_name} is nothing that this program keeps"
        )
        if module_name.split(".")[0] not in PACKAGES:
            raise refusal
        found = super().find_class(module_name, global_name)
        # A module of moto's also gives what it imported: where a thing was defined counts.
        home = str(found.__module__).split(".")[0]
        if home not in PACKAGES or (home == "builtins" and global_name not in BUILTINS):
            raise refusal
        return found


def dump(state: Any) -> tuple[bytes, set[str]]:
    """`state` as bytes, and the digests of the bodies that it refers to.

    Raises `CannotKeepError` naming what cannot be written.
    """
    for attempt in range(ATTEMPTS):
        digests: set[str] = set()
        file = io.BytesIO()
        try:
            _Pickler(file, digests).dump(state)
        except RuntimeError as error:
            # A read that runs beside this one made something on the way ("changed size").
            if attempt == ATTEMPTS - 1:
                raise CannotKeepError(str(error)) from error
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            raise CannotKeepError(str(error)) from error
        else:
            return file.getvalue(), digests
    raise AssertionError("the last attempt returns or raises")


def check(blob: bytes) -> None:
    """Raise `CannotKeepError` unless `blob` can be read back: what is answered must come again."""
    try:
        load(blob, BodyFolder(Path()))
    except READ_ERRORS as error:
        raise CannotKeepError(f"{type(error).__name__}: {error}") from error


def load(blob: bytes, bodies: BodyFolder) -> Any:
    """The state that `dump` wrote."""
    return _Unpickler(io.BytesIO(blob), bodies).load()
