"""Sets the repository up: `python3 scripts/bootstrap.py` (`make setup`).

Runs on any Python 3.11 or newer, before anything is installed: standard library only, and this
file itself keeps to words that older Pythons can read, so that they get a sentence, not a trace.
"""

import os
import sys

NEEDED = (3, 11)
TOO_OLD = """\
setup: this is Python %d.%d, and 3.11 or newer is needed to start: install one (Debian, Ubuntu:
`sudo apt-get install python3`) and run `make setup PYTHON=python3.x`
"""


def main():
    """Exit code 0 when the environment is as the locks say, 4 when it can't be made so."""
    if sys.version_info < NEEDED:
        sys.stderr.write(TOO_OLD % sys.version_info[:2])
        return 4
    # The script's own folder is no package root; the repository is.
    here = os.path.abspath(__file__)  # noqa: PTH100
    sys.path[0] = os.path.dirname(os.path.dirname(here))  # noqa: PTH120
    from scripts.lib.setup.run import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
