"""Replays recorded scenarios against the local engine.

    python -m tests.engine.replaying [SCENARIO …] [-j 2] [--check exit,state,…] [--lines]

Prints what differs and a count; exit status 0 where nothing does but what
`recorded_differences.py` says. `--lines`: one JSON object for each scenario, as it ends, for tests.

Texts on stdout and stderr are compared for the commands whose output is read by programs or says
only what is so (`config`, `stack`, `state`, `cancel`, `stack import`) and for every step with
`--json`, there as JSON; the display of operations is ours.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import importlib.util
import json
import re
import shlex
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.engine.recorded_differences import Difference, expected, unsteady
from tests.support.state_schema import problems

RECORDINGS = Path(__file__).with_name("recordings")
SCENARIOS = RECORDINGS / "scenarios"
ROOT = RECORDINGS.parents[2]
CHECKS = ("exit", "events", "order", "state", "secrets", "outputs", "locks", "calls", "files")
TEXTS = ("stdout", "stderr")
TEXT_STEPS = ("config", "stack", "state", "import-state", "cancel")


@dataclass(slots=True)
class Replay:
    """What a replay of one scenario came to. `texts`: steps whose texts were compared; `wrong`:
    differences that nobody expects, and expected ones that are gone."""

    scenario: str
    steps: int
    texts: list[str]
    known: int = 0
    wrong: list[str] = field(default_factory=list[str])
    seconds: float = 0.0


def names() -> list[str]:
    return sorted(folder.name for folder in SCENARIOS.iterdir())


def steps_of(scenario: str) -> list[dict[str, Any]]:
    return json.loads((SCENARIOS / scenario / "scenario.json").read_text())["steps"]


def compares_text(step: dict[str, Any]) -> bool:
    return step["cmd"] in (*TEXT_STEPS, "concurrent") or "--json" in step.get("args", ())


def engine_command() -> str:
    """`replay.py` gives the command a small environment: it has to bring its own."""
    return f"env PYTHONPATH={shlex.quote(str(ROOT))} {sys.executable} -m infra.local.engine"


def load_replay() -> Any:
    spec = importlib.util.spec_from_file_location("replay", RECORDINGS / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _as_json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False)
    except ValueError:
        return text


def _settling(scenario: str, settled: Any) -> Any:
    """`replay.py`'s own leaving-out of what differs by chance, and ours after it."""

    def settle(kind: str, text: str) -> str:
        text = settled(kind, text)
        for name in unsteady(scenario, kind):
            text = re.sub(rf'"{name}": \d+', f'"{name}": "<{name}>"', text)
        if kind == "files" and text:
            text = json.dumps(_without_backups(json.loads(text)), indent=1, sort_keys=True)
        return _as_json(text) if kind == "stdout" else text

    return settle


def _without_backups(files: dict[str, Any]) -> dict[str, Any]:
    """`STACK.json.bak` is what the last write replaced. Which state that is depends on how often
    is written (the CLI: before and after each step): its form is compared."""
    return {
        name: [*sorted(body), *sorted(body["checkpoint"])] if name.endswith(".bak") else body
        for name, body in files.items()
    }


def _validating(state: Any, found: list[str]) -> Any:
    """`replay.py`'s reading of an export or a file, which holds the state to its schema besides."""

    def read(raw: Any, *arguments: Any) -> Any:
        if raw.get("deployment"):
            whole = {"version": 3, **raw}
            found.extend(f"the state is not of its schema: {text}" for text in problems(whole))
        return state(raw, *arguments)

    return read


def _short(kind: str, line: str) -> str:
    if kind != "calls":
        return line
    call = json.loads(line)
    return " ".join([call["call"], *call.get("urn", "").split("::")[3:]])


def difference(scenario: str, step: int, kind: str, diff: Sequence[str]) -> Difference:
    """`diff` without the two headlines of a unified one."""
    sides = {
        sign: tuple(_short(kind, line[1:]) for line in diff if line.startswith(sign))
        for sign in "-+"
    }
    return Difference(scenario, step, kind, sides["-"], sides["+"], "")


