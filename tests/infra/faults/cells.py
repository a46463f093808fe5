"""The cells: each call of each type goes wrong in each way, and the documented commands end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.infra.faults.harness import (
    CALLS,
    FAILS,
    GOING_ON,
    LOST,
    Outcome,
    Stack,
    stack_of,
    went_wrong,
)
from tests.infra.local.aws.cases.case import Case


def side_by_side(folder: Path, cases: Sequence[Case]) -> list[list[Case]]:
    """Cases in as few stacks as may be: some exclude each other (a VPC has one internet gateway)."""
    left, batches = list(cases), []
    while left:
        stack = stack_of(folder / f"try{len(batches)}", left)
        stack.want(stack.least)
        stack.project.run("up", *GOING_ON, code=None)
        there = {token for token, _ in stack.state()}
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
    state, there = stack.state(), stack.there()
    pending = stack.project.pending()
    stack.mend()
    again = stack.project.run(*command, code=None)
    calm = stack.project.run("up", *GOING_ON, "--expect-no-changes", code=None)
    end_state, end_there = stack.state(), stack.there()
    for case in changing:
        token = case.token
        in_state = len([1 for key in state if key[0] == token])
        in_world = len([1 for key in there if key[0] == token])
        left = f"state {in_state}, account {in_world}"
        wrong: list[str] = []
        if broken.code != 1 or token not in named:
            wrong.append(f"not named as failed (exit {broken.code})")
        if (in_state, in_world) != _expected(call, mode):
            wrong.append(f"left {left}, expected {_expected(call, mode)}")
        if any(name in token for _, name in pending):
            wrong.append("listed as pending")
        if again.code != 0 and token in went_wrong(again, [case]):
            wrong.append(f"the same command again fails: {_said(again.said, token)}")
        if calm.code != 0:
            wrong.append(f"a change is left: {calm.said[-300:]}" if token in calm.said else "")
        mine = {key for key in end_there if key[0] == token}
        if mine != {key for key in end_state if key[0] == token}:
            wrong.append(f"account {mine} is not the state")
        if len(mine) != (0 if call == "delete" else 1):
            wrong.append(f"{len(mine)} at the end")
        yield Outcome(token, call, mode, left, "; ".join(filter(None, wrong)))
    made = stack.made() - made_before
    if made != (len(stack.cases) if call == "create" else 0):
        yield Outcome("*", call, mode, f"{made} made", "something was made twice or anew")


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
