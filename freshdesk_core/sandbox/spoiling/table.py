"""All kinds of switches, and how they are shown to people."""

import textwrap

from freshdesk_core.sandbox.spoiling import answers, bodies, desk, drift, wires
from freshdesk_core.sandbox.spoiling.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for module in (desk, answers, wires, bodies, drift) for kind in module.kinds()
}
GRAMMAR = """\
A list with commas: NAME[=OPTION+OPTION][@WHEN][~PATHS]. An option like 20% is the share of the calls that
are hit (without one: all); which ones follows from --seed. WHEN counts the calls that fit, from 1: @7 (for
switches that stay on: from the 7th on), @7-9, @7-, @7+60s (from the 7th on, for a minute), @30s-90s (so long
after the first). PATHS is a regular expression, searched in path and query. Several spoil the same call;
of two that replace the answer, or the way it is sent, the first one does."""


def as_help(width: int = 100) -> str:
    """All switches as plain text for ``--help``."""
    entries = [_entry(kind, width) for kind in KINDS.values()]
    return "\n".join(["fault switches:", textwrap.indent(GRAMMAR, "  "), "", *entries])


def as_markdown() -> str:
    """All switches as the table of ``docs/sandbox.md``."""
    rows = [f"| `{_call(kind)}` | {kind.what}{_stays(kind)} |" for kind in KINDS.values()]
    return "\n".join(["| switch | what it does |", "| --- | --- |", *rows])


def _call(kind: Kind) -> str:
    values = kind.values.replace("|", ", ")
    return f"{kind.name}={values}" if values else kind.name


def _stays(kind: Kind) -> str:
    return " (stays on)" if kind.is_lasting else ""


def _entry(kind: Kind, width: int) -> str:
    what = textwrap.fill(kind.what + _stays(kind), width, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"  {_call(kind)}\n{what}"
