"""Write `data/schema.json` anew from the installed SDK.

The provider must start in a fraction of a second, and importing `pulumi_aws` alone takes longer
than that; so what the SDK's classes declare is frozen as data. `python -m infra.local.aws.freeze`
after an upgrade of `pulumi-aws`; a test compares the frozen file with the package.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from infra.local.aws.names import KNOWN_TYPES
from infra.regions.freeze import written

DATA = Path(__file__).parent / "data"
VERSION = "7.51.1"

# Letters of the frozen shapes: one character for a scalar, [x] a list, {x} a map, #Name an object,
# j a JSON text that may be given as an object.
SCALARS = {"str": "s", "int": "i", "float": "n", "bool": "b", "Any": "*"}

_WRAPPERS = ("pulumi.Input[", "pulumi.Output[", "Optional[", "Union[")


def shape(annotation: str) -> str:
    """The frozen shape of a type written in the SDK's source, such as
    `pulumi.Input[Optional[_builtins.str]]`.
    """
    text = annotation.strip().replace("_builtins.", "").replace("builtins.", "")
    if re.fullmatch(r"Union\[str, '\w*PolicyDocumentArgs'\]", text):
        return "j"
    for wrapper in _WRAPPERS:
        if text.startswith(wrapper):
            return shape(_first(text[len(wrapper) : -1]))
    if text.startswith("Sequence["):
        return f"[{shape(text[len('Sequence[') : -1])}]"
    if text.startswith("Mapping["):
        inside = text[len("Mapping[") : -1]
        return f"{{{shape(inside.split(',', 1)[1])}}}"
    if text.startswith(("'", '"')) and text.endswith(("Args'", 'Args"')):
        return "#" + text.strip("'\"").removeprefix("outputs.")
    if text.startswith(("pulumi.Asset", "pulumi.Archive")):
        return "*"
    return SCALARS.get(text, "s")  # an enumeration of the SDK is a string on the wire


def _first(text: str) -> str:
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            return text[:index]
    return text


def _arguments(cls: type[Any]) -> Iterable[tuple[str, str, bool]]:
    """(python name, annotation, required) of each argument of an `…Args` class."""
    initialiser: Callable[..., None] = cls.__init__
    source = inspect.getsource(initialiser).split('"""')[0]
    for line in source.splitlines():
        found = re.match(r"\s+(\w+): (.+?)( = None)?(?:,|\):)$", line)
        if found:
            yield found[1], found[2], found[3] is None


def _wire_names(cls: type[Any]) -> dict[str, str]:
    """Python name -> name on the wire, from the getters of a class."""
    pattern = r"@pulumi\.getter(?:\(name=\"(\w+)\"\))?\n(?:\s+@_utilities.*\n)?\s+def (\w+)\(self\)"
    return {python: wire or python for wire, python in re.findall(pattern, inspect.getsource(cls))}


def _fields(cls: type[Any], wanted: set[str]) -> dict[str, str]:
    wire = _wire_names(cls)
    fields: dict[str, str] = {}
    for python, annotation, required in _arguments(cls):
        code = shape(annotation)
        wanted.update(re.findall(r"#(\w+)", code))
        fields[wire[python]] = code + ("!" if required else "")
    return dict(sorted(fields.items()))


def _frozen_type(_module: Any, cls: type[Any], wanted: set[str]) -> dict[str, Any]:
    home = importlib.import_module(cls.__module__)
    source = inspect.getsource(cls)
    # Where a nested shape has the name already, the SDK calls the arguments InitArgs.
    arguments = getattr(home, f"{cls.__name__}InitArgs", None)
    inputs = _fields(arguments or getattr(home, f"{cls.__name__}Args"), wanted)
    secret = re.search(r"additional_secret_outputs=\[([^\]]*)\]", source)
    outputs = set(_wire_names(cls).values()) - set(inputs)
    return {
        "in": inputs,
        "out": sorted(outputs),
        "secret": sorted(re.findall(r'"(\w+)"', secret[1])) if secret else [],
    }


def frozen_schema() -> dict[str, Any]:
    """What the installed SDK declares for each known type: inputs with shapes (`!` = required),
    outputs, secrets.
    """
    types: dict[str, Any] = {}
    objects: dict[str, Any] = {}
    for token in sorted(KNOWN_TYPES):
        service, name = token.split(":")[1].split("/")[0], token.rsplit(":", 1)[1]
        module = importlib.import_module(f"pulumi_aws.{service}")
        wanted: set[str] = set()
        types[token] = _frozen_type(module, getattr(module, name), wanted)
        shapes = importlib.import_module(f"pulumi_aws.{service}._inputs")
        while wanted:
            item = wanted.pop()
            key = f"{service}.{item}"
            if key not in objects:
                objects[key] = {}
                more: set[str] = set()
                objects[key] = _fields(getattr(shapes, item), more)
                wanted |= more
    return {"version": VERSION, "types": types, "objects": dict(sorted(objects.items()))}


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    (DATA / "schema.json").write_text(written(frozen_schema()), "utf-8")
