"""A bundle that was unpacked somewhere becomes a release where releases belong."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from infra.host.onmachine.commands import write
from infra.host.onmachine.errors import MachineError
from infra.host.onmachine.places import RELEASES, Places

SUMS = "SHA256SUMS"


def installed(places: Places, folder: Path, only_look: bool) -> Path:
    """The release's folder, named by its content and copied there whole or not at all.

    With `only_look` nothing is copied: it is the folder itself where there is no copy yet.
    Only what belongs to the bundle is copied, not what a person put beside it. Raises
    `MachineError` where a file is not what the bundle had.
    """
    releases = places.at(RELEASES)
    if folder.parent == releases.resolve():
        return folder
    try:
        sums = (folder / SUMS).read_bytes()
        target = releases / hashlib.sha256(sums).hexdigest()
        if not target.exists():
            if only_look:
                return folder
            _copy(folder, target, sums)
    except OSError as error:
        raise MachineError(f"{folder} is no unpacked bundle ({error}): unpack it again") from error
    return target.resolve()


def _copy(folder: Path, target: Path, sums: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for line in sums.decode().splitlines():
        digest, _, name = line.partition("  ")
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise MachineError(f"{folder / name} is not what the bundle had: unpack it again")
        write(part / name, content, 0o755 if content.startswith(b"#!") else 0o644)
    write(part / SUMS, sums, 0o644)
    part.rename(target)
