"""The import arrows of the repository (docs/architecture.md): who may know of whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "infra", "scripts", "loadtests")

# What each package may import of the others. `loadtests` talks HTTP only; `scripts` reads the
# models and launchers under `infra`, never its Pulumi components.
ALLOWED = {
    "app": {"app"},
    "infra": {"infra"},
    "scripts": {"scripts", "infra"},
    "loadtests": {"loadtests"},
}


def imported_modules(source: str, where: str) -> list[str]:
    """Absolute module names that `source` imports, inside functions too."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source, where)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where}: relative import; imports are absolute"
            names += [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def forbidden_imports(package: str, source: str, where: str) -> list[str]:
    """Imports in `source` that the arrows of `package` refuse."""
    refused = []
    for name in imported_modules(source, where):
        top = name.partition(".")[0]
        if top in (*PACKAGES, "tests") and top not in ALLOWED[package]:
            refused.append(f"{where} imports {name}")
        if package == "scripts" and top in ("pulumi", "pulumi_aws"):
            refused.append(f"{where} imports {name}: scripts run the engine as a process")
        if where.startswith("infra/local/") and top == "pulumi_aws":
            refused.append(f"{where} imports {name}: the provider starts without the SDK")
        if is_program(where) and name.startswith("infra.local"):
            refused.append(f"{where} imports {name}: the program knows no local engine")
    return refused


def is_program(where: str) -> bool:
    return where.startswith("infra/") and not where.startswith("infra/local/")


def python_files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_follow_the_arrows(package):
    refused = [
        problem
        for path in python_files(package)
        for problem in forbidden_imports(
            package, path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        )
    ]
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize(
    ("package", "where", "source"),
    [
        ("app", "app/x.py", "from infra.edge import model"),
        ("infra", "infra/x.py", "import app.asgi"),
        ("infra", "infra/network/vpc.py", "from infra.local.engine import planner"),
        ("infra", "infra/local/aws/types.py", "import pulumi_aws"),
        ("scripts", "scripts/up.py", "def run():\n    import app.cli"),
        ("scripts", "scripts/up.py", "import pulumi"),
        ("loadtests", "loadtests/users.py", "from scripts.lib import engine"),
        ("app", "app/x.py", "from tests.support import platform"),
    ],
)
def test_an_import_against_the_arrows_is_named(package, where, source):
    assert forbidden_imports(package, source, where)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_code(package):
    assert python_files(package), f"{package}/ has no Python file: the arrows hold nothing"
