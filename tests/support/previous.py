"""The program as it was at an earlier revision, kept beside the tests for upgrades and rollbacks.

`python -m tests.support.previous REF` keeps another one; the shallow clone of a CI has no history.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.support.stacks import ROOT, Engine

ARCHIVE = ROOT / "tests/infra/previous/program.tar.gz"
STACKS = ("dev", "staging", "prod")
KEPT = ("infra", "Pulumi.yaml", *(f"Pulumi.{stack}.yaml" for stack in STACKS))
LEFT_OUT = ":(exclude)infra/local"  # the engine and provider of today run it


def keep(ref: str) -> None:
    """Write `ARCHIVE` anew. The same revision gives the same bytes."""
    words = ["git", "archive", "--format=tar", ref, "--", *KEPT, LEFT_OUT]
    packed = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60, check=True).stdout
    ARCHIVE.parent.mkdir(exist_ok=True)
    ARCHIVE.write_bytes(gzip.compress(packed, mtime=0))


class Previous(Engine):
    """A stack's engine that runs the earlier program, which lies in `folder`/previous."""

    @property
    def tree(self) -> Path:
        tree = self.folder / "previous"
        if not tree.exists():
            with tarfile.open(ARCHIVE) as packed:
                packed.extractall(tree, filter="data")
        return tree

    @property
    def project(self) -> Path:
        return self.tree

    @property
    def environment(self) -> dict[str, str]:
        # The engine finds itself first (see `start_words`), the program finds its own modules.
        return {**super().environment, "PYTHONPATH": str(self.tree)}

    @property
    def start_words(self) -> tuple[str, ...]:
        run = "runpy.run_module('infra.local.engine', run_name='__main__', alter_sys=True)"
        return ("-c", f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); {run}")


if __name__ == "__main__":
    keep(sys.argv[1])
