"""Property values as they stand on the wire: JSON values, plus marks for what JSON lacks.

A map with the key `SIG` is a mark (`sdk/go/common/resource/properties.go` of pulumi/pulumi):
secret `{SIG: SECRET, value}`, output value, resource reference, asset, archive. The string
`UNKNOWN` stands for a value that is known only after the update.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from google.protobuf import struct_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

type Properties = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIG = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's own mark
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"


def decode(struct: struct_pb2.Struct | None) -> Properties:
    """The values of a message. Whole numbers become `int`, as Go prints them."""
    if struct is None:
        return {}
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return {key: _decode(item) for key, item in value.struct_value.fields.items()}
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    return None


def encode(properties: Properties) -> struct_pb2.Struct:
    """The reverse of `decode`."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _encode(struct.fields[key], value)
    return struct


def _encode(target: struct_pb2.Value, value: Any) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, dict):
        target.struct_value.SetInParent()
        for key, item in value.items():
            _encode(target.struct_value.fields[str(key)], item)
    else:
        target.list_value.SetInParent()
        for item in value:
            _encode(target.list_value.values.add(), item)


def is_mark(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and value.get(SIG) == kind


def is_secret(value: Any) -> bool:
    return is_mark(value, SECRET)


def secret(value: Any) -> Any:
    return value if is_secret(value) else {SIG: SECRET, "value": value}


def transform(value: Any, change: Callable[[Any], Any]) -> Any:
    """`change` is asked for every mark; what it returns other than the mark itself is taken."""
    if isinstance(value, dict):
        if SIG in value:
            changed = change(value)
            if changed is not value:
                return changed
        return {key: transform(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [transform(item, change) for item in value]
    return value


def reveal(value: Any) -> Any:
    """The value without secret marks."""
    return transform(value, lambda v: reveal(v.get("value")) if is_secret(v) else v)


def mask(value: Any) -> Any:
    """What events show: a secret's content is `[secret]`."""
    hidden = {SIG: SECRET, "ciphertext": "[secret]"}
    return transform(value, lambda v: hidden if is_secret(v) else v)


def contains(value: Any, test: Callable[[Any], bool]) -> bool:
    if test(value):
        return True
    if isinstance(value, dict):
        return any(contains(item, test) for item in value.values())
    return isinstance(value, list) and any(contains(item, test) for item in value)


def has_unknown(value: Any) -> bool:
    return contains(value, lambda v: v == UNKNOWN if isinstance(v, str) else False)


def known(value: Any) -> Any:
    """Without what is not known: outside of previews providers never see an unknown (`sdk/go/
    common/resource/plugin/rpc.go`, KeepUnknowns)."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not _is_unknown(item)}
        return {key: known(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [known(item) for item in value if not _is_unknown(item)]
    return value


def _is_unknown(value: Any) -> bool:
    return (value["value"] if is_secret(value) else value) == UNKNOWN


def plain(value: Any) -> Any:
    """For providers: output values become values or secrets, references become ids or URNs."""

    def change(mark: Properties) -> Any:
        if mark[SIG] == OUTPUT:
            inner = plain(mark["value"]) if "value" in mark else UNKNOWN
            return secret(inner) if mark.get("secret") else inner
        if mark[SIG] == REFERENCE:
            return (mark["id"] or UNKNOWN) if "id" in mark else mark["urn"]
        return mark

    return transform(value, change)


def has_secret(value: Any) -> bool:
    return contains(value, is_secret)


def remarked(answer: Properties, asked: Properties) -> Properties:
    """The answer of somebody who was asked without secret marks: what was secret is so again."""
    out = dict(answer)
    for key in answer.keys() & asked.keys():
        theirs, ours = answer[key], asked[key]
        if is_secret(theirs):
            continue
        if isinstance(theirs, dict) and isinstance(ours, dict) and not is_secret(ours):
            out[key] = remarked(theirs, ours)
        elif has_secret(ours):
            out[key] = secret(theirs)
    return out


def seal(value: Any, encrypt: Callable[[str], str]) -> Any:
    """For the state: every secret becomes its ciphertext (of its JSON text)."""

    def change(mark: Properties) -> Any:
        if not is_secret(mark):
            return mark
        text = json.dumps(mark["value"], ensure_ascii=False, separators=(",", ":"))
        return {SIG: SECRET, "ciphertext": encrypt(text)}

    return transform(value, change)


def unseal(value: Any, decrypt: Callable[[str], str]) -> Any:
    """The reverse of `seal`; `plaintext` is what an export with secrets shown holds."""

    def change(mark: Properties) -> Any:
        if not is_secret(mark):
            return mark
        if "plaintext" in mark:
            return secret(json.loads(mark["plaintext"]))
        return secret(json.loads(decrypt(mark["ciphertext"])))

    return transform(value, change)


def as_refusal(kind: str, name: str, key: str, inputs: Properties, reason: str) -> str:
    """A failed check, in the CLI's words. A secret's content is not shown."""
    if not key:
        return f"{kind} resource '{name}' has a problem: {reason}"
    value = inputs.get(key)
    shown = "[secret]" if is_secret(value) else value
    return f"{kind} resource '{name}': property {key} value {{{shown}}} has a problem: {reason}"
