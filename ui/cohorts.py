"""Contacts per new ticket as a flow and by when the ticket was made, and how late replies come."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Line, ReplyAges
from ui import data, figures, known, numbers, page, tables
from ui.figures import START, Chart
from ui.filters import Chosen, interval_word
from ui.palette import REPLIES, TICKETS

MOST_TICKS = 8
MOST_DAYS, MOST_WEEKS = 21, 550  # days of a range up to which tickets are followed by day, by week


def draw(chosen: Chosen, total: Line) -> None:
    """The two ratios, the cohorts as a chart, and the age of the replies."""
    st.subheader(_("How often customers come back"), anchor=False)
    ages: ReplyAges | None = data.ask("reply_ages", chosen.window, chosen.filters)
    _metrics(total, ages)
    known.ask(chosen, _told(), key="cohorts")
    interval = _interval(chosen)
    frame = data.ask("cohorts", chosen.window, interval, chosen.filters)
    if frame["contacts_per_ticket"].notna().any():
        figures.show(_cohorts_chart(frame, interval, chosen.zone), key="cohorts")
        tables.download(frame, "cohorts", page.facts(chosen), key="cohorts_file", note=_cohort_words())
    if ages is not None and ages.replies:
        table = age_table(ages)
        figures.show(_ages_chart(table), key="ages")
        tables.download(table, "reply-ages", page.facts(chosen), key="ages_file", note=_age_words(ages))


def age_table(ages: ReplyAges) -> pd.DataFrame:
    """One row per span: ``age``, ``replies`` in it, ``share``, and the share ``within`` its end (0 to 1)."""
    within = [*ages.within, ages.replies]
    counts = np.diff([0, *within])
    return pd.DataFrame(
        {
            "age": _spans(),
            "replies": counts,
            "share": counts / ages.replies,
            "within": np.array(within) / ages.replies,
        }
    )


def _metrics(total: Line, ages: ReplyAges | None) -> None:
    with st.container(horizontal=True, key="metrics"):
        st.metric(
            _("Contacts per new ticket"),
            numbers.ratio(total.contacts_per_ticket),
            _("the flow of the range"),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=_(
                "The flow: contacts of the range by its new tickets. Some of these replies belong to "
                "older tickets."
            ),
        )
        _part(_("Replies to its tickets"), ages, ages.to_window if ages else None)
        _part(_("Replies to older tickets"), ages, ages.to_older if ages else None)


def _told() -> dict[str, str]:
    return {
        "contacts_per_ticket": _("Contacts per new ticket"),
        "replies_to_range": _("Replies to its tickets"),
        "replies_to_older": _("Replies to older tickets"),
    }


def _part(label: str, ages: ReplyAges | None, count: int | None) -> None:
    """A number of replies, and which part of all of them it is."""
    share = numbers.share(count / ages.replies) if ages and ages.replies and count is not None else None
    st.metric(
        label,
        numbers.whole(count),
        _("{share} of the replies").format(share=share) if share else _("not complete"),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def _interval(chosen: Chosen) -> str:
    days = len(chosen.window.days())
    return "1d" if days <= MOST_DAYS else "1w" if days <= MOST_WEEKS else "1MS"


def _cohorts_chart(frame: pd.DataFrame, interval: str, zone: str) -> Chart:
    title = _("Contacts per new ticket, by when the ticket was made")
    unit = _("Contacts so far per new ticket, tickets by {interval}, {zone}").format(
        interval=interval_word(interval), zone=zone
    )
    starts = pd.DatetimeIndex(frame[START])
    local = starts.tz_localize(None)
    ratio = figures.values(frame["contacts_per_ticket"])
    figure = go.Figure()
    for flag, name, pattern in (
        (True, _("Finished"), ""),
        (False, _("Unfinished: younger than 30 days, replies still come"), "/"),
    ):
        mine = (frame["is_finished"] == flag).to_numpy()
        if mine.any():
            figure.add_bar(
                x=[moment.isoformat() for moment in local[mine]],
                y=ratio[mine],
                name=name,
                marker={
                    "color": TICKETS.colour if flag else TICKETS.faint(0.25),
                    "line": {"color": TICKETS.colour, "width": 1},
                    "pattern": {"shape": pattern, "fgcolor": TICKETS.colour, "size": 6, "solidity": 0.25},
                },
            )
    figures.hatch(figure, starts, np.isnan(ratio), interval)
    figures.dress(figure, title, unit, interval)
    figure.update_layout(barmode="overlay", bargap=0.25)
    if interval == "1w":  # else the ticks stand on Sundays
        figure.update_xaxes(tickvals=local[:: -(-len(local) // MOST_TICKS)])
    figure.update_yaxes(tickformat=".2f", hoverformat=".2f", selector={"overlaying": None})
    done = frame[frame["is_finished"]]
    words = [_cohort_mean(done)] if len(done) else [_("none is finished yet")]
    words.append(_("{count} unfinished").format(count=int((~frame["is_finished"]).sum())))
    shown = frame.assign(contacts_per_ticket=frame["contacts_per_ticket"].round(2))
    return Chart(figure, figures.alt(title, unit, words, np.isnan(ratio)), shown)


def _cohort_mean(done: pd.DataFrame) -> str:
    tickets, replies = int(done["new_tickets"].sum()), int(done["replies"].sum())
    value = (tickets + replies) / tickets if tickets else None
    return _("the finished ones brought {ratio} contacts per ticket").format(ratio=numbers.ratio(value))


def _cohort_words() -> str:
    return _(
        "Each ticket with all its replies until now, whenever they came. Hatched: its tickets are younger "
        "than 30 "
        "days, so the figure still grows. Weeks and months at the edges hold only the days of the range."
    )


def _ages_chart(table: pd.DataFrame) -> Chart:
    title = _("How long after its ticket a reply comes")
    unit = _("Share of the replies of the range, by the time since their ticket was made")
    figure = go.Figure()
    figure.add_bar(
        x=table["age"],
        y=table["share"],
        text=[numbers.share(share) for share in table["share"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [numbers.whole(count), numbers.share(within)]
            for count, within in zip(table["replies"], table["within"], strict=True)
        ],
        hovertemplate=_("%{customdata[0]} replies; %{customdata[1]} until here") + "<extra></extra>",
        marker={
            "color": REPLIES.colour,
            "pattern": {
                "shape": ".",
                "bgcolor": REPLIES.colour,
                "fgcolor": "rgba(255,255,255,0.6)",
                "size": 6,
                "solidity": 0.2,
            },
        },
    )
    figures.dress(figure, title, unit, "1d")
    figure.update_layout(height=300, hovermode="closest", showlegend=False)
    figure.update_xaxes(type="category", tickformat=None, hoverformat=None)
    figure.update_yaxes(tickformat=".0%", hoverformat=".1%", selector={"overlaying": None})
    words = [
        f"{age}: {numbers.share(share)}" for age, share in zip(table["age"], table["share"], strict=True)
    ]
    return Chart(figure, figures.alt(title, unit, words), table.round(4))


def _age_words(ages: ReplyAges) -> str:
    shares = ages.shares()
    return _("{day} come within a day, {week} within a week, {late} after more than 30 days.").format(
        day=numbers.share(shares[1]), week=numbers.share(shares[3]), late=numbers.share(1 - shares[-1])
    )


def _spans() -> list[str]:
    """The spans between the bounds of ``volumes.cohorts.AGES``, in words."""
    return [
        _("within 1 h"), _("1 h to 1 day"), _("1 to 3 days"), _("3 to 7 days"), _("7 to 14 days"),
        _("14 to 30 days"), _("more than 30 days"),
    ]  # fmt: skip
