"""What controls look at and what they say, as plain frozen data. Nothing here knows Pulumi."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, final

from infra.config.choices import Environment

if TYPE_CHECKING:
    from infra.policy.graph import Graph


@final
class Unknown:
    """A value that is known only after the update. There is one, `UNKNOWN`; it is false."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "unknown until the update"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that the program marked secret; `UNKNOWN` inside where it can't be read."""

    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Options:
    """Resource options that decide how hard a resource is to hurt.

    `deleted_with` is not shown to policy packs (pulumi-policy 1.21): there it is always empty.
    """

    protect: bool = False
    deleted_with: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as the program wants it.

    `properties` are its inputs in camelCase, not what AWS fills in: a key that nobody chose must
    not count as chosen. `identities` are the texts by which others name it (id, ARN, name);
    `has_id` is false where the source doesn't tell the id.
    `dependencies` gives the URNs behind each property, by its first word.
    """

    urn: str
    type: str
    name: str
    properties: Mapping[str, Any]
    identities: frozenset[str] = frozenset()
    options: Options = Options()
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, Any])
    has_id: bool = True

    def get(self, path: str) -> Any:
        """The value at a path such as `vpcConfig.subnetIds`; `None` where there is none.

        A secret gives what is inside. Under an unknown everything is unknown.
        """
        value: Any = self.properties
        for word in path.split("."):
            value = revealed(value)
            if value is UNKNOWN:
                return UNKNOWN
            if not isinstance(value, Mapping):
                return None
            value = value.get(word)  # pyright: ignore[reportUnknownMemberType]
        return revealed(value)

    def items(self, path: str) -> list[Any]:
        """The entries of a list; one unknown entry for an unknown list; none where there is none.

        A block that the provider takes once may come as the object itself.
        """
        value = self.get(path)
        if value in (None, ""):
            return []
        return [revealed(item) for item in value] if isinstance(value, list) else [value]


def revealed(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


@dataclass(frozen=True, slots=True)
class Profile:
    """The stack that is judged. `compute` is its compute profile, `today` the day of judging."""

    environment: Environment
    compute: str
    region: str
    today: date

    @property
    def is_prod(self) -> bool:
        return self.environment is Environment.PROD


class Severity(StrEnum):
    """How bad a violation is, in the words of Security Hub."""

    CRITICAL = "critical"  # data or the account is open to strangers
    HIGH = "high"  # one more mistake and it is
    MEDIUM = "medium"
    LOW = "low"


class Where(StrEnum):
    """In which environments a control is in force."""

    PROD = "prod"
    AWS = "aws"  # dev, staging and prod: not where everything lies on one laptop
    ALL = "all"

    def holds_in(self, environment: Environment) -> bool:
        if self is Where.PROD:
            return environment is Environment.PROD
        return self is Where.ALL or environment is not Environment.LOCAL


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. `path` is the property; empty where the resource itself is what is wrong."""

    urn: str
    path: str
    value: Any
    rule: str
    way_out: str

    @property
    def message(self) -> str:
        """What is so, what must be, what to do. A secret's value is never in it."""
        name = self.urn.rpartition("::")[2]
        subject = f"{name}.{self.path}" if self.path else name
        said = f"{subject} {self.rule}" if self.value is None else f"{subject} is {self._shown}"
        rule = "" if self.value is None else f": {self.rule}"
        return f"{said}{rule}; {self.way_out}"

    @property
    def _shown(self) -> str:
        if isinstance(self.value, Unknown):
            return repr(self.value)
        text = self.value if isinstance(self.value, Absent) else repr(self.value)
        return text if len(text) <= 120 else f"{text[:117]}..."


class Absent(str):
    """Stands for a value that was not given."""

    __slots__ = ()


NOT_GIVEN: Final = Absent("not given")

type Check = Callable[[Graph, Profile], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Control:
    """One row of the table of controls.

    `subjects` are the types that it looks at; without one in the graph it is not applicable.
    `alone` says that a resource is judged without its neighbours, and so before it is made.
    """

    id: str
    title: str
    expects: str
    severity: Severity
    basis: str
    where: Where
    subjects: tuple[str, ...]
    alone: bool
    check: Check
    room: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding of a control, as everybody is told."""

    control: str
    urn: str
    message: str


def control(
    id_: str,
    title: str,
    expects: str,
    basis: str,
    severity: Severity,
    subjects: Sequence[str],
    *,
    where: Where = Where.ALL,
    alone: bool = False,
) -> Callable[[Check], Control]:
    """Make a function a control; the room is the module's name."""

    def made(check: Check) -> Control:
        room = check.__module__.rpartition(".")[2]
        return Control(
            id_, title, expects, severity, basis, where, tuple(subjects), alone, check, room
        )

    return made
