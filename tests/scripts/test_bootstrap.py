"""The set-up script as a program: it must run where nothing is installed."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUP = [ROOT / "scripts/bootstrap.py", *sorted((ROOT / "scripts/lib/setup").glob("*.py"))]


def test_it_needs_the_standard_library_alone():
    foreign = set()
    for file in SETUP:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            tops = {name.split(".")[0] for name in names}
            foreign |= {t for t in tops if t not in sys.stdlib_module_names and t != "scripts"}
    assert not foreign


def test_it_is_written_in_words_that_python_3_11_reads():
    for file in SETUP:
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 11))


def test_its_help_says_what_it_changes_and_gives_an_example():
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "scripts/bootstrap.py", "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "python3 scripts/bootstrap.py" in done.stdout
    assert "Nothing outside .local/" in done.stdout


def test_an_old_python_gets_a_sentence(monkeypatch, capsys):
    import importlib.util

    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts/bootstrap.py")
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    monkeypatch.setattr(bootstrap, "NEEDED", (99, 0))
    assert bootstrap.main() == 4
    assert "3.11 or newer" in capsys.readouterr().err
