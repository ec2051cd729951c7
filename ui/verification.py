"""Ask Freshdesk now, or type in what its Analytics shows; every answer is kept with its date."""

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.importing import comparing
from freshdesk_core.settings import Settings
from freshdesk_core.store.comparisons import ANALYTICS, Comparison
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import IntegrationInfo, Line, Window, explain_created, ticket_url
from ui import data, identity, login, markdown, notices, numbers, page, tables
from ui.filters import Chosen

LOOK_SECONDS = 2
SIDES = ("never_imported", "unexplained")


def draw(chosen: Chosen) -> None:
    """Both ways to check, how far a check under way is, and what was found before."""
    st.subheader(_("Check it yourself"), anchor=False)
    shown = page.shown_integrations(chosen)
    if len(shown) == 1:
        _ask(chosen, shown[0])
    else:
        st.caption(_("To check, choose one integration in the sidebar: each has a Freshdesk of its own."))
    kept = data.kept_comparisons(tuple(info.integration_id for info in shown))
    if any(one.is_under_way for one in kept):
        _watch(kept[0].asked.integration_id)
    _kept(chosen, [one for one in kept if not one.is_under_way], shown)


def _ask(chosen: Chosen, info: IntegrationInfo) -> None:
    is_allowed = login.actor().is_admin
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        _verify(chosen, info, is_allowed=is_allowed)
    with right, st.container(border=True, height="stretch"):
        _type_in(chosen, info, is_allowed=is_allowed)
    if not is_allowed:
        st.caption(
            _(
                ":material/visibility: Only admins check: it spends calls of the account and is kept for "
                "everybody. What was found stands below for all."
            )
        )


def _verify(chosen: Chosen, info: IntegrationInfo, *, is_allowed: bool) -> None:
    days = len(comparing.utc_days(chosen.window))
    st.markdown(
        ngettext(
            "**Ask Freshdesk now** for its tickets of this range. That takes about {count} call of the "
            "account's own budget, more on busy days, and imports wait meanwhile.",
            "**Ask Freshdesk now** for its tickets of this range. That takes about {count} calls of the "
            "account's own budget, more on busy days, and imports wait meanwhile.",
            days,
        ).format(count=numbers.whole(days))
    )
    if st.button(
        _("Verify"), icon=":material/fact_check:", key="verify", disabled=not is_allowed or info.is_removed
    ):
        _told(
            lambda: comparing.start(
                login.actor(),
                data.store(),
                Settings.from_environment(),
                info.integration_id,
                chosen.window,
                chosen.filters,
            )
        )


def _type_in(chosen: Chosen, info: IntegrationInfo, *, is_allowed: bool) -> None:
    window = _in_account_zone(chosen.window, info.time_zone)
    st.markdown(
        _("**Or compare with Freshdesk Analytics**: the created count of {days}, in the zone {zone}.").format(
            days=page.range_words(window), zone=markdown.escape(info.time_zone)
        )
    )
    with st.form("analytics", border=False):
        count = st.number_input(
            _("Created tickets"),
            min_value=0,
            max_value=comparing.MOST_CREATED,
            value=None,
            step=1,
            key="created",
        )
        is_sent = st.form_submit_button(
            _("Compare"), icon=":material/difference:", key="compare", disabled=not is_allowed
        )
    if is_sent and count is not None:
        _told(lambda: comparing.type_in(login.actor(), data.store(), info.integration_id, window, int(count)))


def _told(deed: Callable[[], object]) -> None:
    """Do something, and say why where it is refused."""
    try:
        deed()
    except CoreError as error:
        notices.fault(error)


def _in_account_zone(window: Window, zone: str) -> Window:
    """The same dates on the account's own clock."""
    days = window.days()
    return Window.of_days(days[0], days[-1] + timedelta(days=1), zone)


@st.fragment(run_every=LOOK_SECONDS)
def _watch(integration_id: int) -> None:
    """Say how far a check under way is; once it has ended, draw the page anew."""
    with notices.guarded():
        under_way = [one for one in data.kept_comparisons((integration_id,)) if one.is_under_way]
        if not under_way:
            st.rerun(scope="app")
        one = under_way[0]
        words = (
            _("Waiting: an import of this account is under way. The check begins as soon as it ends.")
            if one.state == "waiting" and not one.days_done
            else _("Asking Freshdesk: {done} of {all} days.").format(
                done=numbers.whole(one.days_done), all=numbers.whole(one.days_expected)
            )
        )
        st.progress(min(1.0, one.days_done / max(1, one.days_expected)), text=words)


