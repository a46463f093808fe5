"""Flags. One that is not listed here is an error that names it and says who has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra.local.engine.errors import EngineError

SWITCH, TEXT, LIST = "switch", "text", "list"

_SHORT = {
    "s": "stack",
    "y": "yes",
    "C": "cwd",
    "m": "message",
    "p": "parallel",
    "c": "config",
    "t": "target",
    "x": "exclude",
    "j": "json",
    "f": "skip-preview",
    "d": "debug",
    "v": "verbose",
    "h": "help",
    "e": "emoji",
}

EVERYWHERE = {
    "color": TEXT,
    "cwd": TEXT,
    "non-interactive": SWITCH,
    "help": SWITCH,
    "logtostderr": SWITCH,
    "emoji": SWITCH,
    "verbose": TEXT,
}
ON_A_STACK = {"stack": TEXT, "config-file": TEXT, "show-secrets": SWITCH, "json": SWITCH}
OPERATION = {
    **ON_A_STACK,
    "event-log": TEXT,
    "message": TEXT,
    "parallel": TEXT,
    "diff": SWITCH,
    "debug": SWITCH,
    "config": LIST,
    "expect-no-changes": SWITCH,
    "show-sames": SWITCH,
    "show-reads": SWITCH,
    "urns": SWITCH,
    "show-replacement-steps": SWITCH,
    "suppress-outputs": SWITCH,
    "suppress-progress": SWITCH,
    "suppress-permalink": TEXT,
    "skip-plugin-pre-install": SWITCH,
    "refresh": SWITCH,
    "target": LIST,
    "target-dependents": SWITCH,
    "exclude": LIST,
    "exclude-dependents": SWITCH,
}
REPLACING = {"replace": LIST, "target-replace": LIST}
POLICY = {"policy-pack": LIST, "policy-pack-config": LIST, "show-policy-remediations": SWITCH}
CHANGING = {
    **OPERATION,
    "yes": SWITCH,
    "skip-preview": SWITCH,
    "continue-on-error": SWITCH,
}


@dataclass
class Arguments:
    """Words and flags of a command line."""

    words: list[str]
    flags: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def on(self, name: str) -> bool:
        return self.flags.get(name, ["false"])[-1] != "false"

    def text(self, name: str) -> str:
        return self.flags.get(name, [""])[-1]

    def many(self, name: str) -> list[str]:
        return self.flags.get(name, [])


class HelpAsked(Exception):  # noqa: N818 — no error: somebody asked
    """`--help` of one command; the text is what to print."""


def _help(command: str, known: dict[str, str]) -> str:
    short = {name: f"-{letter}, " for letter, name in _SHORT.items()}
    flags = [
        f"  {short.get(name, '    ')}--{name}{'' if kind == SWITCH else ' VALUE'}"
        for name, kind in sorted(known.items())
    ]
    return "\n".join([f"usage: pulumi {command} [FLAGS]", "", "flags:", *flags, ""])


def _refuse(flag: str, command: str) -> EngineError:
    return EngineError(
        f"unknown flag {flag} for `{command}`: the local engine does not offer it; the Pulumi CLI "
        "may (infra/local/engine/README.md lists what is offered)"
    )


def parse(argv: list[str], known: dict[str, str], command: str) -> Arguments:
    """Raises EngineError for a flag that is not `known` or misses its value, HelpAsked for help."""
    known = {**EVERYWHERE, **known}
    result = Arguments([])
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            result.words += rest
            break
        if not word.startswith("-") or word == "-":
            result.words.append(word)
            continue
        flag, equals, value = word.partition("=")
        if not flag.startswith("--") and len(flag) > 2:
            flag, equals, value = flag[:2], "=", word[2:]
        name = flag[2:] if flag.startswith("--") else _SHORT.get(flag[1:], "")
        kind = known.get(name)
        if kind is None:
            raise _refuse(flag, command)
        if kind == SWITCH:
            value = value if equals else "true"
        elif not equals:
            if not rest:
                raise EngineError(f"flag {flag} of `{command}` needs a value")
            value = rest.pop(0)
        result.flags.setdefault(name, []).append(value)
    if result.on("help"):
        raise HelpAsked(_help(command, known))
    return result
