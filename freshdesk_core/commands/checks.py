"""How the command line tells what a check of a key found."""

import json
import sys
from typing import TYPE_CHECKING

from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.importing.findings import Check


def tell(found: "Check") -> None:
    """The good findings as results, the doubtful ones beside them."""
    for one in found.findings:
        if one.level == "ok":
            print(one.text)
    say_warnings(found)


def asking(domain: str) -> None:
    """Tell who sits at a terminal what takes a few seconds."""
    if sys.stderr.isatty():
        print(_("Asking {domain} what the key can see …").format(domain=domain), file=sys.stderr, flush=True)


def say_warnings(found: "Check") -> None:
    """What is doubtful, on standard error."""
    for one in found.findings:
        if one.level == "warning":
            print(_("Warning: {text}").format(text=one.text), file=sys.stderr)


def say_problems(found: "Check") -> None:
    """What is bad, on standard error."""
    for one in found.findings:
        if one.level == "problem":
            print(one.text, file=sys.stderr)


def print_json(document: dict[str, object]) -> None:
    """The one document of ``--json``."""
    print(json.dumps(document, ensure_ascii=False))
