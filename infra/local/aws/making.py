"""How ids and computed outputs of a resource are made: templates, and what they may ask.

A template is text with names in braces: `{id}`, `{region}`, `{account}`, `{in.NAME}` (an input),
`{out.NAME}` (a computed output that stands above it in the table), `{name}` (the logical name), and
the random `{hex}` (17 digits, as EC2 ids), `{uuid}`, `{six}` (six letters and digits), `{upper}`
(13 capitals and digits), `{token}` (26) and `{sixteen}`.
"""

from __future__ import annotations

import re
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.aws.codec import UNKNOWN, Properties, Value, has_unknown, plain
from infra.local.aws.spec import ACCOUNT, Computed, TypeSpec

if TYPE_CHECKING:
    from infra.local.aws.endpoints import Endpoints
    from infra.local.aws.world import World

_CAPITALS = string.ascii_uppercase + string.digits
_LETTERS = string.ascii_letters + string.digits

_RANDOM: Mapping[str, Callable[[], str]] = {
    "hex": lambda: secrets.token_hex(9)[:17],
    "uuid": lambda: str(uuid.uuid4()),
    "six": lambda: "".join(secrets.choice(_LETTERS) for _ in range(6)),
    "upper": lambda: "".join(secrets.choice(_CAPITALS) for _ in range(13)),
    "token": lambda: secrets.token_hex(13),
    "sixteen": lambda: secrets.token_hex(8),
}


@dataclass(slots=True)
class Making:
    """A resource in the making: what its templates, its world rules and its realiser may ask.

    `inputs` have no secret marks. `id` is empty until it is made; `outputs` fill up as the table is
    walked.
    """

    token: str
    name: str
    region: str
    inputs: Properties = field(repr=False)
    world: World
    endpoints: Endpoints
    id: str = ""
    outputs: Properties = field(default_factory=dict[str, Value], repr=False)
    preview: bool = False

    def given(self, name: str, otherwise: Value = None) -> Value:
        """An input, or `otherwise` where it is left out."""
        value = self.inputs.get(name)
        return otherwise if value is None else value


def render(template: Computed, making: Making) -> Value:
    """The value of a template or function; unknown as soon as anything that it asks is unknown."""
    if not isinstance(template, str):
        return template(making)
    unknown = False

    def fill(match: re.Match[str]) -> str:
        nonlocal unknown
        value = _lookup(match[1], making)
        unknown = unknown or has_unknown(value)
        return "" if value is None else str(value)

    text = re.sub(r"\{([A-Za-z]+(?:\.[A-Za-z0-9]+)?)\}", fill, template)
    return UNKNOWN if unknown else text


def _lookup(name: str, making: Making) -> Value:
    root, _, rest = name.partition(".")
    match root:
        case "in":
            return making.inputs.get(rest)
        case "out":
            return plain(making.outputs.get(rest))
        case "id":
            return making.id or UNKNOWN
        case "region":
            return making.region
        case "account":
            return ACCOUNT
        case "name":
            return making.name
        case _:
            return UNKNOWN if making.preview else _RANDOM[root]()


def new_id(spec: TypeSpec, making: Making, facts: Properties) -> str:
    """The id that the loopback API gave, or the template's; outputs in it come first."""
    given = facts.pop("id", None)
    making.outputs = dict(facts)
    if given:
        return given
    named = re.findall(r"\{out\.(\w+)\}", spec.id) if isinstance(spec.id, str) else []
    for name in named:
        making.outputs.setdefault(name, render(spec.computed[name], making))
    return str(render(spec.id, making))


def rendered(spec: TypeSpec, key: str, making: Making) -> Value:
    """A computed output; one that the table does not describe is left out, as AWS leaves out
    what is not set.
    """
    return render(spec.computed[key], making) if key in spec.computed else None


def filled(spec: TypeSpec, making: Making) -> Properties:
    """What a preview knows already of outputs in which AWS fills in more than was given."""
    return {key: render(spec.computed[key], making) for key in spec.fills}
