"""Statements of Go functions as far as schemas need them: returns, assignments, literals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from infra.local.aws.provenance.checkout import Declaration
from infra.local.aws.provenance.golang import Call, Func, GoError, Lit, Name, Node, Reader, Token

_BODY = Token("sign", "{")


def returned(body: Sequence[Token]) -> Iterator[Node]:
    """What the `return` statements of a function's body give, those in blocks left out."""
    depth = 0
    for at, token in enumerate(body):
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if not depth and token == Token("word", "return"):
            try:
                yield Reader(body, at + 1).expression()
            except GoError:
                continue


def assigned(body: Sequence[Token]) -> dict[str, Node]:
    """What `name := …` statements of a function's body give, those in blocks left out."""
    found: dict[str, Node] = {}
    depth = 0
    for at, token in enumerate(body):
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if not depth and token == Token("sign", ":=") and at:
            try:
                found[body[at - 1].text] = Reader(body, at + 1).expression()
            except GoError:
                continue
    return found


def literals(body: Sequence[Token], kind: str) -> Iterator[Lit]:
    """The literals of a type, such as `schema.Schema`, that a body writes, in order."""
    words = kind.split(".")
    wanted = [Token("word", words[0]), Token("sign", "."), Token("word", words[1])]
    wanted.append(Token("sign", "{"))
    for at in range(len(body) - 3):
        pointer = at and body[at - 1].text == "*"  # the result's type of a function
        if list(body[at : at + 4]) == wanted and not pointer:
            found = Reader(body, at).expression()
            if isinstance(found, Lit):
                yield found


def words_of(node: Node) -> Iterator[str]:
    """Everything that a node says, as words of Go."""
    match node:
        case Func():
            yield from (token.text for token in node.body)
        case Call():
            yield from words_of(node.function)
            yield "("
            for argument in node.arguments:
                yield from words_of(argument)
        case Name():
            yield node.text
        case str():
            yield f'"{node}"'
        case _:
            return


def result_of(function: Func) -> Node:
    return next(returned(function.body), None)


def given_by(declared: Declaration) -> Node:
    """What a function returns or a variable holds; None where neither can be read."""
    tokens = declared.tokens()
    try:
        if tokens[0].text == "func":
            body = next(at for at in range(len(tokens)) if _opens_body(tokens, at))
            return next(returned(tokens[body + 1 : -1]), None)
        at = next(i for i, token in enumerate(tokens) if token.text == "=")
        return Reader(tokens, at + 1).expression()
    except (GoError, StopIteration, IndexError, ValueError):
        return None


def _opens_body(tokens: list[Token], at: int) -> bool:
    """Whether a function's body opens here (and not `struct{}` of its signature)."""
    return tokens[at] == _BODY and tokens[at - 1].text not in ("struct", "interface")


def attribute_name(name: str) -> str:
    """`names.AttrKMSKeyID` → `kms_key_id`: the constants are made of the attributes' names."""
    found = re.fullmatch(r"names\.Attr(\w+)", name)
    if not found:
        return ""
    words = found[1].replace("VPCID", "VpcId")
    words = re.sub(r"(IDs|ARNs|CIDRs)(?=[A-Z]|$)", lambda m: m[0].capitalize(), words)
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()
