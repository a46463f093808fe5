"""Small files that are whole or absent, never half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace the file's content in one step; `mode` holds from the first byte on.

    Raises `OSError` where the folder can't be written or the disk is full; the old content stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_if_changed(path: Path, text: str, mode: int = 0o644) -> bool:
    """Write only where the content differs, and say whether it did."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    write_atomically(path, text, mode)
    return True
