"""Inflow's tickets beside the created count of Freshdesk Analytics: the difference, as far as it is known.

Analytics leaves out spam, tickets that were merged into another, and those with neither group nor agent; it
counts archived ones, and cuts days in the account's zone. (Source: Freshdesk's help pages on Analytics.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select

from freshdesk_core import formats
from freshdesk_core.store import Store
from freshdesk_core.store.schema import tickets
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes.catalogue import catalogue
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.purged import purged_by_month
from freshdesk_core.volumes.reconcile import reconcile
from freshdesk_core.volumes.windows import Window


def created_figures(store: Store, window: Window, filters: Filters = EVERYTHING) -> dict[str, int | None]:
    """What is known of the tickets of a window that Analytics might count otherwise.

    Returns:
        The figures of ``Line``, and of the tickets that are neither spam nor deleted: ``without_group``
        (Analytics leaves out those of them that have no agent either; Inflow does not store agents) and
        ``merged`` (hold conversations of another ticket, which Analytics leaves out); ``purged``: gone
        before Inflow saw them.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    whose = replace(filters, kinds=(), queue_ids=(), groups=(), sources=(), without_unknown=False)
    line = reconcile(store, window, whose).total
    t = tickets.c
    with store.read() as connection:
        chosen = catalogue(connection, whose)
        query = select(func.count().filter(t.group_id.is_(None)), func.count().filter(t.is_merged)).where(
            t.integration_id.in_(chosen.ids),
            t.created_at >= window.start,
            t.created_at < window.end,
            t.result != "before_start",
            ~or_(t.spam, t.deleted),
        )
        without_group, merged = connection.execute(query).one()
    purged = int(purged_by_month(store, window, whose)["purged"].sum())
    return {**line.figures(), "without_group": without_group, "merged": merged, "purged": purged}


@dataclass(frozen=True)
class Created:
    """The two counts side by side.

    ``comparable`` = tickets seen − spam − deleted: what Analytics would count if every ticket had a group
    or an agent and none were merged. ``rest`` = ``comparable`` − ``created``. ``reasons``: sentences on the
    rest.
    """

    created: int
    tickets_seen: int
    spam: int
    deleted: int
    comparable: int
    rest: int
    reasons: tuple[str, ...]

    def sentence(self) -> str:
        """The sum in words."""
        told = _("{seen} tickets seen by Inflow").format(seen=formats.whole(self.tickets_seen))
        for count, what in ((self.spam, _("spam")), (self.deleted, _("deleted"))):
            if count:
                told += f" − {formats.whole(count)} {what}"
        told += _(" = {comparable} that Analytics could count; it counts {created}").format(
            comparable=formats.whole(self.comparable), created=formats.whole(self.created)
        )
        if not self.rest:
            return told + _(": the two agree.")
        side = _(": {count} fewer.") if self.rest > 0 else _(": {count} more.")
        return told + side.format(count=formats.whole(abs(self.rest)))


def explain_created(figures: Mapping[str, int | None], created: int) -> Created:
    """Explain a created count of Analytics.

    Args:
        figures: ``created_figures`` of the same days in the account's zone; their tickets are proven.
        created: The count that Analytics shows.
    """
    known = {name: value or 0 for name, value in figures.items()}
    comparable = known["tickets_seen"] - known["spam"] - known["deleted"]
    rest = comparable - created
    reasons = _fewer(rest, known) if rest > 0 else _more(-rest, known) if rest < 0 else []
    return Created(
        created, known["tickets_seen"], known["spam"], known["deleted"], comparable, rest, tuple(reasons)
    )


def _fewer(rest: int, known: Mapping[str, int]) -> list[str]:
    """Why Analytics counts fewer."""
    reasons: list[str] = []
    without, merged = known["without_group"], known["merged"]
    if without:
        reasons.append(
            _(
                "Analytics leaves out tickets with neither group nor agent: up to {count} of the "
                "difference. So many "
                "have no group; Inflow does not store agents."
            ).format(count=formats.whole(min(rest, without)))
        )
    if merged:
        reasons.append(
            ngettext(
                "Analytics leaves out tickets that were merged into another: {count} ticket of these days "
                "took in "
                "the replies of at least one other.",
                "Analytics leaves out tickets that were merged into another: {count} tickets of these "
                "days took in "
                "the replies of at least one other each.",
                merged,
            ).format(count=formats.whole(merged))
        )
    if rest > without + merged:
        reasons.append(
            _(
                "At least {count} are not explained by what Inflow knows: tickets merged without a reply, "
                "or a report "
                "of other days, of another zone or with a filter."
            ).format(count=formats.whole(rest - without - merged))
        )
    return reasons


def _more(rest: int, known: Mapping[str, int]) -> list[str]:
    """Why Analytics counts more."""
    reasons: list[str] = []
    if known["purged"]:
        reasons.append(
            ngettext(
                "{count} ticket of these days was purged in Freshdesk before Inflow saw it; Analytics may "
                "still count it.",
                "{count} tickets of these days were purged in Freshdesk before Inflow saw them; Analytics "
                "may still count them.",
                known["purged"],
            ).format(count=formats.whole(known["purged"]))
        )
    if known["deleted"]:
        reasons.append(
            _("Freshdesk does not say whether Analytics counts deleted tickets; there are {count}.").format(
                count=formats.whole(known["deleted"])
            )
        )
    if rest > known["purged"] + known["deleted"]:
        reasons.append(
            _(
                "At least {count} are not explained by what Inflow knows: look whether the report is of "
                "the same days "
                "and zone. Tickets created in the last hour may still be on their way."
            ).format(count=formats.whole(rest - known["purged"] - known["deleted"]))
        )
    return reasons
