"""Schemas of the provider's resources, evaluated: what each attribute says of itself.

Both of Terraform's frameworks are read: `schema.Schema` maps (SDK v2) and `schema.StringAttribute`
and blocks (plugin framework). Functions and variables of the provider that give a part of a schema
are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.local.aws.provenance.checkout import Checkout, Declaration
from infra.local.aws.provenance.golang import Call, Func, GoError, Lit, Name, Node
from infra.local.aws.provenance.statements import (
    assigned,
    attribute_name,
    given_by,
    literals,
    result_of,
    words_of,
)

PROVIDER = "github.com/hashicorp/terraform-provider-aws/"
_SHARED = re.compile(
    r"tftags\.|timeouts\.|tagsSchema"
)  # of the provider's own helpers: nothing to verify
# Statements of web ACLs hold statements: of what is in them nothing is read.
_NESTED = ("statementSchema",)
_PLAIN = ("internal/slices", "internal/enum")  # their functions are known (constants.py, facts.py)
_FORCES = re.compile(r'\bForceNew(?:If|IfChange)? \( ("[\w.]+"|names ?\. ?Attr\w+)')
_ONCE = ("sync.OnceValue", "maps.Clone")  # what they give is what they are given


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: names in it are of this package and these imports."""

    folder: str
    imports: dict[str, str] = field(repr=False)
    local: dict[str, Node] = field(default_factory=dict[str, "Node"], repr=False)  # of a function


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute's literal, and the attributes inside it."""

    fields: dict[str, Node] = field(repr=False)
    kind: str  # the literal's type in the plugin framework, "" in the SDK v2
    place: Place
    inside: dict[str, Attribute] = field(default_factory=dict[str, "Attribute"])

    def says(self, name: str) -> bool:
        """Whether a flag, such as ForceNew, is true."""
        return self.fields.get(name) == Name("true")

    def many(self) -> bool:
        """Whether it is a list or a set of more than one."""
        listed = self.fields.get("Type") in (Name("schema.TypeList"), Name("schema.TypeSet"))
        return (listed and self.fields.get("MaxItems") != 1) or bool(
            re.search("List|Set", self.kind)
        )


