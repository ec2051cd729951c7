"""``python -m freshdesk_core.sandbox``: the sandbox alone."""

import argparse
import sys

from freshdesk_core.sandbox.command import add_arguments, run

parser = argparse.ArgumentParser(prog="python -m freshdesk_core.sandbox", description=__doc__)
add_arguments(parser)
sys.exit(run(parser.parse_args()))
