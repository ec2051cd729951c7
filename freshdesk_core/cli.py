"""The command line: ``python -m freshdesk_core COMMAND``.

Results go to standard output, everything else to standard error. Exit code 0 is ok, 1 failed with one
sentence, 2 wrong usage. Each module under ``commands`` describes its command in ``add_parser`` and does
it in ``run``, importing what is heavy only there.
"""

import argparse
import errno
import os
import re
import sys
from collections.abc import Sequence

from freshdesk_core import __version__, settings, text
from freshdesk_core.commands import (
    forecast,
    imports,
    integrations,
    keys,
    receiver,
    reconcile,
    reimport,
    special_days,
    status,
    volumes,
    worker,
)
from freshdesk_core.errors import CoreError
from freshdesk_core.text import gettext as _

COMMANDS = (
    integrations,
    keys,
    imports,
    reimport,
    worker,
    receiver,
    volumes,
    reconcile,
    status,
    special_days,
    forecast,
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # how Python keeps bytes that are no UTF-8
INTERRUPTED = 130  # what a shell expects of a command that Ctrl+C ended


def parser() -> argparse.ArgumentParser:
    """Describe all commands."""
    whole = argparse.ArgumentParser(
        prog="python -m freshdesk_core",
        description="Inflow: offered contacts from Freshdesk, for the people who plan support work.",
    )
    whole.add_argument("--version", action="version", version=f"inflow {__version__}")
    subparsers = whole.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    _add_sandbox(subparsers)
    for command in COMMANDS:
        command.add_parser(subparsers)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code; wrong usage leaves with ``SystemExit(2)``, as argparse does.
    """
    whole = parser()
    args = whole.parse_args(argv)
    if not all(_is_text(value) for value in vars(args).values()):
        whole.error(_("an argument is not valid UTF-8 text"))
    try:
        with text.speaking(_language(args)):
            code: int = args.run(args)
        sys.stdout.flush()
    except CoreError as error:
        with text.speaking(settings.language()):
            print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (head, a pager) has seen enough. Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.EIO or not _is_terminal_gone():
            raise
        for stream in (sys.stdout, sys.stderr):  # Python would complain to it once more in the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return 1
    except KeyboardInterrupt:
        print(_("Interrupted."), file=sys.stderr)
        return INTERRUPTED
    return code


def _language(args: argparse.Namespace) -> str:
    """What is read by programs is English everywhere; what is read by people is as they asked for it."""
    is_for_programs = getattr(args, "json", False) or getattr(args, "format", None) == "json"
    return text.DEFAULT_LANGUAGE if is_for_programs else settings.language()


def _is_terminal_gone() -> bool:
    """Nobody reads any more what is printed."""
    try:
        os.write(sys.stderr.fileno(), b"")
    except OSError as error:
        return error.errno == errno.EIO
    return False


def _is_text(value: object) -> bool:
    """No argument holds bytes that are no text: no store, page or terminal could show them."""
    words = value if isinstance(value, list) else [value]
    return not any(isinstance(word, str) and _SURROGATES.search(word) for word in words)


def _add_sandbox(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The sandbox knows nothing of Inflow, so its command is described here."""
    from freshdesk_core.sandbox import command

    sandbox = subparsers.add_parser("sandbox", help="serve a made-up Freshdesk account on this machine")
    command.add_arguments(sandbox)
    sandbox.set_defaults(run=command.run)
