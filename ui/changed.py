"""What changed most against the time before, and where it comes from: sentences whose figures add up."""

import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import Changes, Split, Summary
from ui import data, markdown, numbers, page
from ui.filters import Chosen


def draw(chosen: Chosen, summary: Summary) -> None:
    """Say what changed and why; that there is nothing to compare with is said as well."""
    st.subheader(_("What changed, and why"), anchor=False)
    before = summary.before
    found = (
        data.ask("changes", summary.elapsed, before.elapsed, chosen.filters) if before is not None else None
    )
    if found is None or before is None:
        st.caption(_("The time before is not completely imported: there is nothing to compare with."))
        return
    st.markdown(whole(found, page.range_words(before.elapsed)))
    lines = [line for split in found.splits if (line := told(split, found.change))]
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def whole(found: Changes, before: str) -> str:
    """The change itself, as Markdown."""
    if not found.change:
        return _("**{now}** contacts, as many as in {before}.").format(
            now=numbers.whole(found.now), before=before
        )
    said = _("**{change}** contacts: {now} now, {then} in {before}").format(
        change=numbers.signed(found.change, "", decimals=0),
        now=numbers.whole(found.now),
        then=numbers.whole(found.before),
        before=before,
    )
    growth = numbers.change(found.change / found.before) if found.before else None
    return f"{said} ({growth})." if growth else f"{said}."


def told(split: Split, change: int) -> str:
    """The largest contributions to a change and what the rest adds, as Markdown; "" where there is none."""
    if not split.largest:
        return ""
    named = [
        f"{_name(split.by, one.name)} **{numbers.signed(one.change, '', decimals=0)}**"
        for one in split.largest
    ]
    if split.others:
        others = ngettext("{count} other", "{count} others", split.others).format(count=split.others)
        named.append(f"{others} {numbers.signed(split.others_change, '', decimals=0)}")
    return _("{by}: {contributions}; together {change}.").format(
        by=_by(split.by),
        contributions=", ".join(named),
        change=numbers.signed(change, "", decimals=0),
    )


def _by(by: str) -> str:
    return {"kind": _("New tickets or replies"), "queue": _("Queues"), "source": _("Sources")}[by]


def _name(by: str, name: str) -> str:
    if by == "kind":
        return {"Tickets": _("new tickets"), "Replies": _("replies")}.get(name, name)
    return markdown.escape(name)
