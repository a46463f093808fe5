"""The probe provider of the recordings, with a record that does not grow with every call.

`probe.py` writes its whole record again at each call, which costs with the square of the number of
resources; here a call appends one line. PROBE_STATE names a file of its own form (JSON lines).
"""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from pathlib import Path
from typing import Any

PROBE = Path(__file__).parents[1] / "recordings/probe.py"


class Store:
    """In memory, read once; what changed is appended when the block ends. One process writes."""

    lock = threading.Lock()
    data: dict[str, Any] | None = None

    def __enter__(self) -> dict[str, Any]:
        Store.lock.acquire()
        if Store.data is None:
            Store.data = {"counts": {}, "resources": {}}
            path = Path(os.environ["PROBE_STATE"])
            for line in path.read_text().splitlines() if path.exists() else ():
                apply(Store.data, json.loads(line))
        self.changes = Tracked(Store.data["resources"])
        return {"counts": Store.data["counts"], "resources": self.changes}

    def __exit__(self, *_: object) -> None:
        lines = [json.dumps([ident, entry]) + "\n" for ident, entry in self.changes.entries()]
        with Path(os.environ["PROBE_STATE"]).open("a") as file:
            file.writelines(lines)
        Store.lock.release()


def apply(data: dict[str, Any], line: list[Any]) -> None:
    ident, entry = line
    if entry is None:
        data["resources"].pop(ident, None)
        return
    data["resources"][ident] = entry
    name, _, number = ident.rpartition("-")
    data["counts"][name] = max(data["counts"].get(name, 0), int(number))


class Tracked(dict):
    """Resources by id; knows which were looked at, as those may have changed."""

    def __init__(self, whole: dict[str, Any]) -> None:
        super().__init__()
        self.whole = whole
        self.touched: dict[str, None] = {}

    def get(self, ident: str, default: Any = None) -> Any:
        self.touched[ident] = None
        return self.whole.get(ident, default)

    def __setitem__(self, ident: str, entry: Any) -> None:
        self.touched[ident] = None
        self.whole[ident] = entry

    def pop(self, ident: str, default: Any = None) -> Any:
        self.touched[ident] = None
        return self.whole.pop(ident, default)

    def items(self) -> Any:
        return self.whole.items()

    def entries(self) -> list[tuple[str, Any]]:
        return [(ident, self.whole.get(ident)) for ident in self.touched]


def main() -> None:
    spec = importlib.util.spec_from_file_location("probe", PROBE)
    assert spec is not None
    assert spec.loader is not None
    probe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(probe)
    probe.Store = Store
    probe.main()


if __name__ == "__main__":
    main()
