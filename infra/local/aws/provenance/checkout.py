"""Declarations of a Go package, out of a git directory that holds the source of the provider.

Two layouts are read: the project itself (`internal/service/eks/cluster.go`), and an index of it
that has one declaration a file (`index/internal/service/eks/func.resourceCluster.goindex`).
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.aws.provenance.golang import Token, tokens_of

_DECLARATION = re.compile(
    r"^(?:func (?:\((?:\w+ )?\*?(?P<of>\w+)(?:\[[^\]]*\])?\) )?(?P<func>\w+)"
    r"|type (?P<type>\w+)|(?:var|const) (?P<value>\w+)|(?:var|const) (?P<block>\())",
    re.MULTILINE,
)
_NEXT = re.compile(r"^(?:func|var|const|type|package|import|//)", re.MULTILINE)
_IMPORT = re.compile(r'^\s+(?:(\w+) )?"([\w./-]+)"$', re.MULTILINE)
_ENTRY = re.compile(r"^\t(\w+)(?: [\w.]+)?\s+=", re.MULTILINE)
_HEAD = re.compile(r"\Apackage [^\n]*\n\s*(?:import \(.*?^\)\n)?", re.MULTILINE | re.DOTALL)
_DEADLINE = 300  # seconds for one git command


class SourceError(Exception):
    """The directory is not what is expected; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """`imports` are those of its file: name in the source → path of the package."""

    text: str = field(repr=False)
    imports: dict[str, str] = field(repr=False)

    def tokens(self) -> list[Token]:
        return tokens_of(self.text)


class Checkout:
    """The newest commit of a git directory."""

    def __init__(self, directory: Path) -> None:
        """Raises `SourceError` for a directory that git does not read or without the provider."""
        self._directory = directory
        self.commit, self.committed = self._git("log", "-1", "--format=%H %cs").split()
        self.subject = self._git("log", "-1", "--format=%s").strip()
        files = self._git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
        self._files: dict[str, list[str]] = {}
        for file in files:
            folder = file.removeprefix("index/").rpartition("/")[0]
            if re.search(r"(?<!_test)\.go(index)?$", file):
                self._files.setdefault(folder, []).append(file)
        self._packages: dict[str, dict[str, Declaration]] = {}
        if not self.package("internal/verify"):
            raise SourceError(
                f"{directory} holds no internal/verify: give a git directory of"
                " hashicorp/terraform-provider-aws or of an index of it"
            )

    def package(self, folder: str) -> dict[str, Declaration]:
        """Declarations by name; a method is `Type.Name`."""
        if folder not in self._packages:
            found: dict[str, Declaration] = {}
            files = self._files.get(folder, [])
            for file, text in zip(files, self._texts(files), strict=True):
                found.update(_declared_in(file, text))
            self._packages[folder] = found
        return self._packages[folder]

    def _texts(self, files: list[str]) -> list[str]:
        """The files' texts, with one git process."""
        asked = "".join(f"HEAD:{file}\n" for file in files).encode()
        answer = self._run("cat-file", "--batch", given=asked)
        texts: list[str] = []
        at = 0
        for _ in files:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[-1])
            texts.append(answer[end + 1 : end + 1 + size].decode())
            at = end + size + 2
        return texts

    def _git(self, *words: str) -> str:
        return self._run(*words).decode()

    def _run(self, *words: str, given: bytes = b"") -> bytes:
        command = ["git", f"--git-dir={self._directory}", *words]
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_DEADLINE, check=False
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise SourceError(f"git cannot read {self._directory}: {said}")
        return done.stdout


def _declared_in(file: str, text: str) -> dict[str, Declaration]:
    imports = {alias or path.rsplit("/", 1)[-1]: path for alias, path in _IMPORT.findall(text)}
    if file.endswith(".goindex"):  # `func.resourceCluster.goindex`, `method.Type.Name.goindex`
        name = file.rpartition("/")[2].removesuffix(".goindex").partition(".")[2]
        return {name: Declaration(_HEAD.sub("", text), imports)}
    return _declarations(text, imports)


def _declarations(text: str, imports: dict[str, str]) -> dict[str, Declaration]:
    found: dict[str, Declaration] = {}
    for match in _DECLARATION.finditer(text):
        after = _NEXT.search(text, match.end())
        body = text[match.start() : after.start() if after else len(text)]
        declared = Declaration(body, imports)
        if match["block"]:
            for name in _ENTRY.findall(body):
                found[name] = Declaration(_entry(body, name), imports)
        elif match["func"] and match["of"]:
            found[f"{match['of']}.{match['func']}"] = declared
        else:
            found[match["func"] or match["type"] or match["value"]] = declared
    return found


def _entry(block: str, name: str) -> str:
    """`name = value` of a block of variables or constants."""
    lines = block.splitlines()
    start = next(
        at for at, line in enumerate(lines) if re.match(rf"\t{name}(?: [\w.]+)?\s+=", line)
    )
    end = start + 1
    while end < len(lines) and not re.match(r"\t\w+(?: [\w.]+)?\s+=|\)", lines[end]):
        end += 1
    return "\n".join(lines[start:end])
