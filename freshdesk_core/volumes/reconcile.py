"""Contacts against tickets: the identity, to the last ticket.

    offered contacts    = new-ticket contacts + replies
    new-ticket contacts = tickets seen − outbound e-mails − internal tasks − child and tracker tickets
    tickets seen        = Freshdesk's total − never imported + spam + deleted + archived + unexplained

Both sides are compared per account and UTC day (or the part of it that a line holds) and then added up,
so that one day's missing ticket never hides behind another day's surplus one.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from sqlalchemy import Connection

from freshdesk_core.store import Store
from freshdesk_core.store.counts import QUARTERS
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import Catalogue, Series, catalogue
from freshdesk_core.volumes.cells import Counts
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.identity import Line, sentence
from freshdesk_core.volumes.proof import Mask, is_proven, needs
from freshdesk_core.volumes.totals import (
    Difference,
    freshdesk_tickets,
    of_all,
    read_differences,
    read_side,
)
from freshdesk_core.volumes.windows import QUARTER, Grid, Window, grid, iso, local_day

EXCLUDED = ("outbound_email", "internal_task", "child_ticket", "tracker_ticket")
FATES = ("spam", "deleted", "archived")
OF_TICKETS = (*FATES, "tickets_seen", *EXCLUDED, "new_ticket_contacts")
FIELDS = (*OF_TICKETS, "replies", "unknown")
SIDES = ("never_imported", "unexplained")
SHOWN = tuple(field.name for field in fields(Line) if field.name != "name")


@dataclass(frozen=True)
class Reconciliation:
    """Contacts against Freshdesk's tickets over a window.

    ``taken_at``: when the oldest of the totals used was taken (epoch); None without any.
    The tickets that only one side has are (integration name, ticket id).
    """

    window: Window
    total: Line
    days: list[Line]
    groups: list[Line]
    sources: list[Line]
    taken_at: int | None
    never_imported_tickets: list[tuple[str, int]]
    unexplained_tickets: list[tuple[str, int]]

    def sentence(self) -> str:
        """The total in words; what is not known is left out, and said to be."""
        return sentence(self.total)

    def as_json(self) -> dict[str, object]:
        """The document of ``reconcile --json``."""
        zone, is_empty = self.window.zone, self.window.is_empty
        return {
            "from": None if is_empty else local_day(self.window.start, zone).isoformat(),
            "to": None if is_empty else local_day(self.window.end, zone).isoformat(),
            "tz": zone,
            "freshdesk": {
                "source": "search/tickets",
                "taken_at": None if self.taken_at is None else iso(self.taken_at, zone),
            },
            "total": self.total.figures(),
            "days": [{"day": line.name, **line.figures()} for line in self.days],
            "groups": [{"group": line.name, **line.figures()} for line in self.groups],
            "sources": [{"source": line.name, **line.figures()} for line in self.sources],
            "never_imported_tickets": _named(self.never_imported_tickets),
            "unexplained_tickets": _named(self.unexplained_tickets),
        }


def reconcile(store: Store, window: Window, filters: Filters = EVERYTHING) -> Reconciliation:
    """Compare the contacts of a window with Freshdesk's own tickets.

    Args:
        store: The store.
        window: Local days. Where they cut UTC days, Freshdesk's side needs the rows of those days.
        filters: By integration, group and source; the others would break the identity and are ignored.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    filters = replace(filters, kinds=(), queue_ids=(), without_unknown=False)
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        reader = _Reader(connection, chosen, window)
    total = reader.lines(_single(window))
    days = reader.lines(grid(window, "1d"))
    groups = reader.lines(_single(window), chosen.group)
    sources = reader.lines(_single(window), chosen.source)
    listed = {
        side: [_holder(chosen, one) for one in reader.differences if one.side == side] for side in SIDES
    }
    return Reconciliation(
        window=window,
        total=total[0] if total else Line("", **dict.fromkeys(SHOWN)),
        days=[
            replace(line, name=local_day(int(start), window.zone).isoformat())
            for line, start in zip(days, grid(window, "1d").labels, strict=True)
        ],
        groups=groups,
        sources=sources,
        taken_at=min((one.taken_at for one in reader.totals.values()), default=None),
        never_imported_tickets=listed["never_imported"],
        unexplained_tickets=listed["unexplained"],
    )


