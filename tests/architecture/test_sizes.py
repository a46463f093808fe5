"""Module and function sizes (docs/architecture.md): a file that needs scrolling is two files."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "infra", "scripts", "loadtests")
MODULE_LINES = 250
FUNCTION_LINES = 60
MAIN_LINES = 150  # infra/__main__.py: configuration, wiring, exports

# Pure tables of data, which read better in one piece. Code is never listed here.
TABLES: frozenset[str] = frozenset()


def oversized_functions(source: str, where: str) -> list[str]:
    """Functions of more than `FUNCTION_LINES` lines, docstring included."""
    return [
        f"{where}:{node.lineno} {node.name} has {length} lines"
        for node in ast.walk(ast.parse(source, where))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def only_assigns(source: str) -> bool:
    """Whether a module is a table: imports, a docstring and assignments alone."""
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    return all(isinstance(node, allowed) for node in ast.parse(source).body)


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_module_needs_scrolling():
    long = {
        name: lines
        for path in modules()
        if (name := str(path.relative_to(ROOT))) not in TABLES
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES
    }
    assert not long, long


def test_no_function_is_longer_than_a_screen():
    long = [
        problem
        for path in modules()
        for problem in oversized_functions(
            path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        )
    ]
    assert not long, "\n".join(long)


def test_the_program_only_wires():
    lines = (ROOT / "infra/__main__.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAIN_LINES


def test_a_listed_table_holds_no_code():
    with_code = [
        table
        for table in sorted(TABLES)
        if not only_assigns((ROOT / table).read_text(encoding="utf-8"))
    ]
    assert not with_code


def test_a_long_function_is_named():
    source = "def long():\n" + "    x = 1\n" * FUNCTION_LINES
    assert oversized_functions(source, "m.py") == ["m.py:1 long has 61 lines"]


def test_a_module_with_a_function_is_no_table():
    assert only_assigns("X = {'a': 1}\n")
    assert not only_assigns("def f():\n    return 1\n")
