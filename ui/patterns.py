"""When contacts come: over the week, over the day, and today."""

import dataclasses
from datetime import time, timedelta

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import Unevenness, Window
from ui import data, figures, heatmap, known, narrowing, notices, numbers, page, shapes, tables
from ui.filters import Chosen, interval_label, interval_word

STEPS = ("15min", "30min", "1h")
STATISTICS = ("mean", "median", "share")
BUSINESS = ("mon_fri", "mon_sat", "all")
WORKDAYS, WEEKEND = tuple(range(5)), (5, 6)
QUARTER_HOURS = [time(minutes // 60, minutes % 60) for minutes in range(0, 1440, 15)]
MINUTES_PER_DAY = 1440


def narrowed(chosen: Chosen) -> Chosen | None:
    """Ask what to look at; None where nothing is left, which is said."""
    queues = data.ask("queues", chosen.window, chosen.filters)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        found = narrowing.ask(chosen, queues)
    left = data.ask("queues", found.window, found.filters)
    if left["offered_known"].sum():
        return found
    if queues["offered_known"].sum():
        notices.too_narrow(narrowing.reset)
    else:
        page.no_contacts(chosen, is_proven=bool(queues["offered"].notna().all()))
    return None


def week(chosen: Chosen) -> None:
    """The week as a heat map, and how uneven it is."""
    st.subheader(_("Over the week"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = _step("week_step", STEPS.index("1h"))
        statistic = st.selectbox(
            _("Figure"), STATISTICS, format_func=statistic_label, key="figure", bind="query-params"
        )
    frame = data.ask("week_profile", chosen.window, step, chosen.filters)
    figures.show(
        heatmap.week(frame, statistic, step, chosen.zone, st.context.theme.type or "light"), key="week"
    )
    tables.download(heatmap.table(frame), "patterns-week", page.facts(chosen), key="week", note=_weeks(frame))
    _uneven(chosen, step)


def day(chosen: Chosen) -> None:
    """The day's profile with its spread."""
    st.subheader(_("Over the day"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = _step("day_step", STEPS.index("30min"))
        which = st.selectbox(
            _("Days"), list(day_choices()), format_func=day_label, key="weekdays", bind="query-params"
        )
    frame = data.ask("day_profile", chosen.window, step, chosen.filters, day_choices()[which])
    if frame.empty:
        st.caption(_("No such day of this range is completely imported."))
        return
    figures.show(shapes.profile(frame, step, chosen.zone), key="day")
    tables.download(shapes.profile_table(frame), "patterns-day", page.facts(chosen), key="day")


def today(chosen: Chosen) -> None:
    """Today so far against the same weekday of the weeks before."""
    st.subheader(_("Today so far"), anchor=False)
    frame = data.ask("today_against_usual", data.now(), chosen.zone, "1h", chosen.filters)
    is_known = frame["offered"].notna()
    if not is_known.any():
        st.caption(
            _("Nothing of today is completely imported yet. {complete}.").format(
                complete=page.complete_words(chosen)
            )
        )
        return
    st.markdown(_today_words(frame[is_known]))
    known.ask(_of_today(chosen), {"today": _("Today so far")}, key="today")
    figures.show(shapes.today(frame, chosen.zone), key="today")


def statistic_label(statistic: str) -> str:
    """Name a figure of the heat map."""
    return {
        "mean": _("Mean contacts"),
        "median": _("Median contacts"),
        "share": _("Share of the week"),
    }[statistic]


def _today_words(frame: pd.DataFrame) -> str:
    count = int(frame["offered"].sum())
    said = _("**{count}** contacts until now").format(count=numbers.whole(count))
    usual = frame["usual"]
    if usual.isna().any():
        return said + _(". There are not yet four such weekdays to say what is usual.")
    expected = float(usual.sum())
    return said + _(", where {usual} are usual by this time on this weekday ({change}).").format(
        usual=numbers.whole(round(expected)),
        change=numbers.change(count / expected - 1 if expected else None) or _("no comparison"),
    )


def _uneven(chosen: Chosen, step: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opens = _clock(_("Business hours from"), "opens", time(9))
        closes = _clock(_("to"), "closes", time(17))
        days = st.selectbox(
            _("Business days"),
            BUSINESS,
            format_func=business_label,
            key="business",
            bind="query-params",
        )
    hours = {weekday: (_minutes(opens), _closing(closes)) for weekday in range(_business_days(days))}
    told: Unevenness = data.ask("unevenness", chosen.window, step, hours, chosen.filters)
    with st.container(horizontal=True, key="metrics"):
        st.metric(
            _("Outside business hours"),
            numbers.share(told.outside_share),
            border=True,
            help=_("The part of the contacts that comes when nobody works, by the hours above."),
        )
        st.metric(
            _("Peak to mean"),
            numbers.ratio(told.peak_to_mean),
            border=True,
            help=_("The busiest {step} of an average week, divided by the mean one, nights included.").format(
                step=interval_word(step)
            ),
        )

    asked = {"outside_hours": _("Outside business hours"), "peak_to_mean": _("Peak to mean")}
    known.ask(chosen, asked, key="uneven")


def _of_today(chosen: Chosen) -> Chosen:
    today = data.today(chosen.zone)
    return dataclasses.replace(chosen, window=Window.of_days(today, today + timedelta(days=1), chosen.zone))


def _clock(label: str, key: str, default: time) -> time:
    return st.selectbox(
        label,
        QUARTER_HOURS,
        index=QUARTER_HOURS.index(default),
        format_func=lambda moment: f"{moment:%H:%M}",
        key=key,
        bind="query-params",
    )


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _closing(moment: time) -> int:
    """Midnight as the end of the day."""
    return _minutes(moment) or MINUTES_PER_DAY


def _business_days(choice: str) -> int:
    return {"mon_fri": 5, "mon_sat": 6, "all": 7}[choice]


def business_label(choice: str) -> str:
    """Name a choice of business days."""
    return {"mon_fri": _("Monday to Friday"), "mon_sat": _("Monday to Saturday"), "all": _("Every day")}[
        choice
    ]


def _step(key: str, index: int) -> str:
    return st.selectbox(
        _("Step"), STEPS, index=index, format_func=interval_label, key=key, bind="query-params"
    )


def day_choices() -> dict[str, tuple[int, ...]]:
    """The weekdays of each choice of days; 0 is Monday."""
    single = {str(weekday): (weekday,) for weekday in range(7)}
    return {"workdays": WORKDAYS, "weekend": WEEKEND, "all": tuple(range(7))} | single


def day_label(choice: str) -> str:
    """Name a choice of days."""
    words = {"workdays": _("Monday to Friday"), "weekend": _("Saturday and Sunday"), "all": _("Every day")}
    return words.get(choice) or heatmap.weekday_name(int(choice))


def _weeks(frame: pd.DataFrame) -> str | None:
    fewest = int(frame["intervals"].min())
    if fewest >= 4:
        return None
    return ngettext(
        "Some cells rest on {count} week only: choose a longer range for a steadier picture.",
        "Some cells rest on {count} weeks only: choose a longer range for a steadier picture.",
        fewest,
    ).format(count=fewest)
