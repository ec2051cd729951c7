"""Day by day with the days that stand out, and two periods side by side."""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from freshdesk_core import formats
from freshdesk_core.store.special_days import SpecialDay
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import Window, windows
from ui import data, figures, markdown, numbers, page, special_days, tables
from ui.figures import START, Chart
from ui.filters import FIRST_DAY, Chosen, interval_word
from ui.palette import REPLIES, TICKETS, USUAL, Look

PERIODS = PREVIOUS, LAST_YEAR, OTHER_DAYS = "previous", "last_year", "other"
YEAR_OF_WEEKS = 364


def days(chosen: Chosen) -> None:
    """Day by day, what is usual, and the days that stand out."""
    st.subheader(_("Day by day"), anchor=False)
    whole = windows.whole_days(chosen.window)
    if whole.is_empty:
        st.caption(_("The range holds no whole day."))
        return
    frame = data.ask("unusual_days", whole, chosen.filters)
    figures.show(special_days.mark(_days_chart(frame, chosen.zone), chosen), key="days")
    unusual = frame[frame["stands_out"]]
    if unusual.empty:
        st.caption(_("No day of the range stands out against the same weekdays around it."))
    else:
        _unusual(unusual, special_days.of(chosen))
    tables.download(frame, "patterns-days", page.facts(chosen), key="days_file")


def compared(chosen: Chosen) -> None:
    """This period against another one."""
    st.subheader(_("Against another period"), anchor=False)
    other = _other(chosen)
    if other is None:
        return
    frame = data.ask("periods_compared", chosen.window, other, chosen.chart_interval, chosen.filters)
    st.markdown(_compared_words(frame, chosen.window, other))
    special = special_days.of(chosen) + special_days.of(chosen, other)
    figures.show(_compared_chart(frame, chosen, other, special), key="compared")
    page.coarser_note(chosen)
    tables.download(frame, "patterns-compared", page.facts(chosen), key="compared_file")


def _unusual(unusual: pd.DataFrame, special: list[SpecialDay]) -> None:
    names = {one.day: one.name for one in special}
    unusual = unusual.assign(special=[names.get(day, "") for day in unusual["day"]])
    ordered = unusual.sort_values("deviation", key=abs, ascending=False, ignore_index=True)
    special_column = {"special": tables.text(_("Special day"), width="medium")} if names else {}
    tables.show(
        ordered,
        special_column
        | {
            "day": st.column_config.DateColumn(_("Day"), format=formats.table_day()),
            "offered": tables.count(_("Offered")),
            "usual": st.column_config.NumberColumn(
                _("Usual"),
                format=formats.table_number(),
                width="small",
                help=_("The median of the same weekday in the 8 weeks before and the 8 after."),
            ),
            "deviation": tables.deviation(
                _("How unusual"),
                help_text=_(
                    "In spreads: from 3.5 up or down a day stands out. Chance makes about one of 2,000."
                ),
            ),
        },
        key="unusual",
        alt=_("The days that stand out, the most unusual first"),
        rows=8,
    )


def _days_chart(frame: pd.DataFrame, zone: str) -> Chart:
    title = _("Offered contacts by day, and what is usual")
    unit = _("Contacts per day, {zone}").format(zone=zone)
    starts = pd.DatetimeIndex(pd.to_datetime(frame["day"]))
    figure = go.Figure()
    _line(figure, starts, frame["usual"], _("Usual for the weekday"), USUAL)
    _line(figure, starts, frame["offered"], _("Offered"), TICKETS)
    out = frame["stands_out"].to_numpy()
    if out.any():
        figure.add_scatter(
            x=starts[out],
            y=figures.values(frame.loc[out, "offered"]),
            mode="markers",
            name=_("Stands out"),
            marker={"symbol": "diamond-open", "size": 12, "color": REPLIES.colour, "line": {"width": 2}},
            hoverinfo="skip",
        )
    missing = frame["offered"].isna().to_numpy()
    figures.hatch(figure, starts, missing, "1d")
    figures.dress(figure, title, unit, "1d")
    count = int(out.sum())
    words = [ngettext("{count} day stands out", "{count} days stand out", count).format(count=count)]
    return Chart(figure, figures.alt(title, unit, words, missing), frame.drop(columns="stands_out"))


