"""Operators that MongoDB 7, DocumentDB 5.0 and the embedded database share, and where ours stand.

Rule: facts/app-libraries.md section 3 and facts/embedded.md section 1 (b). All filters, updates and
index definitions are literals in `app/`, so that reading the source finds every operator.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

QUERY = frozenset(
    {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$and", "$or", "$nor", "$not"}
    | {"$exists", "$type", "$regex", "$elemMatch", "$size", "$all", "$mod"}
)
UPDATE = frozenset(
    {"$set", "$unset", "$inc", "$mul", "$min", "$max", "$rename", "$setOnInsert"}
    | {"$currentDate", "$push", "$addToSet", "$each", "$pop", "$pull", "$pullAll"}
)
PIPELINE = frozenset(
    {"$match", "$sort", "$limit", "$skip", "$project", "$unwind", "$group", "$count"}
    | {"$addFields", "$sum", "$avg", "$first", "$last"}
)
ALLOWED = QUERY | UPDATE | PIPELINE
# Calls of the driver that the three do not share, or whose answer they do not agree on.
FORBIDDEN_CALLS = frozenset(
    {
        "start_session",
        "start_transaction",
        "with_transaction",
        "watch",
        "explain",
        "aggregate_raw_batches",
    }
)
FORBIDDEN_ARGUMENTS = frozenset({"collation", "session", "array_filters", "hint", "sparse"})
_OPERATOR = re.compile(r"\$[A-Za-z]+")


def operators_in(source: str) -> Iterator[tuple[int, str]]:
    """Line and spelling of every operator that is a key or a text of its own."""
    for node in ast.walk(ast.parse(source)):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and _OPERATOR.fullmatch(value):
            yield node.lineno, value


def faults_in(source: str, where: str) -> list[str]:
    """What in `source` one of the databases would refuse or read otherwise."""
    faults = [
        f"{where}:{line} {operator} is not in the shared subset"
        for line, operator in operators_in(source)
        if operator not in ALLOWED
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in FORBIDDEN_CALLS:
                faults.append(f"{where}:{node.lineno} {node.func.attr}() is not shared")
            faults += [
                f"{where}:{node.lineno} {keyword.arg}= is not shared"
                for keyword in node.keywords
                if keyword.arg in FORBIDDEN_ARGUMENTS
            ]
    return faults


def files() -> list[Path]:
    return sorted((Path(__file__).parents[2] / "app").rglob("*.py"))
