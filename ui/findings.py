"""What a test of a key found: each finding a sentence of its own, told apart by word, icon and colour."""

import streamlit as st

from freshdesk_core.importing.findings import Check, Finding
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from ui import markdown


def show(check: Check) -> None:
    """List the findings, those first that somebody has to do something about."""
    worst_first = sorted(
        check.findings, key=lambda finding: ("problem", "warning", "ok").index(finding.level)
    )
    with st.container(gap="xsmall", key="findings"):
        for finding in worst_first:
            st.markdown(_line(finding))


def summary(check: Check) -> None:
    """Say in one sentence how a test ended."""
    warnings = sum(finding.level == "warning" for finding in check.findings)
    if check.has_problem:
        st.error(
            _("**The test found a problem. Nothing was saved.** Correct it and save again."),
            icon=":material/error:",
        )
    elif warnings:
        st.warning(
            ngettext(
                "**The key works, with {count} warning.** What it means for the figures stands below.",
                "**The key works, with {count} warnings.** What they mean for the figures stands below.",
                warnings,
            ).format(count=warnings),
            icon=":material/warning:",
        )
    else:
        st.success(
            _("**The key works and sees everything that Inflow needs.**"), icon=":material/check_circle:"
        )


def shortcomings(told: dict[str, dict[str, object]]) -> None:
    """What the last test of a saved key found to be short of; nothing where it was short of nothing."""
    for code, figures in told.items():
        st.markdown(_line(Finding(code, "warning", figures)))


def _line(finding: Finding) -> str:
    word, color, icon = {
        "ok": (_("OK"), "green", ":material/check_circle:"),
        "warning": (_("Warning"), "orange", ":material/warning:"),
        "problem": (_("Problem"), "red", ":material/error:"),
    }[finding.level]
    return f":{color}[{icon} **{word}**] {markdown.sentence(finding.text)}"
