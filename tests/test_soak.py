"""The long run says what missed: a part that fails, names a miss or says no total does not hold."""

import pytest

from tests.soak import PARTS, ROOT, Ended, conclude

PART = next(part for part in PARTS if part.name == "drift")
TOTAL = "drift: 90 of 90 kinds found, named exactly and put right\n"


@pytest.mark.parametrize(
    ("code", "output", "says"),
    [
        (1, TOTAL, "drift: exit code 1"),
        (1, f"{TOTAL}MISS alarm: silenced\n", "drift: MISS alarm: silenced"),
        (0, "nothing at all\n", "said no total"),
    ],
)
def test_a_part_that_missed_is_named_and_fails_the_run(capsys, code, output, says):
    assert conclude([Ended(PART, code, 1.0, output)], 7, 1.0) == 1
    printed = capsys.readouterr().out
    assert says in printed
    assert "0 of 1 parts hold, seed 7" in printed
    assert "make soak SEED=7" in printed


def test_a_run_in_which_all_hold_ends_well(capsys):
    assert conclude([Ended(PART, 0, 1.0, TOTAL)], 7, 1.0) == 0
    assert TOTAL.strip() in capsys.readouterr().out


def test_the_parts_name_what_is_there():
    names = [part.name for part in PARTS]
    assert len(set(names)) == len(names)
    for part in PARTS:
        files = [word for word in part.words if word.startswith("tests/")]
        module = ROOT / part.words[0].replace(".", "/")
        assert all((ROOT / file).is_file() for file in files)
        assert files or module.is_dir() or module.with_suffix(".py").is_file()
