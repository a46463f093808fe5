"""What a schema's attribute says, as plain facts: flags, default, and what a value must be.

A rule is one of `{"oneOf": […]}`, `{"between": [a, b]}` (numbers), `{"length": [a, b]}` (of text),
`{"multipleOf": n}`, `{"above": n}`, `{"format": name}`, `{"all": […]}`, `{"any": […]}` or
`{"code": name}` where only the provider's code knows (patterns among them). `None` in a pair is no
limit.
"""

from __future__ import annotations

import re
from typing import Any

from infra.local.aws.provenance.constants import Constants, Unread, shown
from infra.local.aws.provenance.golang import Call, Lit, Name, Node
from infra.local.aws.provenance.schemas import Attribute, Place

type Facts = dict[str, Any]

FORMATS = {
    "ARNType": "arn",
    "CIDRBlock": "cidr",
    "IPv4CIDRNetworkAddress": "network4",
    "IPv6CIDRNetworkAddress": "network6",
    "IsCIDR": "cidr",
    "IsIPAddress": "address",
    "IsIPv4Address": "address4",
    "IsIPv6Address": "address6",
    "IsRFC3339Time": "time",
    "IsURLWithHTTPS": "https",
    "StringIsJSON": "json",
    "ValidARN": "arn",
    "ValidBase64String": "base64",
    "ValidateTypeStringNullableBool": "boolean",
    "ValidAccountID": "account",
    "ValidCIDRNetworkAddress": "network",
    "ValidIAMPolicyJSON": "policy",
    "ValidIPv4CIDRNetworkAddress": "network4",
    "ValidIPv6CIDRNetworkAddress": "network6",
    "ValidOnceADayWindowFormat": "daily",
    "ValidOnceAWeekWindowFormat": "weekly",
    "ValidUTCTimestamp": "time",
    "AWSAccountID": "account",
}
_RELATIONS = {
    "ConflictsWith": "conflicts",
    "RequiredWith": "needs",
    "ExactlyOneOf": "exactlyOne",
    "AtLeastOneOf": "atLeastOne",
}
_RANGE = re.compile(r"(?:Int|Float)?(Between|AtLeast|AtMost)$")
_TEXT = re.compile(r"(?:String|stringvalidator\.|UTF8)+(?:Len|Length)(Between|AtLeast|AtMost)$")


