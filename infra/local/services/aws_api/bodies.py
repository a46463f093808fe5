"""Contents of S3 objects as files named after their SHA-256, so that they take no memory."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

KEEP_UNUSED_SECONDS = 60.0  # a reader may still hold the name of a body that was just replaced
COPY_BYTES = 1 << 20


class BodyError(RuntimeError):
    """A body's file is not there."""


class BodyFolder:
    """The folder of bodies. A file in it is whole: it gets its name only once it is written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unused_since: dict[str, float] = {}

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:]

    def put(self, content: bytes) -> str:
        """Keep `content`; returns its digest. When this returns a killed process loses nothing."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        self._unused_since.pop(digest, None)
        if path.is_file() and path.stat().st_size == len(content):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(scratch).replace(path)
        except OSError:
            Path(scratch).unlink(missing_ok=True)
            raise
        return digest

    def sweep(self, used: set[str], now: float | None = None) -> int:
        """Delete bodies that nothing has used for a minute; returns how many went.

        No write may be running: its body would look unused.
        """
        moment = time.monotonic() if now is None else now
        gone = 0
        for path in self.root.glob("??/*"):
            digest = path.parent.name + path.name
            if digest in used:
                self._unused_since.pop(digest, None)
            elif moment - self._unused_since.setdefault(digest, moment) >= KEEP_UNUSED_SECONDS:
                path.unlink(missing_ok=True)
                del self._unused_since[digest]
                gone += 1
        return gone

    def sweep_at_start(self, used: set[str]) -> int:
        """As `sweep`, at once, with what interrupted writes left: nobody reads yet."""
        self.sweep(used, now=0.0)
        return self.sweep(used, now=KEEP_UNUSED_SECONDS)


class Body:
    """What moto wants of a temporary file for one object: seek, read, truncate, write, close.

    Between calls no file is open, however many objects there are.
    """

    def __init__(self, folder: BodyFolder, digest: str | None = None) -> None:
        self.folder = folder
        self.digest = digest
        self._position = 0

    def seek(self, position: int) -> int:
        self._position = position
        return position

    def truncate(self) -> None:
        """Cut at the position; moto only ever does so at the start, before writing anew."""
        if self._position != 0:
            raise ValueError(f"a body is written as a whole, not cut at {self._position}")
        self.digest = None

    def write(self, content: bytes) -> int:
        if self.digest is not None:
            raise ValueError("a body is written once, as a whole")
        self.digest = self.folder.put(content)
        self._position = len(content)
        return len(content)

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes from the position; all that follow when it is negative."""
        if self.digest is None:
            return b""
        try:
            with self.folder.path(self.digest).open("rb") as file:
                file.seek(self._position)
                content = file.read(size)
        except FileNotFoundError as error:
            raise BodyError(
                f"the content {self.digest} is missing in {self.folder.root}: it was deleted by "
                "hand, or by a power cut; upload the object again"
            ) from error
        self._position += len(content)
        return content

    def close(self) -> None:
        """Nothing is open. The file goes when no object uses it any more."""
