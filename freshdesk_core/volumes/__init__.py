"""The read side: one function per question, one frame (or frozen record) out.

Figures come from the summary that imports keep; what is not proven is never 0. Every function takes
the store first and raises ``ConfigError`` where it is asked for something that does not exist.
"""

from freshdesk_core.terms import DIMENSIONS, INTERVALS
from freshdesk_core.volumes.behind import rows_behind
from freshdesk_core.volumes.by_interval import by_interval
from freshdesk_core.volumes.catalogue import check_names, shown_accounts
from freshdesk_core.volumes.changes import Changes, Split, changes
from freshdesk_core.volumes.cohorts import ReplyAges, cohorts, reply_ages
from freshdesk_core.volumes.contacts import contacts, ticket_url
from freshdesk_core.volumes.created import Created, created_figures, explain_created
from freshdesk_core.volumes.example import Example, example_ticket
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.identity import Line
from freshdesk_core.volumes.info import IntegrationInfo, integrations, revision
from freshdesk_core.volumes.known import Known, how_known
from freshdesk_core.volumes.offered import offered
from freshdesk_core.volumes.patterns import (
    Unevenness,
    day_profile,
    periods_compared,
    today_against_usual,
    unevenness,
    unusual_days,
    week_profile,
)
from freshdesk_core.volumes.proof import Proven, account_zone, default_window, proven
from freshdesk_core.volumes.purged import purged_by_month
from freshdesk_core.volumes.queue_totals import UnknownShare, queue_totals, unknown_share
from freshdesk_core.volumes.queues import pairs, queues
from freshdesk_core.volumes.rebuild import differing, rebuild
from freshdesk_core.volumes.reconcile import Reconciliation, reconcile
from freshdesk_core.volumes.summary import Summary, summary
from freshdesk_core.volumes.totals import ticket_totals
from freshdesk_core.volumes.windows import Window

__all__ = [
    "DIMENSIONS",
    "EVERYTHING",
    "INTERVALS",
    "Changes",
    "Created",
    "Example",
    "Filters",
    "IntegrationInfo",
    "Known",
    "Line",
    "Proven",
    "Reconciliation",
    "ReplyAges",
    "Split",
    "Summary",
    "Unevenness",
    "UnknownShare",
    "Window",
    "account_zone",
    "by_interval",
    "changes",
    "check_names",
    "cohorts",
    "contacts",
    "created_figures",
    "day_profile",
    "default_window",
    "differing",
    "example_ticket",
    "explain_created",
    "how_known",
    "integrations",
    "offered",
    "pairs",
    "periods_compared",
    "proven",
    "purged_by_month",
    "queue_totals",
    "queues",
    "rebuild",
    "reconcile",
    "reply_ages",
    "revision",
    "rows_behind",
    "shown_accounts",
    "summary",
    "ticket_totals",
    "ticket_url",
    "today_against_usual",
    "unevenness",
    "unknown_share",
    "unusual_days",
    "week_profile",
]
