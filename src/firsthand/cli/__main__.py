"""`python -m firsthand.cli`: the same as the command `firsthand`."""

import sys

from firsthand.cli import main

if __name__ == "__main__":
    sys.exit(main())
