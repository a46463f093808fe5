"""`gacp` itself: its words, and what errors become."""

import importlib
import types

import pytest

from infra.local.services.errors import PortTakenError
from scripts import __main__ as gacp
from scripts.lib.command import NotSoError, RefusedError, WrongUseError


@pytest.fixture
def command(monkeypatch):
    """A command `try` that raises what it is given."""

    def make(outcome):
        def run(_):
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        module = types.SimpleNamespace(
            register=lambda subparsers: subparsers.add_parser("try").set_defaults(run=run)
        )
        monkeypatch.setattr(gacp, "COMMANDS", (gacp.Command("try", "scripts.try", "for tests"),))
        monkeypatch.setattr(importlib, "import_module", lambda _: module)

    return make


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (0, 0),
        (NotSoError("x"), 1),
        (WrongUseError("x"), 2),
        (RefusedError("x"), 3),
        (PortTakenError("port 1"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_what_a_command_comes_to_is_its_exit_code(command, outcome, code):
    command(outcome)
    assert gacp.main(["try"]) == code


def test_an_error_is_a_sentence_on_the_error_output(command, capsys):
    command(RefusedError("not while <CHANGE_ME> is left"))
    gacp.main(["try"])
    captured = capsys.readouterr()
    assert captured.err == "gacp try: not while <CHANGE_ME> is left\n"
    assert captured.out == ""


@pytest.mark.parametrize("name", [command.name for command in gacp.COMMANDS])
def test_every_command_has_help_with_an_example_and_json(name, capsys):
    with pytest.raises(SystemExit) as ended:
        gacp.main([name, "--help"])
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert "example" in printed
    assert f"gacp {name}" in printed
    assert "--json" in printed


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit):
        gacp.main(["--help"])
    printed = capsys.readouterr().out
    assert all(command.summary in " ".join(printed.split()) for command in gacp.COMMANDS)


def test_an_unknown_word_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as ended:
        gacp.main(["dance"])
    assert ended.value.code == 2
    assert "dance" in capsys.readouterr().err