class Source:
    """Finds and evaluates schemas in a checkout."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout

    def declaration(self, name: str, place: Place) -> tuple[Declaration, Place] | None:
        """What a name in the source, with or without a package's, is declared as."""
        root, dot, rest = name.partition(".")
        folder = place.imports.get(root, "") if dot else PROVIDER + place.folder
        if not folder.startswith(PROVIDER) or folder.endswith(_PLAIN):
            return None
        folder = folder.removeprefix(PROVIDER)
        found = self.checkout.package(folder).get(rest if dot else root)
        return (found, Place(folder, found.imports)) if found else None

    def value(self, node: Node, place: Place) -> tuple[Node, Place]:
        """A node with names, and calls of the provider's own functions, replaced by what they
        stand for.
        """
        name = node.function if isinstance(node, Call) else node
        if not isinstance(name, Name):
            return node, place
        if name.text in _ONCE and isinstance(node, Call):
            node, place = self.value(node.arguments[0], place)
            return self.value(result_of(node), place) if isinstance(node, Func) else (node, place)
        if name.text in place.local:
            inner = place.local[name.text]
            if isinstance(node, Call) and isinstance(inner, Func):
                inner = result_of(inner)
            return self.value(inner, place)
        constant = attribute_name(name.text)
        if constant and not isinstance(node, Call):
            return constant, place
        found = self.declaration(name.text, place)
        if found is None:
            return node, place
        inner = given_by(found[0])
        return (node, place) if inner is None else self.value(inner, found[1])

    def resource(self, terraform: str, service: str) -> tuple[str, Lit, Place]:
        """The function (or type) that declares a resource, and its schema's literal.

        Raises `LookupError` where the service registers no such resource.
        """
        folder = f"internal/service/{service}"
        package = self.checkout.package(folder)
        for method in ("SDKResources", "FrameworkResources"):
            registered = package.get(f"servicePackage.{method}")
            factory = registered and re.search(
                rf'Factory:\s+(\w+),\n\s+TypeName:\s+"{terraform}"', registered.text
            )
            if factory:
                name, declared = self._declaring(factory[1], Place(folder, {}))
                place = Place(folder, declared.imports)
                kind = "schema.Resource" if method == "SDKResources" else "schema.Schema"
                for literal in literals(declared.tokens(), kind):
                    return name, literal, place
        raise LookupError(f"{folder} registers no {terraform}")

    def _declaring(self, factory: str, place: Place) -> tuple[str, Declaration]:
        package = self.checkout.package(place.folder)
        declared = package[factory]
        if "schema.Resource" in declared.text:
            return factory, declared
        again = re.search(r"=\s*(\w+)\n?$", declared.text)  # var ResourceVPC = resourceVPC
        if again:
            return self._declaring(again[1], place)
        made = re.search(r"&?(\w+)\{", declared.text.split("\n", 1)[1])
        owner = made[1] if made else ""
        while owner and f"{owner}.Schema" not in package:  # of a struct inside it
            inner = re.findall(r"^\t(\w+)$", package[owner].text, re.M) if owner in package else []
            owner = inner[0] if inner else ""
        if not owner:
            raise LookupError(f"{place.folder} {factory} has no schema")
        return f"{owner}.Schema", package[f"{owner}.Schema"]

    def forced_by_code(self, resource: Lit, place: Place) -> set[str]:
        """Attributes that a resource's CustomizeDiff may make a reason to replace, as it names
        them.
        """
        package = self.checkout.package(place.folder)
        custom = [value for key, value in resource.items if key == Name("CustomizeDiff")]
        texts = [" ".join(words_of(node)) for node in custom]
        seen: set[str] = set()
        found: set[str] = set()
        while texts:
            text = texts.pop()
            for argument in _FORCES.findall(text):
                name = argument.replace(" ", "")
                found.add(attribute_name(name) or name.strip('"'))
            for word in set(re.findall(r"\w+", text)) - seen:
                seen.add(word)
                if word in package and package[word].text.lstrip().startswith("func"):
                    texts.append(" ".join(token.text for token in package[word].tokens()))
        return found

    def attributes(self, node: Node, place: Place) -> dict[str, Attribute]:
        """The attributes of a map, a resource, a block or a schema."""
        node, place = self.value(node, place)
        if isinstance(node, Func):
            place = Place(place.folder, place.imports, assigned(node.body))
            node, place = self.value(result_of(node), place)
        if not isinstance(node, Lit):
            return {}
        fields = {key.text: value for key, value in node.items if isinstance(key, Name)}
        parts = [
            fields[name]
            for name in ("SchemaFunc", "Schema", "Attributes", "Blocks")
            if name in fields
        ]
        if parts:
            found: dict[str, Attribute] = {}
            for part in parts:
                found.update(self.attributes(part, place))
            return found
        return dict(self._entries(node, place))

    def _entries(self, node: Lit, place: Place) -> Iterator[tuple[str, Attribute]]:
        for key, value in node.items:
            name = self.value(key, place)[0]
            if isinstance(name, str):
                yield name, self.attribute(value, place)

    def attribute(self, node: Node, place: Place) -> Attribute:
        called = node.function if isinstance(node, Call) else node
        if isinstance(called, Name) and _SHARED.match(called.text):
            flag = "Computed" if "Computed" in called.text else "Optional"
            return Attribute({flag: Name("true")}, "", place)
        if isinstance(called, Name) and called.text in _NESTED:
            return Attribute({"Optional": Name("true")}, "", place)
        literal, place = self.value(node, place)
        if not isinstance(literal, Lit):
            raise GoError(f"an attribute is made by code that is not read: {node}")
        fields = {key.text: value for key, value in literal.items if isinstance(key, Name)}
        inside: dict[str, Attribute] = {}
        for name in ("Elem", "NestedObject", "Attributes", "Blocks"):
            if name in fields:
                inside.update(self._inside(name, fields[name], place))
        return Attribute(fields, literal.kind, place, inside)

    def _inside(self, name: str, node: Node, place: Place) -> dict[str, Attribute]:
        inner, place = self.value(node, place)
        if name != "Elem":
            return self.attributes(inner, place)
        if isinstance(inner, Lit) and inner.kind.endswith("Schema"):
            return {"*": self.attribute(inner, place)}
        return self.attributes(inner, place)