class _Reader:
    """Reads a window's rows once and adds them up into any lines."""

    def __init__(self, connection: Connection, chosen: Catalogue, window: Window) -> None:
        self._chosen = chosen
        self._window = window
        self._lines = chosen.series(connection, "tickets") + chosen.series(connection, "contacts")
        found = cells.read(connection, [line.series_id for line in self._lines], window)
        # Added up once, as finely as any line needs it: that is most of the work.
        self._units = _units(grid(window, "1d"))
        self._sums = cells.add_up(found, range(len(self._lines)), len(self._lines), self._units)
        self._theirs = read_side(connection, chosen, window)
        self.totals = self._theirs.totals
        self.differences = read_differences(connection, chosen, self.totals, window)

    def lines(self, slots: Grid, label: Callable[[Series], str] | None = None) -> list[Line]:
        """One line per interval; or, over a single interval, one per label that has any figure."""
        labels = self._labels(label)
        units = _units(slots)
        if not labels or not len(units):
            return []
        fold = np.searchsorted(units.edges[:-1], slots.edges[:-1])
        ours = self._ours(units, labels, label)
        theirs = freshdesk_tickets(self._chosen, self._theirs, units, label, labels)
        seen = _fields(ours)
        known = of_all(theirs.known)
        never, unexplained = self._differ(units, labels, label, seen, theirs.counts)
        figures = {name: _fold(seen[name].sum(axis=0), fold) for name in FIELDS}
        figures["freshdesk_tickets"] = _fold(theirs.counts.sum(axis=0), fold)
        figures["never_imported"] = _fold(never.sum(axis=0), fold)
        figures["unexplained"] = _fold(unexplained.sum(axis=0), fold)
        figures["offered"] = figures["new_ticket_contacts"] + figures["replies"]
        is_known = np.logical_and.reduceat(known, fold)
        return self._as_lines(slots, labels, figures, is_known)

    def _labels(self, label: Callable[[Series], str] | None) -> tuple[str, ...]:
        if label is None:
            return ("",)
        listed = [one.line for one in self.differences]
        return tuple(sorted({label(line) for line in [*self._lines, *self._theirs.lines, *listed]}))

    def _ours(
        self, units: Grid, labels: tuple[str, ...], label: Callable[[Series], str] | None
    ) -> dict[tuple[str, str], Counts]:
        """What the store holds: per (fate, result) of tickets or (kind, unknown) of contacts, an array
        of account × label × unit."""
        account = {integration_id: n for n, integration_id in enumerate(self._chosen.ids)}
        place = {text: n for n, text in enumerate(labels)}
        parts = list(dict.fromkeys(_part(line) for line in self._lines))
        number = {part: n for n, part in enumerate(parts)}
        shape = (len(parts), len(account), len(labels))
        bucket = [
            (number[_part(line)] * len(account) + account[line.integration_id]) * len(labels)
            + place[label(line) if label else ""]
            for line in self._lines
        ]
        sums = np.zeros((int(np.prod(shape)), len(units)), dtype=np.int64)
        fold = np.searchsorted(self._units.edges[:-1], units.edges[:-1])
        np.add.at(sums, np.array(bucket, dtype=np.int64), _fold(self._sums, fold))
        empty = np.zeros((len(account), len(labels), len(units)), dtype=np.int64)
        return {("", ""): empty, **dict(zip(parts, sums.reshape(*shape, len(units)), strict=True))}

    def _differ(
        self,
        units: Grid,
        labels: tuple[str, ...],
        label: Callable[[Series], str] | None,
        seen: dict[str, Counts],
        theirs: Counts,
    ) -> tuple[Counts, Counts]:
        """Never imported and unexplained, per account, label and unit: those listed, and what the counts
        differ by beyond them (days whose rows were not read, tickets that moved since)."""
        listed = {side: np.zeros_like(theirs) for side in SIDES}
        account = {integration_id: n for n, integration_id in enumerate(self._chosen.ids)}
        place = {text: n for n, text in enumerate(labels)}
        for one in self.differences:
            unit = int(np.searchsorted(units.edges, one.created_at, side="right")) - 1
            where = account[one.line.integration_id], place[label(one.line) if label else ""], unit
            listed[one.side][where] += 1
        alive = seen["tickets_seen"] - seen["spam"] - seen["deleted"] - seen["archived"]
        rest = alive - theirs + listed["never_imported"] - listed["unexplained"]
        return listed["never_imported"] + np.maximum(-rest, 0), listed["unexplained"] + np.maximum(rest, 0)

    def _as_lines(
        self, slots: Grid, labels: tuple[str, ...], figures: dict[str, Counts], known: Mask
    ) -> list[Line]:
        tickets = is_proven(self._chosen, needs(self._chosen, ["Tickets"]), slots)
        replies = is_proven(self._chosen, needs(self._chosen, ["Replies"]), slots)
        shown = {
            **dict.fromkeys(OF_TICKETS, tickets),
            **dict.fromkeys(SIDES, known & tickets),
            "freshdesk_tickets": known,
            "replies": replies,
            "offered": tickets & replies,
            "unknown": tickets & replies,
        }
        lines: list[Line] = []
        for n, text in enumerate(labels):
            for slot in range(len(slots)):
                values = {name: int(figures[name][n, slot]) for name in shown}
                if text and not any(values.values()):
                    continue
                said = {name: value if shown[name][slot] else None for name, value in values.items()}
                lines.append(Line(text, **said))
        return lines


