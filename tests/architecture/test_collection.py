"""Every test file is collected: a file that no runner finds proves nothing."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Programs and packs that the recordings run; their names only look like tests.
NOT_TESTS = ("tests/engine/recordings/",)


def files_with_tests() -> list[str]:
    return sorted(
        name
        for path in (ROOT / "tests").rglob("*.py")
        if not (name := str(path.relative_to(ROOT))).startswith(NOT_TESTS)
        and defines_tests(path.read_text(encoding="utf-8"))
    )


def defines_tests(source: str) -> bool:
    """Whether a module has a test function at its top or in a test class."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test_"):
                return True
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            return True
    return False


def test_every_file_with_tests_is_collected():
    # Without the `-ra` of the settings, which would print reasons among the names.
    options = ["--collect-only", "-q", "-o", "addopts=--import-mode=importlib"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    collected = {line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    missing = [name for name in files_with_tests() if name not in collected]
    assert not missing, missing


def test_a_file_that_pytest_would_not_collect_is_noticed():
    assert defines_tests("def test_it():\n    assert 1 == 1\n")
    assert not defines_tests("def helper():\n    return 1\n")
