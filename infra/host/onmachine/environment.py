"""The machine's own environment file: what only its owner knows, keys among it.

The stack's outputs stand in the bundle (`app.env`); a name that is given here wins.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from infra.host.onmachine.errors import MachineError

PLACEHOLDER = "<CHANGE_ME>"
TEMPLATE = "environment.template"
# What the registry's helper needs of it.
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")
_LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
_TEMPLATE_LINE = re.compile(r"(?:# )?(?P<name>[A-Z][A-Z0-9_]*)=")


class EnvironmentFileError(MachineError):
    """The file must not be used; values are not told, names are."""


def names_in(template: str) -> frozenset[str]:
    """Every name that the template has, commented or not."""
    matches = map(_TEMPLATE_LINE.match, template.splitlines())
    return frozenset(match["name"] for match in matches if match)


def read_environment(text: str, known: frozenset[str]) -> Mapping[str, str]:
    """Names and values of a file of lines NAME=VALUE; `#` begins a comment line.

    Raises `EnvironmentFileError` with every fault at once: a line that is none, a name that is
    unknown or given twice, a value that compose would change, and all names that still hold
    `<CHANGE_ME>`.
    """
    values: dict[str, str] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            faults.append(f"line {number} is no NAME=VALUE")
            continue
        name, value = match["name"], match["value"]
        faults += _faults(name, value, known, name in values)
        values[name] = value
    left = [name for name, value in values.items() if PLACEHOLDER in value]
    if left:
        faults.append(f"{PLACEHOLDER} is left in {', '.join(left)}")
    if faults:
        raise EnvironmentFileError(
            "the environment file is not used; correct these and run set-up again:\n  "
            + "\n  ".join(faults)
        )
    return values


def _faults(name: str, value: str, known: frozenset[str], is_double: bool) -> list[str]:
    faults: list[str] = []
    if name not in known:
        near = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f": did you mean {near[0]}?" if near else f": {TEMPLATE} has all names"
        faults.append(f"{name} is unknown{hint}")
    if is_double:
        faults.append(f"{name} is given twice")
    if "$" in value or " #" in value or value[:1] in ('"', "'"):
        faults.append(f"{name} holds a $, ' #' or a quote at its start, which compose would change")
    return faults