class Reading:
    """Turns attributes into facts."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants

    def facts(self, attribute: Attribute) -> Facts:
        place = attribute.place
        facts: Facts = {"use": _use(attribute)}
        if _replaces(attribute):
            facts["forceNew"] = True
        if "Default" in attribute.fields:
            facts["default"] = self._default(attribute.fields["Default"], place)
        if attribute.fields.get("Type") == Name("schema.TypeSet") or "Set" in attribute.kind:
            facts["set"] = True
        for field, name in _RELATIONS.items():
            if field in attribute.fields:
                facts[name] = self.constants.texts(attribute.fields[field], place)
        items = [self._number(attribute, name) for name in ("MinItems", "MaxItems")]
        if any(item is not None for item in items):
            facts["items"] = items
        rules = self._rules(attribute)
        if rules:
            facts["rule"] = rules[0] if len(rules) == 1 else {"all": rules}
        return facts

    def _default(self, node: Node, place: Place) -> Any:
        try:
            return self.constants.scalar(node, place)
        except Unread as code:
            return {"code": str(code)}

    def _number(self, attribute: Attribute, name: str) -> Any:
        node = attribute.fields.get(name)
        return None if node is None else self.constants.scalar(node, attribute.place)

    def _rules(self, attribute: Attribute) -> list[Facts]:
        found: list[Facts] = []
        fields, place = attribute.fields, attribute.place
        for name in ("ValidateFunc", "ValidateDiagFunc", "CustomType"):
            rule = self.rule(fields[name], place) if name in fields else None
            if rule and not (name == "CustomType" and "code" in rule):
                found.append(rule)
        validators = fields.get("Validators")
        for _, node in validators.items if isinstance(validators, Lit) else ():
            rule = self.rule(node, place)
            found += [rule] if rule else []
        return found

    def rule(self, node: Node, place: Place) -> Facts | None:
        """What a validator demands; None where it demands nothing of the value."""
        function = node.function if isinstance(node, Call) else node
        arguments = node.arguments if isinstance(node, Call) else ()
        if not isinstance(function, Name):
            return {"code": "a function of its own"}
        last = function.text.rpartition(".")[2]
        if last in FORMATS:
            return {"format": FORMATS[last]}
        try:
            known = self._known(function, last, arguments, place)
        except Unread as code:
            return {"code": str(code)}
        if known is not None:
            return known
        found, inner = self.constants.source.value(node, place)
        if isinstance(found, Call | Name) and found is not node:
            return self.rule(found, inner)
        return {"code": last}

    def _known(
        self, function: Name, last: str, arguments: tuple[Node, ...], place: Place
    ) -> Facts | None:
        if last in ("All", "Any", "AllDiag", "AnyDiag", "ToDiagFunc"):
            return self._together(last, arguments, place)
        if last in ("StringInSlice", "IntInSlice"):
            return {"oneOf": self._listed(arguments[0], place)}
        if last == "OneOf":
            if len(arguments) == 1 and isinstance(arguments[0], Call):
                return {"oneOf": self.constants.texts(arguments[0], place)}
            return {"oneOf": [self.constants.scalar(value, place) for value in arguments]}
        if function.arguments and last in ("Validate", "FrameworkValidate", "StringEnumType"):
            return {"oneOf": self.constants.enumeration(function.arguments[0], place)}
        if function.arguments and last in ("ValidateIgnoreCase", "FrameworkValidateIgnoreCase"):
            values = self.constants.enumeration(function.arguments[0], place)
            return {"oneOf": [value.lower() for value in values], "anyCase": True}
        if last in ("StringIsNotEmpty", "NoZeroValues", "StringIsNotWhiteSpace"):
            return {"length": [1, None]}
        if last == "IsPortNumber":
            return {"between": [1, 65535]}
        if last == "IsPortNumberOrZero":
            return {"between": [0, 65535]}
        if last == "FloatGreaterThan":
            return {"above": self.constants.scalar(arguments[0], place)}
        if last == "IntDivisibleBy":
            return {"multipleOf": self.constants.scalar(arguments[0], place)}
        return self._range(function, last, arguments, place)

    def _range(
        self, function: Name, last: str, arguments: tuple[Node, ...], place: Place
    ) -> Facts | None:
        text, number = _TEXT.search(function.text), _RANGE.fullmatch(last)
        if text:
            return {"length": self._limits(text[1], arguments, place)}
        if number and not function.text.startswith(("listv", "setv", "mapv")):
            return {"between": self._limits(number[1], arguments, place)}
        return None

    def _listed(self, node: Node, place: Place) -> list[Any]:
        if isinstance(node, Lit):
            return [self.constants.scalar(value, place) for _, value in node.items]
        return list(self.constants.texts(node, place))

    def _together(self, last: str, arguments: tuple[Node, ...], place: Place) -> Facts | None:
        inside = [rule for node in arguments if (rule := self.rule(node, place))]
        if len(inside) == 1:
            return inside[0]
        return {"any" if "Any" in last else "all": inside} if inside else None

    def _limits(self, kind: str, arguments: tuple[Node, ...], place: Place) -> list[Any]:
        values: list[Any] = [self.constants.scalar(value, place) for value in arguments]
        match kind:
            case "AtLeast":
                return [values[0], None]
            case "AtMost":
                return [None, values[0]]
            case _:
                return values


def _use(attribute: Attribute) -> str:
    """`required`, `optional`, `computed` (an output) or `filled` (optional, else AWS's)."""
    required, optional, computed = map(attribute.says, ("Required", "Optional", "Computed"))
    if required:
        return "required"
    if optional:
        return "filled" if computed else "optional"
    return "computed" if computed else "optional"


def _replaces(attribute: Attribute) -> bool:
    modifiers = attribute.fields.get("PlanModifiers")
    named = [shown(node) for _, node in modifiers.items] if isinstance(modifiers, Lit) else []
    return attribute.says("ForceNew") or any("RequiresReplace" in name for name in named)
