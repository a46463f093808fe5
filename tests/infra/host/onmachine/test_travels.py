"""What travels to the machine runs there: Ubuntu's interpreter, nothing installed beside it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from infra.host.bundle import bundle_files
from tests.support.machine import bundle_args

PACKAGE = "infra.host.onmachine"
ROOT = Path(__file__).parents[4]
MODULES = sorted((ROOT / "infra/host/onmachine").glob("*.py"))


def foreign_imports(source: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(source, feature_version=(3, 12))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return [
        name
        for name in names
        if not name.startswith(f"{PACKAGE}.")
        and name.partition(".")[0] not in sys.stdlib_module_names
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_imports_the_standard_library_and_itself_alone(path):
    assert foreign_imports(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source", ["import yaml", "from infra.edge import model", "def f():\n    import boto3"]
)
def test_what_would_not_be_there_is_named(source):
    assert foreign_imports(source)


def test_the_bundle_alone_runs(tmp_path):
    for name, text in bundle_files(bundle_args()).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-IS", str(tmp_path / "set-up"), "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "examples:" in ran.stdout
    assert "--environment" in ran.stdout
    # A folder of the bundle is named by its content: nothing may be written into it.
    assert not list(tmp_path.rglob("__pycache__"))
