"""Logs: one line per record, whatever stands in a name, a header or an exception."""

import logging
import subprocess
import sys

import pytest

from freshdesk_core.logs import Record, one_line

HOSTILE = [
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "a\x00b",
    "a\x85b",
    "a\u2028b\u2029c",
    "a\u202eb",
    "a\x0bb\x0cc",
]
PROGRAM = """
import logging, sys
from freshdesk_core import logs
logs.to_stderr()
other = logging.getLogger("a.library")  # with a handler and a format of its own, like the server's
other.propagate = False
other.addHandler(logging.StreamHandler())
for text in {texts!r}:
    for logger in (logging.getLogger("freshdesk_core"), other):
        logger.warning("group %s", text)
        try:
            raise ValueError(text)
        except ValueError:
            logger.exception("failed for " + text)
"""


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_text_stays_on_its_line_and_cannot_drive_a_terminal(text):
    told = Record("inflow", logging.INFO, "", 0, "group %s", (text,), None).getMessage()

    assert told.isprintable()
    assert told.startswith("group ")


def test_what_is_printable_stays_as_it_is():
    assert one_line("Kundendienst Köln – 東京 😀 \\n") == "Kundendienst Köln – 東京 😀 \\n"


def test_every_record_of_a_process_is_one_line():
    """Also with a traceback, and by a library's own handler."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(texts=HOSTILE)], capture_output=True, timeout=60, check=True
    )
    lines = done.stderr.decode().split("\n")

    assert lines.pop() == ""
    assert len(lines) == 4 * len(HOSTILE)
    assert all(line.isprintable() for line in lines)
    assert sum("ValueError" in line for line in lines) == 2 * len(HOSTILE)
