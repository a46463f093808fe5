"""What the provider's schema demands of inputs, as rules (`data/provider.json` has the facts).

Each refusal names the value, what is allowed, and the place of the schema. A fact that only code
knows (`{"code": …}`) demands nothing here: the rows' own rules stand for those.
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.local.aws import provided, shapes
from infra.local.aws.codec import UNKNOWN, Properties, Value, at
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure

_SECRET = re.compile(r"password|secret|token|privateKey|userData|content|value|passphrase", re.I)
_DAYS = "(mon|tue|wed|thu|fri|sat|sun)"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"


def _parses(read: Callable[[str], object]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return test


def _matches(expression: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(expression, text, re.IGNORECASE) is not None


# Format → (what to say, whether a text has it).
FORMATS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "account": ("an account's id of 12 digits", _matches(r"\d{12}")),
    "address": ("an IP address", _parses(ipaddress.ip_address)),
    "address4": ("an IPv4 address", _parses(ipaddress.IPv4Address)),
    "address6": ("an IPv6 address", _parses(ipaddress.IPv6Address)),
    "arn": ("an ARN", _matches(r"arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}|aws|cloudfront|)?:.+")),
    "base64": ("base64", _parses(lambda text: base64.b64decode(text, validate=True))),
    "boolean": ("true or false", _matches(r"true|false|t|f|1|0")),
    "cidr": ("a CIDR block", _parses(lambda text: ipaddress.ip_network(text, strict=False))),
    "daily": ("a window such as 17:00-17:30", _matches(f"{_TIME}-{_TIME}")),
    "https": ("a URL that begins with https://", _matches(r"https://[^\s/]+.*")),
    "json": ("JSON", _parses(json.loads)),
    "network": ("a CIDR block without host bits", _parses(ipaddress.ip_network)),
    "network4": ("an IPv4 CIDR block without host bits", _parses(ipaddress.IPv4Network)),
    "network6": ("an IPv6 CIDR block without host bits", _parses(ipaddress.IPv6Network)),
    "policy": ("a policy in JSON", _parses(json.loads)),
    "time": ("a time in RFC 3339", _parses(dt.datetime.fromisoformat)),
    "weekly": (
        "a window such as sun:18:00-sun:18:30",
        _matches(f"{_DAYS}:{_TIME}-{_DAYS}:{_TIME}"),
    ),
}


def failures(token: str, inputs: Properties, given: Properties) -> Iterator[Failure]:
    """What the schema refuses. `given` are the inputs as the program wrote them, without defaults:
    relations ask what was written.
    """
    for path, facts in provided.attributes(token).items():
        if facts["use"] == "computed":
            continue
        source = provided.source_of(token, path)
        if "rule" in facts:
            for value in at(inputs, path):
                said = broken(facts["rule"], value) if known(value) else None
                if said:
                    shown = "" if _SECRET.search(path) or not _short(value) else f" {value!r}"
                    yield Failure(_top(path), f"{path}:{shown} {said} ({source})")
        yield from _amount(path, facts, inputs, source)
        if any(name in facts for name in _RELATIONS):
            yield from _relations(path, facts, given, source)


def broken(rule: Mapping[str, Any], value: Value) -> str | None:
    """What is wrong with a value; None if nothing is, or only code could say."""
    (kind, asked), *_ = rule.items()
    match kind:
        case "oneOf":
            found = str(value).lower() if rule.get("anyCase") else value
            good = found in asked or str(found) in map(str, asked) or found == ""
            return None if good else f"is none of {', '.join(map(str, asked))}"
        case "between":
            return _outside(asked, value, "") if isinstance(value, int | float) else None
        case "length":
            return _outside(asked, len(value), " characters") if isinstance(value, str) else None
        case "multipleOf":
            good = not isinstance(value, int) or value % asked == 0
            return None if good else f"is no multiple of {asked}"
        case "above":
            good = not isinstance(value, int | float) or value > asked
            return None if good else f"must be more than {asked}"
        case "format":
            says, fits = FORMATS[asked]
            good = not isinstance(value, str) or value == "" or fits(value)
            return None if good else f"is not {says}"
        case "all":
            return next((said for each in asked if (said := broken(each, value))), None)
        case "any":
            said = [broken(each, value) for each in asked]
            return None if None in said else " and ".join(map(str, said))
        case _:
            return None


def _outside(limits: list[Any], number: float, unit: str) -> str | None:
    lowest, highest = limits
    low, high = lowest is not None and number < lowest, highest is not None and number > highest
    if not low and not high:
        return None
    allowed = f"at least {lowest}" if highest is None else f"at most {highest}"
    if None not in limits:
        allowed = f"between {lowest} and {highest}"
    return f"has {number}{unit}; {allowed} are allowed" if unit else f"must be {allowed}"


def _amount(path: str, facts: provided.Facts, inputs: Properties, source: str) -> Iterator[Failure]:
    fewest, most = facts.get("items", (None, None))
    for value in at(inputs, path) if "items" in facts else ():
        if isinstance(value, list):
            said = _outside([fewest, most], len(value), " elements")
            if said:
                yield Failure(_top(path), f"{path}: {said} ({source})")


def _relations(
    path: str, facts: provided.Facts, given: Properties, source: str
) -> Iterator[Failure]:
    """Inputs that exclude or need this one. Only of the resource itself and of single blocks."""
    if "[*]" in path:
        return
    here = bool(at(given, path))
    others = {
        name: [other for other in facts.get(name, ()) if bool(at(given, other))]
        for name in _RELATIONS
    }
    rivals = [other for other in others["conflicts"] if other != path]
    if here and rivals:
        shown = " and ".join([path, *rivals])
        yield Failure(_top(path), f"{shown} exclude each other; leave one out ({source})")
    missing = [other for other in facts.get("needs", ()) if other not in others["needs"]]
    if here and missing:
        yield Failure(_top(missing[0]), f"{path} needs {', '.join(missing)} ({source})")
    for name in ("exactlyOne", "atLeastOne"):
        asked = facts.get(name, ())
        first = asked and path == next(each for each in asked)
        none = not others[name] and not any(_unsure(other, given) for other in asked)
        wrong = none or (name == "exactlyOne" and len(others[name]) > 1)
        if first and wrong and (others[name] or _top(path) == path or _around(path, given)):
            count = "exactly one" if name == "exactlyOne" else "at least one"
            shown = ", ".join(others[name]) or "none"
            yield Failure(
                _top(path),
                f"{count} of {', '.join(asked)} is needed, given: {shown} ({source})",
            )


_RELATIONS = ("conflicts", "needs", "exactlyOne", "atLeastOne")


def _around(path: str, given: Properties) -> bool:
    """Whether the block that the path is in was written."""
    return bool(at(given, path.rpartition(".")[0]))


def _unsure(path: str, given: Properties) -> bool:
    """Whether a block around the path is unknown as a whole, and so what is in it."""
    steps = path.split(".")
    return any(UNKNOWN in at(given, ".".join(steps[:end])) for end in range(1, len(steps)))


def _short(value: Value) -> bool:
    return not isinstance(value, str) or len(value) <= 100


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def is_rule(facts: provided.Facts) -> bool:
    """Whether the facts demand anything of a value that a rule here looks at."""
    return any(name in facts for name in (*_RELATIONS, "items")) or (
        "rule" in facts and _decides(facts["rule"])
    )


def _decides(rule: Mapping[str, Any]) -> bool:
    if "any" in rule:
        return all(_decides(each) for each in rule["any"])
    if "all" in rule:
        return any(_decides(each) for each in rule["all"])
    return "code" not in rule


def declared(token: str) -> frozenset[str]:
    """Inputs that a rule of the schema looks at."""
    known_inputs = shapes.declared_inputs(token)
    return frozenset(
        path
        for path, facts in provided.attributes(token).items()
        if facts["use"] != "computed" and _top(path) in known_inputs and is_rule(facts)
    )
