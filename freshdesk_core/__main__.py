"""Runs the command line."""

import sys

from freshdesk_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
