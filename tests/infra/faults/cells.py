"""The cells: each call of each type goes wrong in each way, and the documented commands end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.infra.faults.harness import (
    CALLS,
    FAILS,
    GOING_ON,
    LOST,
    Keys,
    Outcome,
    Stack,
    stack_of,
    went_wrong,
)
from tests.infra.local.aws.cases.case import Case
from tests.support.probe import Result


def side_by_side(folder: Path, cases: Sequence[Case]) -> list[list[Case]]:
    """Cases in as few stacks as may be: some exclude each other, such as the gateways of a VPC."""
    left, batches = list(cases), []
    while left:
        stack = stack_of(folder / f"try{len(batches)}", left)
        stack.want(stack.least)
        stack.project.run("up", *GOING_ON, code=None)
        there = {token for token, _ in stack.state()[0]}
        batch = [case for case in left if case.token in there]
        if not batch:
            names = ", ".join(case.token for case in left)
            message = f"these cannot be made at all: {names}"
            raise AssertionError(message)
        batches.append(batch)
        left = [case for case in left if case.token not in there]
    return batches


def outcomes(folder: Path, cases: Sequence[Case]) -> Iterator[Outcome]:
    """All cells of these cases, in one stack."""
    stack = stack_of(folder, cases)
    for mode in (FAILS, LOST):
        for call in CALLS:
            yield from _cells(stack, call, mode)
        # Without what the last delete left, the next create is one of its own.
        assert stack.there() == frozenset(), stack.there()


def _cells(stack: Stack, call: str, mode: str) -> Iterator[Outcome]:
    changing = [case for case in stack.cases if call != "update" or case.update]
    command = ("refresh", "--yes", "--skip-preview") if call == "read" else ("up", *GOING_ON)
    wanted = {"create": stack.least, "read": stack.least, "update": stack.more, "delete": {}}[call]
    made_before = stack.made()
    stack.want(wanted)
    stack.break_(call, mode)
    broken = stack.project.run(*command, code=None)
    named = went_wrong(broken, changing)
    (state, pending), there = stack.state(), stack.there()
    stack.mend()
    again = stack.project.run(*command, code=None)
    calm = again
    if call in ("create", "update"):
        calm = stack.project.run("up", *GOING_ON, "--expect-no-changes", code=None)
    (end_state, _), end_there = stack.state(), stack.there()
    for case in changing:
        wrong = [
            *_went_as_expected(case, call, mode, state, there),
            *([] if case.token in named else ["the command does not name it as failed"]),
            *([] if broken.code == 1 else [f"the command ended with {broken.code}"]),
            *([] if not pending else [f"{pending} operations are pending"]),
            *_ended_well(case, call, again, calm),
            *_is_one(case, call, end_state, end_there),
        ]
        yield Outcome(case.token, call, mode, _left(case, state, there), "; ".join(wrong))
    made = stack.made() - made_before
    if made != (len(stack.cases) if call == "create" else 0):
        yield Outcome("*", call, mode, f"{made} made", "something was made twice or anew")


def _left(case: Case, state: Keys, there: Keys) -> str:
    return f"state {_count(case, state)}, account {_count(case, there)}"


def _count(case: Case, keys: Keys) -> int:
    return sum(1 for token, _ in keys if token == case.token)


def _went_as_expected(case: Case, call: str, mode: str, state: Keys, there: Keys) -> Iterator[str]:
    if (_count(case, state), _count(case, there)) != _expected(call, mode):
        yield f"left {_left(case, state, there)}, expected {_expected(call, mode)}"


def _ended_well(case: Case, call: str, again: Result, calm: Result) -> Iterator[str]:
    """The command again, and that it leaves nothing to change."""
    if again.code != 0 and (case.token in went_wrong(again, [case]) or call == "delete"):
        yield f"the same command again fails: {_said(again.said, case.token)}"
    if calm.code != 0 and (case.token in calm.said or call == "delete"):
        yield f"a change is left: {calm.said[-300:]}"


def _is_one(case: Case, call: str, state: Keys, there: Keys) -> Iterator[str]:
    mine = {key for key in there if key[0] == case.token}
    if mine != {key for key in state if key[0] == case.token}:
        yield f"in the account {sorted(mine)}, in the state otherwise"
    if len(mine) != (0 if call == "delete" else 1):
        yield f"{len(mine)} of it at the end"


def _expected(call: str, mode: str) -> tuple[int, int]:
    """How many of a type are in the state and in the account after the call went wrong."""
    if call == "create":
        return (0, 1) if mode == LOST else (0, 0)
    if call == "delete":
        return (1, 0) if mode == LOST else (1, 1)
    return 1, 1


def _said(text: str, token: str) -> str:
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if line.strip().startswith(f"{token} (")), 0)
    return " ".join(line.strip() for line in lines[at + 1 : at + 3])[:400]
