"""`python -m spcl COMMAND`: exit 0, or 2 with one sentence for a user's mistake, 1 for a bug."""

import sys

from spcl.commands import main

if __name__ == "__main__":
    sys.exit(main())
