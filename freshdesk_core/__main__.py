"""Runs the command line."""

import sys

try:
    from freshdesk_core.cli import main
except ModuleNotFoundError as missing:
    sys.exit(
        f"Inflow's packages are not installed for this Python ({missing.name} is missing). "
        "Run `source .venv/bin/activate` where `make run` was run, or `pip install -r requirements.txt`."
    )

if __name__ == "__main__":
    sys.exit(main())
