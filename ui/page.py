"""What every page begins with: its title, what is shown, and how complete it is."""

from datetime import timedelta

import streamlit as st

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Filters, IntegrationInfo, Window
from freshdesk_core.volumes.windows import day_start, local_day
from ui import address, data, filters, markdown, notices, start, states
from ui.filters import Chosen


def begin(title: str) -> Chosen:
    """Draw the head of a page; while there is nothing to show, say why and stop the page."""
    st.title(title, anchor=False)
    chosen = filters.current()
    if chosen is None or chosen.window.is_empty:
        start.screen()
        st.stop()
    st.caption(_shown(chosen))
    _needed(chosen)
    _marks(chosen)
    if chosen.left_out:
        notices.left_out(chosen.left_out)
    start.watch(chosen)
    _limits(chosen)
    _purged(chosen)
    return chosen


def _limits(chosen: Chosen) -> None:
    """Say where the range leaves what is proven; stop the page where none of it is."""
    if chosen.is_shortened:
        st.caption(_("The range is cut to what is completely imported so far."))
    span = chosen.proven.tickets or (0, 0)
    if chosen.window.end <= span[0] or chosen.window.start >= span[1]:
        notices.gap(range_words(chosen.window), _complete_span(chosen))
        st.stop()
    both = chosen.proven.both or span
    if chosen.window.start < both[0] or chosen.window.end > both[1]:
        st.caption(
            _(
                ":material/grid_off: Part of this range is not completely imported; "
                "sums over it show –. {span}"
            ).format(span=_complete_span(chosen))
        )


def _purged(chosen: Chosen) -> None:
    """Say how many tickets of the range are gone for ever; by integration alone, whatever else is chosen."""
    filters_of_accounts = Filters(integrations=chosen.filters.integrations)
    months = data.ask("purged_by_month", chosen.window, filters_of_accounts)
    if count := int(months["purged"].sum()):
        notices.purged(count)


def no_contacts(chosen: Chosen, *, is_proven: bool) -> None:
    """Say that a range shows no contacts: because there were none, or because they are not all here yet."""
    if is_proven:
        notices.truly_none(range_words(chosen.window))
    else:
        notices.gap(range_words(chosen.window), _complete_span(chosen))


def _complete_span(chosen: Chosen) -> str:
    """From when to when tickets and replies are complete, in words."""
    spans = ((_("tickets"), chosen.proven.tickets), (_("replies"), chosen.proven.replies))
    said = [
        _("{kind} from {start} to {end}").format(
            kind=kind, start=data.local_time(span[0], chosen.zone), end=data.local_time(span[1], chosen.zone)
        )
        for kind, span in spans
        if span
    ]
    return _("Complete are {spans}.").format(spans=", ".join(said))


def range_words(window: Window) -> str:
    """A window in words: its first and last day, and the time up to which the last one belongs to it."""
    first, last = local_day(window.start, window.zone), local_day(window.end - 1, window.zone)
    days = formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"
    if window.end == day_start(last + timedelta(days=1), window.zone):
        return days
    return _("{days} until {time}").format(days=days, time=data.local_time(window.end, window.zone)[-5:])


def complete_words(chosen: Chosen) -> str:
    """Up to when the figures are complete, in the zone that is shown."""
    tickets, replies = chosen.proven.tickets, chosen.proven.replies
    if tickets is None:
        return _("Nothing is complete yet")
    if replies is None:
        return _("Tickets complete up to {time}, replies still to come").format(
            time=data.local_time(tickets[1], chosen.zone)
        )
    return _("Complete up to {time}").format(time=data.local_time(min(tickets[1], replies[1]), chosen.zone))


def facts(chosen: Chosen) -> dict[str, str]:
    """What the figures of this page mean, for an exported file."""
    names = [
        _("{name} (removed)").format(name=info.name) if info.is_removed else info.name
        for info in shown_integrations(chosen)
    ]
    filter_words = [*chosen.filters.groups, *chosen.filters.sources, *chosen.filters.kinds]
    return {
        _("Range"): range_words(chosen.window),
        _("Time zone"): chosen.zone,
        _("Integration"): ", ".join(names),
        _("Filters"): ", ".join(filter_words) or _("none"),
        _("Complete"): complete_words(chosen),
        _("Written at"): data.local_time(data.now(), chosen.zone),
        _("No data"): _("an empty cell: not completely imported, or not yet compared; never 0"),
    }


def shown_integrations(chosen: Chosen) -> list[IntegrationInfo]:
    """Whose figures are shown."""
    return filters.shown(chosen.integrations, chosen.filters.integrations)


def unit(chosen: Chosen) -> str:
    """What a point of a chart counts."""
    return _("Contacts per {interval}, {zone}").format(
        interval=filters.interval_word(chosen.chart_interval), zone=chosen.zone
    )


def coarser_note(chosen: Chosen) -> None:
    """Say so where a chart is drawn in longer intervals than were chosen."""
    if chosen.chart_interval != chosen.interval:
        st.caption(
            _("Drawn per {interval}: the range is too long for finer steps.").format(
                interval=filters.interval_word(chosen.chart_interval)
            )
        )


def _shown(chosen: Chosen) -> str:
    """The quiet line: range, interval, zone, how complete, how healthy."""
    return "  ·  ".join(
        [
            range_words(chosen.window),
            _("per {interval}").format(interval=filters.interval_word(chosen.interval)),
            markdown.escape(chosen.zone),
            complete_words(chosen),
            _health(chosen),
        ]
    )


def _health(chosen: Chosen) -> str:
    names = {info.name for info in shown_integrations(chosen)}
    worst = states.worst({status.state for status in data.health_states() if status.name in names})
    return _("Health: {state}").format(state=states.word(worst))


def _needed(chosen: Chosen) -> None:
    """The way to each integration that is shown and waits for somebody."""
    needy = {status.name for status in data.health_states() if status.state == "action_needed"}
    for info in shown_integrations(chosen):
        if info.name in needy and not info.is_sample:
            st.page_link(
                "pages/integrations.py",
                label=_("Action needed: {name}").format(name=markdown.escape(info.name)),
                icon=":material/error:",
                query_params=[(address.ACCOUNT, str(info.integration_id))],
            )


def _marks(chosen: Chosen) -> None:
    """Mark figures of the sample account, of accounts that are look-alikes, and of removed ones."""
    shown = shown_integrations(chosen)
    if any(info.is_sample for info in shown):
        notices.sample()
    elif any(info.is_sandbox for info in shown):
        notices.sandbox()
    if removed := [info.name for info in shown if info.is_removed]:
        notices.removed(removed)
    for domain in sorted({info.domain for info in shown}):
        names = [info.name for info in shown if info.domain == domain]
        if len(names) > 1:
            notices.counted_twice(domain, names)
