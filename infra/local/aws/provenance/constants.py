"""Constants, lists and enumerations that schemas name, as plain values.

Enumerations of AWS's SDK for Go are not in the provider's source; botocore has them under the same
names, since both are made from AWS's own models.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from infra.local.aws.provenance.golang import Call, Lit, Name, Node
from infra.local.aws.provenance.schemas import Place, Source
from infra.local.aws.provenance.statements import given_by

_GO_SDK = re.compile(r"github\.com/aws/aws-sdk-go-v2/service/(\w+)/types")
_OTHER_NAMES = {
    "cloudwatchlogs": "logs",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
}  # Go's package → botocore's


class Unread(Exception):  # noqa: N818 (it says what it is)
    """A value that is made by code which is not read here; the message names it."""


@cache
def enumerations(service: str) -> dict[str, tuple[str, ...]]:
    """Enumerations of a service by name; of a package of AWS's SDK for Go."""
    import botocore.session

    model: Any = botocore.session.get_session().get_service_model(
        _OTHER_NAMES.get(service, service)
    )
    shapes = {name: model.shape_for(name) for name in model.shape_names}
    return {
        name: tuple(shape.enum)
        for name, shape in shapes.items()
        if shape.type_name == "string" and shape.enum
    }


class Constants:
    """Evaluates nodes to strings, numbers, truth values and lists of strings."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def scalar(self, node: Node, place: Place) -> str | int | float | bool:
        """Raises `Unread` for what is not a constant."""
        if isinstance(node, Name) and node.text in ("true", "false"):
            return node.text == "true"
        if isinstance(node, Call) and isinstance(node.function, Name) and len(node.arguments) == 1:
            if re.search(r"(?:^string|^float\d*|^u?int\d*|Static\w+)$", node.function.text):
                return self.scalar(node.arguments[0], place)
            if node.function.text in (".AttributeDefault", "enum.Slice"):
                return self.scalar(node.arguments[0], place)
        if isinstance(node, Call) and isinstance(node.function, Call):
            return self.scalar(
                node.arguments[0], place
            )  # `StringEnumType[T]().AttributeDefault(x)`
        if isinstance(node, Name):
            of_sdk = self._of_sdk(node, place)
            if of_sdk is not None:
                return of_sdk
        found, place = self.source.value(node, place)
        if isinstance(found, str | int | float):
            return found
        if found is not node and found is not None:
            return self.scalar(found, place)
        raise Unread(shown(node))

    def texts(self, node: Node, place: Place) -> list[str]:
        """A list of strings. Raises `Unread`."""
        if isinstance(node, Lit):
            return [str(self.scalar(value, place)) for _, value in node.items]
        if isinstance(node, Call) and isinstance(node.function, Name):
            listed = self._from_call(node.function, node.arguments, place)
            if listed is not None:
                return listed
        found, inner = self.source.value(node, place)
        if found is not node and found is not None:
            return self.texts(found, inner)
        raise Unread(shown(node))

    def enumeration(self, kind: Node, place: Place) -> list[str]:
        """The values of an enumeration's type, of AWS's SDK or of the provider. Raises `Unread`."""
        name = kind.text if isinstance(kind, Name) else ""
        alias, _, rest = name.partition(".")
        package = _GO_SDK.fullmatch(place.imports.get(alias, ""))
        if package:
            known = enumerations(package[1])
            if rest in known:
                return list(known[rest])
            same = [key for key in known if key.lower() == rest.lower()]
            if len(same) == 1:
                return list(known[same[0]])
        own = self.source.checkout.package(place.folder).get(f"{name}.Values")
        if own:
            given = given_by(own)
            return self.texts(given, Place(place.folder, own.imports))
        raise Unread(name or shown(kind))

    def _from_call(
        self, function: Name, arguments: tuple[Node, ...], place: Place
    ) -> list[str] | None:
        match function.text.rpartition(".")[2]:
            case "Values" if function.arguments:
                return self.enumeration(function.arguments[0], place)
            case "Slice":
                return [str(self.scalar(value, place)) for value in arguments]
            case "append" | "AppendUnique":
                first = self.texts(arguments[0], place)
                return first + [str(self.scalar(value, place)) for value in arguments[1:]]
            case _:
                return None

    def _of_sdk(self, node: Name, place: Place) -> str | None:
        """`awstypes.TenancyDefault` → `default`: the name is the type's and the value's."""
        alias, _, rest = node.text.partition(".")
        package = _GO_SDK.fullmatch(place.imports.get(alias, ""))
        if not package:
            return None
        for name, values in enumerations(package[1]).items():
            for value in values:
                if (name + re.sub(r"\W|_", "", value)).lower() == rest.lower():
                    return value
        return None


def shown(node: Node) -> str:
    """A node's name, for a message."""
    if isinstance(node, Call):
        return f"{shown(node.function)}()"
    return node.text if isinstance(node, Name) else type(node).__name__
