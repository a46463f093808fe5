"""A reader of the part of Go that schemas are written in: composite literals, calls and returns.

It reads expressions, not programs. What it gives is plain data:
`Name` (`names.AttrARN`), `Lit` (`schema.Schema{…}`, `[]string{…}`), `Call`, `Func` (a literal's
body, as tokens), `Op` (a binary operation), and str, int, float for constants.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/)"
    r'|(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)'
    r"|(?P<rune>'(?:\\.|[^'\\])+')"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>:=|&&|\|\||==|!=|<=|>=|<-|\.\.\.|\+\+|--|<<|>>|[-+*/%&|^<>=!(){}\[\],;.:~])",
    re.DOTALL,
)
_BINARY = frozenset(
    ["+", "-", "*", "/", "%", "|", "^", "<", ">", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>"]
)
_CLOSES = {"(": ")", "[": "]", "{": "}"}

type Node = "Name | Lit | Call | Func | Op | str | int | float | None"


class GoError(ValueError):
    """The text is not of the part of Go that is read here; the message says where."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    arguments: tuple[Node, ...] = ()  # of types: `enum.Validate[types.Engine]`


@dataclass(frozen=True, slots=True)
class Lit:
    kind: str  # the type as it is written, "" where it is left out
    items: tuple[tuple[Node, Node], ...] = field(default=())  # (key or None, value)


@dataclass(frozen=True, slots=True)
class Call:
    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Func:
    body: tuple[Token, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Op:
    sign: str
    left: Node
    right: Node


def tokens_of(text: str) -> list[Token]:
    """The tokens of Go source, without space and comments."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise GoError(f"no token of Go at {text[at : at + 30]!r}")
        at = match.end()
        if match.lastgroup != "skip":
            found.append(Token(str(match.lastgroup), match[0]))
    return found


class Reader:
    """Reads one expression at a place in tokens."""

    def __init__(self, tokens: Sequence[Token], at: int = 0) -> None:
        self.tokens = tokens
        self.at = at

    def expression(self) -> Node:
        left = self._unary()
        while self._peek() in _BINARY:
            sign = self._next().text
            left = Op(sign, left, self._unary())
        return left

    def skip_balanced(self) -> tuple[Token, ...]:
        """Everything of the bracket that opens here, without the brackets."""
        opened = self._next().text
        if opened not in _CLOSES:
            raise GoError(f"no bracket opens at {opened!r}")
        start, depth = self.at, 1
        while depth:
            text = self._next()
            if text.kind == "sign":
                depth += (text.text in "([{") - (text.text in ")]}")
        return tuple(self.tokens[start : self.at - 1])

    def _peek(self) -> str:
        if self.at >= len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return token.text if token.kind in ("sign", "word") else "0"

    def _next(self) -> Token:
        if self.at >= len(self.tokens):
            raise GoError("the source ends inside an expression")
        self.at += 1
        return self.tokens[self.at - 1]

    def _unary(self) -> Node:
        match self._peek():
            case "&" | "*" | "!" | "+" | "<-":
                self._next()
                return self._unary()
            case "-":
                self._next()
                value = self._unary()
                return -value if isinstance(value, int | float) else value
            case "[" | "map" | "struct" | "interface":
                return self._postfix(Name(self._type()))
            case "func":
                return self._postfix(self._function())
            case "(":
                self._next()
                inside = self.expression()
                self._next()
                return self._postfix(inside)
            case _:
                return self._postfix(self._constant())

    def _constant(self) -> Node:
        token = self._next()
        match token.kind:
            case "text" if token.text[0] == "`":
                return token.text[1:-1]
            case "text" | "rune":
                return str(ast.literal_eval(token.text))
            case "number":
                return float(token.text) if "." in token.text else int(token.text, 0)
            case "word":
                return Name(token.text)
            case _:
                raise GoError(f"an expression cannot begin with {token.text!r}")

    def _postfix(self, base: Node) -> Node:
        while True:
            match self._peek():
                case "." if isinstance(base, Name):
                    self._next()
                    base = Name(f"{base.text}.{self._next().text}", base.arguments)
                case ".":  # of a value: `schema.Resource{…}.Schema`
                    self._next()
                    base = Call(Name(f".{self._next().text}"), (base,))
                case "[":
                    inside = self._list("[")
                    base = Name(base.text, inside) if isinstance(base, Name) else base
                case "(":
                    base = Call(base, self._list("("))
                case "{" if isinstance(base, Name):
                    base = self._literal(base.text)
                case _:
                    return base

    def _list(self, opened: str) -> tuple[Node, ...]:
        self._next()
        found: list[Node] = []
        while self._peek() != _CLOSES[opened]:
            found.append(self.expression())
            while self._peek() in (",", ":", "..."):
                self._next()
        self._next()
        return tuple(found)

    def _literal(self, kind: str) -> Lit:
        self._next()
        items: list[tuple[Node, Node]] = []
        while self._peek() != "}":
            key, value = None, self._element()
            if self._peek() == ":":
                self._next()
                key, value = value, self._element()
            items.append((key, value))
            if self._peek() == ",":
                self._next()
        self._next()
        return Lit(kind, tuple(items))

    def _element(self) -> Node:
        return self._literal("") if self._peek() == "{" else self.expression()

    def _type(self) -> str:
        text = self._next().text
        match text:
            case "[":
                while self._peek() != "]":
                    text += self._next().text
                text += self._next().text
                return text + self._type()
            case "map":
                self._next()
                key = self._type()
                self._next()
                return f"map[{key}]{self._type()}"
            case "*":
                return f"*{self._type()}"
            case "struct" | "interface":
                self.skip_balanced()
                return text
            case "func":
                self._signature()
                return text
            case _:
                while self._peek() == ".":
                    self._next()
                    text += f".{self._next().text}"
                if self._peek() == "[":
                    self.skip_balanced()
                return text

    def _signature(self) -> None:
        self.skip_balanced()
        if self._peek() == "(":
            self.skip_balanced()
        elif self._peek() not in ("{", ",", ")", "}", ""):
            self._type()

    def _function(self) -> Func:
        self._next()
        self._signature()
        return Func(self.skip_balanced() if self._peek() == "{" else ())