def _kept(chosen: Chosen, kept: list[Comparison], shown: list[IntegrationInfo]) -> None:
    """What was found before, newest first; a row opens its words and its tickets."""
    if not kept:
        st.caption(_("Nobody has checked yet. Every check is kept here with its date."))
        return
    frame = pd.DataFrame([_row(one, chosen.zone) for one in kept])
    frame[["freshdesk", "seen", "offered"]] = frame[["freshdesk", "seen", "offered"]].astype("Int64")
    columns = {
        "asked_at": tables.text(_("Checked")),
        "by": tables.text(_("By")),
        "what": tables.text(_("Against")),
        "days": tables.text(_("Days")),
        "zone": tables.text(_("Time zone")),
        "freshdesk": tables.count(_("Freshdesk")),
        "seen": tables.count(_("Tickets seen")),
        "offered": tables.count(_("Contacts")),
        "result": tables.text(_("Result"), width="medium"),
    }
    place = tables.choose(frame, columns, key="comparisons", alt=_("Checks against Freshdesk"), rows=6)
    tables.download(
        frame, "checks", page.facts(chosen), key="checks", note=_("Click a row's box to open the check.")
    )
    _open(kept[place or 0], shown, page.facts(chosen))


def _row(one: Comparison, zone: str) -> dict[str, object]:
    is_typed = one.asked.source == ANALYTICS
    return {
        "asked_at": data.local_time(one.asked_at, zone),
        "by": one.asked.by,
        "what": _("Freshdesk Analytics") if is_typed else _("Freshdesk's search"),
        "days": page.range_words(Window(*one.asked.window, one.asked.zone)),
        "zone": one.asked.zone,
        "freshdesk": one.asked.created_count if is_typed else one.figures.get("freshdesk_tickets"),
        "seen": one.figures.get("tickets_seen"),
        "offered": one.figures.get("offered"),
        "result": _result(one),
    }


def _result(one: Comparison) -> str:
    """How it ended, in a few words."""
    if one.state == "failed":
        return _("✕ failed")
    if one.state == "stopped":
        return _("‖ stopped")
    if one.asked.source == ANALYTICS:
        rest = explain_created(one.figures, one.asked.created_count or 0).rest
        return _("✓ the two agree") if not rest else _("{count} apart").format(count=numbers.whole(abs(rest)))
    differing = sum(one.figures.get(side) or 0 for side in SIDES)
    if one.figures.get("freshdesk_tickets") is None:
        return _("– not comparable")
    if not differing:
        return _("✓ explained")
    return ngettext("{count} differs", "{count} differ", differing).format(count=numbers.whole(differing))


def _open(one: Comparison, shown: list[IntegrationInfo], facts: dict[str, str]) -> None:
    """A check in words, with the tickets that only one side had."""
    with st.container(border=True, key="check"):
        st.caption(
            _("Checked {time}, {days}, {zone}.").format(
                time=data.local_time(one.asked_at, one.asked.zone),
                days=page.range_words(Window(*one.asked.window, one.asked.zone)),
                zone=markdown.escape(one.asked.zone),
            )
        )
        if one.state == "failed":
            notices.fault(CoreError(one.error_code, **one.error_figures))
        elif one.state == "stopped":
            st.markdown(
                _("It was stopped before it ended. The days asked for until then are kept; ask again.")
            )
        elif one.asked.source == ANALYTICS:
            _typed(one)
        else:
            st.markdown(identity.sentence(Line("", **one.figures)))
            _differing(one, shown, facts)


def _typed(one: Comparison) -> None:
    told = explain_created(one.figures, one.asked.created_count or 0)
    st.markdown(markdown.sentence(told.sentence()))
    if told.reasons:
        st.markdown("\n".join(f"- {markdown.sentence(reason)}" for reason in told.reasons))


def _differing(one: Comparison, shown: list[IntegrationInfo], facts: dict[str, str]) -> None:
    names = {
        "never_imported": _("Freshdesk has it, Inflow had not"),
        "unexplained": _("Inflow has it, Freshdesk's search did not name it"),
    }
    listed = [(side, ticket_id) for side in SIDES for ticket_id in getattr(one, side)]
    if not listed:
        return
    domain = next(info.domain for info in shown if info.integration_id == one.asked.integration_id)
    frame = pd.DataFrame(
        [(ticket_id, names[side], ticket_url(domain, ticket_id)) for side, ticket_id in listed],
        columns=["ticket_id", "side", "ticket_url"],
    )
    columns = {
        "ticket_url": tables.ticket_link(_("Ticket in Freshdesk")),
        "side": tables.text(_("What differed then"), width="large"),
    }
    tables.show(frame, columns, key="check_tickets", alt=_("The tickets that only one side had"), rows=8)
    tables.download(frame, "check-tickets", facts, key="check_tickets_file")
