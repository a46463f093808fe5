"""Where the display writes: colours, and on a terminal a last line that says what is going on."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COLOURS = {
    **dict.fromkeys(("+", "="), 32),
    **dict.fromkeys(("-", "error"), 31),
    **dict.fromkeys(("~", "warning"), 33),
    **dict.fromkeys(("+-", "++", "--"), 35),  # a replacement and its parts
    "note": 36,
}
LIVE_SECONDS = 0.5
QUIET_SECONDS = 30.0
"""How often what runs is told: on a terminal in place, elsewhere as a line of its own."""


def wants_colour(flag: str, terminal: bool, environment: Mapping[str, str]) -> bool:
    """`--color always` colours everywhere, `never` nowhere; else a terminal is coloured unless
    NO_COLOR is set (no-color.org). Raises EngineError for another word."""
    if flag not in ("", "auto", "always", "never"):
        raise EngineError(f"--color {flag!r} must be auto, always or never")
    if flag in ("always", "never"):
        return flag == "always"
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


class Terminal:
    """Lines, and a status line below them where `live` is set. Not thread-safe."""

    def __init__(
        self, write: Callable[[str], None], *, colour: bool = False, live: bool = False
    ) -> None:
        self._write = write
        self._colour = colour
        self.live = live
        self._shown = ""

    def paint(self, text: str, kind: str) -> str:
        code = _COLOURS.get(kind) or _COLOURS.get(kind[:1])
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code else text

    def text(self, text: str) -> None:
        """Writes above the status line."""
        if text:
            self.status("")
            self._write(text)

    def status(self, text: str) -> None:
        """Replaces the status line; blanks wipe the old one, so no control codes are needed."""
        if not self.live:
            return
        width = shutil.get_terminal_size().columns - 1
        text = text[:width]
        if text != self._shown:
            wiped = f"\r{' ' * len(self._shown)}\r" if self._shown else ""
            self._write(wiped + text)
            self._shown = text


class Ticker:
    """Calls `tick` every `seconds` until it is stopped."""

    def __init__(self, seconds: float, tick: Callable[[], None]) -> None:
        self._seconds = seconds
        self._tick = tick
        self._over = threading.Event()
        threading.Thread(target=self._run, daemon=True, name="ticker").start()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            self._tick()

    def stop(self) -> None:
        self._over.set()
