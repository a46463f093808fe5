import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "infra"


def shadowed(names):
    """Names that Python's own library has too."""
    return sorted(set(names) & sys.stdlib_module_names)


def test_no_room_hides_a_module_of_the_standard_library():
    """An engine puts the program's folder first on the path: a room called `secrets` would be
    what every library gets that imports Python's own `secrets`."""
    assert shadowed(path.stem for path in PROGRAM.iterdir()) == []


def test_a_room_that_would_is_named():
    assert shadowed(["network", "platform", "secrets"]) == ["platform", "secrets"]