def replay(scenario: str, check: Sequence[str] = CHECKS) -> Replay:
    """Runs all steps of the scenario in a folder of its own."""
    steps = steps_of(scenario)
    labels = [f"{number} {one.get('name', one['cmd'])}" for number, one in enumerate(steps, 1)]
    texts = [label for label, one in zip(labels, steps, strict=True) if compares_text(one)]
    result = Replay(scenario, len(steps), texts)
    module = load_replay()
    module.settled = _settling(scenario, module.settled)
    module.state = _validating(module.state, result.wrong)
    began = time.monotonic()
    arguments = argparse.Namespace(
        pulumi=engine_command(),
        keep=None,
        # Compiled modules are kept, as on any machine: each step starts three Pythons.
        env=["PYTHONDONTWRITEBYTECODE="],
        record=False,
        check=[*check, *TEXTS],
    )
    due = {(d.step, d.kind, d.theirs, d.ours): d for d in expected(scenario) if d.kind in check}
    for number, _, kind, diff in module.run(str(SCENARIOS / scenario), arguments):
        if kind in TEXTS and not compares_text(steps[number - 1]):
            continue
        seen = difference(scenario, number, kind, diff)
        if due.pop((number, kind, seen.theirs, seen.ours), None):
            result.known += 1
        else:
            result.wrong.append(f"step {labels[number - 1]}: {kind}\n" + "\n".join(diff))
    result.wrong += [
        f"step {labels[d.step - 1]}: {d.kind} no longer differs as recorded_differences.py says "
        f"(theirs {d.theirs}, ours {d.ours}): take the row out"
        for d in due.values()
    ]
    result.seconds = time.monotonic() - began
    return result


def _safely(scenario: str, check: Sequence[str]) -> Replay:
    try:
        return replay(scenario, check)
    except Exception:  # noqa: BLE001 - told as what is wrong with this scenario; the rest goes on
        return Replay(scenario, 0, [], wrong=[f"the replay broke:\n{traceback.format_exc()}"])


def summary(found: Sequence[Replay], total: int) -> str:
    clean = sum(not one.wrong and not one.known for one in found)
    known = [one for one in found if one.known and not one.wrong]
    wrong = sum(bool(one.wrong) for one in found)
    rows = sum(one.known for one in known)
    texts = sum(len(one.texts) for one in found)
    return (
        f"recordings: {len(found)} of {total} replayed, {clean} without difference, "
        f"{len(known)} with known differences ({rows} of {sum(o.steps for o in found)} steps), "
        f"{wrong} wrong; texts of {texts} steps compared"
    )


def _waits(scenario: str) -> float:
    """Seconds that the scenario's faults sleep, and a little for each step."""
    text = (SCENARIOS / scenario / "scenario.json").read_text()
    delays = re.findall(r'"(?:create|delete|update|read):[\w-]+": (\d+)', text)
    return sum(map(float, delays)) + len(steps_of(scenario))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", help=f"default: all {len(names())}")
    parser.add_argument("--check", default=",".join(CHECKS))
    parser.add_argument("-j", type=int, default=2, help="how many at once")
    parser.add_argument("--lines", action="store_true")
    given = parser.parse_args()
    # The longest first, so that none of them is left to run alone at the end.
    chosen = sorted(given.scenarios or names(), key=_waits, reverse=True)
    check = given.check.split(",")
    began = time.monotonic()
    found: list[Replay] = []
    with concurrent.futures.ThreadPoolExecutor(given.j) as pool:
        for done in concurrent.futures.as_completed(
            [pool.submit(_safely, one, check) for one in chosen]
        ):
            result = done.result()
            found.append(result)
            if given.lines:
                text = json.dumps(asdict(result))
            else:
                verdict = "DIFFERS" if result.wrong else "known" if result.known else "same"
                text = f"{verdict:8}{result.scenario} ({result.seconds:.1f} s)"
                text = "\n".join([text, *result.wrong])
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
    if not given.lines:
        took = time.monotonic() - began
        sys.stdout.write(f"{summary(found, len(names()))}; {took:.0f} s with -j {given.j}\n")
    return 1 if any(one.wrong for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
