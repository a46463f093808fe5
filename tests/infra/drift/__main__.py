"""`python -m tests.infra.drift [PART…]`: injects every kind of drift and prints what refresh finds.

Exit code 0 where all were found, named exactly and put right, and no clean run found anything.
"""

from __future__ import annotations

import sys

from tests.infra.drift.matrix import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