def _part(line: Series) -> tuple[str, str]:
    if line.measure == "tickets":
        return line.fate, line.result
    return line.kind, "unknown" if line.is_unknown else "known"


def _fields(ours: dict[tuple[str, str], Counts]) -> dict[str, Counts]:
    """Add the parts up into the fields of the identity."""
    fields = {name: ours["", ""].copy() for name in FIELDS}
    for (first, second), counts in ours.items():
        if second in ("known", "unknown"):
            if first == "Replies":
                fields["replies"] += counts
            if second == "unknown":
                fields["unknown"] += counts
        elif second and second != "before_start":
            fields["tickets_seen"] += counts
            fields["new_ticket_contacts" if second == "counted" else second] += counts
            if first in FATES:
                fields[first] += counts
    return fields


def _single(window: Window) -> Grid:
    """The window as one interval."""
    return Grid(window, "", np.array([window.start, window.end]), np.array([window.start]))


def _units(slots: Grid) -> Grid:
    """The intervals, cut at UTC midnights: what can be compared with a day's total."""
    edges = slots.edges // QUARTER
    midnights = np.arange(-(-edges[0] // QUARTERS), edges[-1] // QUARTERS + 1) * QUARTERS
    cuts = np.union1d(edges, midnights) * QUARTER
    return Grid(slots.window, "", cuts, cuts[:-1])


def _fold(counts: Counts, fold: Counts) -> Counts:
    """Add units up into intervals."""
    return np.add.reduceat(counts, fold, axis=-1)


def _named(tickets: list[tuple[str, int]]) -> list[dict[str, object]]:
    return [{"integration": name, "ticket_id": ticket_id} for name, ticket_id in tickets]


def _holder(chosen: Catalogue, one: Difference) -> tuple[str, int]:
    return chosen.account(one.line.integration_id).name, one.ticket_id