def _line(figure: go.Figure, starts: pd.DatetimeIndex, counts: pd.Series, name: str, look: Look) -> None:
    figure.add_scatter(
        x=starts,
        y=figures.values(counts),
        name=name,
        mode="lines" if len(starts) > 2 else "lines+markers",
        line={"color": look.colour, "dash": look.dash, "width": 2},
        connectgaps=False,
    )


def _other(chosen: Chosen) -> Window | None:
    choice = st.selectbox(
        _("Compare with"),
        PERIODS,
        format_func=period_label,
        key="against",
        bind="query-params",
    )
    if choice == PREVIOUS:
        return chosen.window.previous()
    if choice == LAST_YEAR:
        return chosen.window.shifted_by_days(-YEAR_OF_WEEKS)
    return _picked(chosen.window)


def _picked(window: Window) -> Window:
    """As many days as the range has, from a day that the viewer picks."""
    before = window.days()[0] - timedelta(days=len(window.days()))
    first = st.date_input(
        _("First day of the other period"),
        value=max(before, FIRST_DAY),
        min_value=FIRST_DAY,
        max_value=data.today(window.zone),
        format=formats.picker(),
        key="against_day",
        bind="query-params",
    )
    assert isinstance(first, date)  # noqa: S101 (one day was asked for)
    return window.shifted_by_days((first - window.days()[0]).days)


def period_label(choice: str) -> str:
    """Name a period to compare with."""
    return {
        PREVIOUS: _("The period before"),
        LAST_YEAR: _("The same weeks last year"),
        OTHER_DAYS: _("Another period"),
    }[choice]


def _compared_words(frame: pd.DataFrame, window: Window, other: Window) -> str:
    now, then = _sum(frame["offered"], frame[START]), _sum(frame["other_offered"], frame["other_start"])
    said = _("{now} contacts from {window}, {then} from {other}").format(
        now=f"**{numbers.whole(now)}**",
        window=page.range_words(window),
        then=f"**{numbers.whole(then)}**",
        other=page.range_words(other),
    )
    growth = None if now is None or not then else now / then - 1
    if growth is not None:
        return said + f": **{numbers.change(growth)}**."
    return said + _(". {dash}: not all of it is imported.").format(dash=numbers.NO_DATA)


def _sum(counts: pd.Series, starts: pd.Series) -> int | None:
    """The sum of a period; None where some of it has no data."""
    own = counts[starts.notna()]
    return None if own.isna().any() or own.empty else int(own.sum())


def _compared_chart(frame: pd.DataFrame, chosen: Chosen, other: Window, special: list[SpecialDay]) -> Chart:
    title = _("This period and the other, laid over each other")
    unit = page.unit(chosen)
    figure = go.Figure()
    starts = frame["other_start"].dt.tz_localize(None)
    names = {one.day: markdown.chart(one.name) for one in special}
    for counts, name, look, when in (
        ("other_offered", page.range_words(other), USUAL, starts),
        ("offered", page.range_words(chosen.window), TICKETS, frame[START].dt.tz_localize(None)),
    ):
        figure.add_scatter(
            x=frame["position"],
            y=figures.values(frame[counts]),
            name=name,
            mode="lines" if len(frame) > 2 else "lines+markers",
            line={"color": look.colour, "dash": look.dash, "width": 2},
            customdata=[_when(moment, chosen.chart_interval, names) for moment in when],
            hovertemplate="%{customdata}: %{y:,d}",
            connectgaps=False,
        )
    figures.dress(figure, title, unit, chosen.chart_interval)
    figure.update_xaxes(
        type="linear",
        tickformat=",d",
        hoverformat=",d",
        title_text=_("From the start, per {interval}").format(interval=interval_word(chosen.chart_interval)),
    )
    words = [_("{count} points each").format(count=numbers.whole(len(frame)))]
    alt = figures.alt(title, unit, words)
    if special:
        alt = f"{alt} {special_days.words(special)}"
    return Chart(figure, alt, frame.drop(columns="position"))


def _when(moment: pd.Timestamp, interval: str, names: dict[date, str]) -> str:
    """When a point is, and the special day's name where it is one."""
    if pd.isna(moment):
        return numbers.NO_DATA
    name = names.get(moment.date()) if interval not in ("1w", "1MS") else None
    return _moment(moment, interval) + (f" ({name})" if name else "")


def _moment(moment: pd.Timestamp, interval: str) -> str:
    written = formats.day(moment) if interval in ("1d", "1w", "1MS") else formats.minute(moment)
    return f"{formats.weekday(moment.weekday(), is_short=True)} {written}"
