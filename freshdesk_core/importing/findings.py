"""What a check of a key found: each finding a sentence of its own, good, doubtful or bad."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from freshdesk_core import formats
from freshdesk_core.errors import ApiError, CoreError
from freshdesk_core.messages import parts
from freshdesk_core.text import gettext, ngettext
from freshdesk_core.text import mark as _

Level = Literal["ok", "warning", "problem"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "problem")
NOTHING: Mapping[str, object] = MappingProxyType({})

MINUTE, HOUR, DAY = 60, 3_600, 86_400

# What an error or a warning says stands in ``messages``, under the same code.
TEXTS: dict[str, str] = {
    "host-reachable": _("{domain} answers."),
    "key-valid": _("The key is valid."),
    "role-admin": _("The key's user is an Account Administrator."),
    "scope-global": _("The key's user sees all tickets."),
    "plan-pro": _("The plan allows enough calls (Pro or Enterprise, by what the account says)."),
    "limits": _("The account allows {calls} calls a minute; Inflow uses at most 80 % of them."),
    "zone-known": _("The account's time zone is {zone}."),
    "tickets-none": _("There is no ticket yet."),
    "estimate": _("The first import takes about {duration}; figures show up meanwhile, newest first."),
}
COUNTED: dict[str, Callable[[int], str]] = {
    "groups": lambda n: ngettext("{n} group is visible.", "{n} groups are visible.", n),
    "sources": lambda n: ngettext(
        "{n} source of tickets is visible, under the account's own name.",
        "{n} sources of tickets are visible, under the account's own names.",
        n,
    ),
    "tickets": lambda n: ngettext(
        "There is about {n} ticket to import.", "There are about {n} tickets to import.", n
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that the check found. ``figures`` are what its sentence names."""

    code: str
    level: Level
    figures: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    @property
    def text(self) -> str:
        """What was found, what follows from it, and what to do: a sentence or three, translated."""
        if self.code in TEXTS or self.code in COUNTED:
            count = self.figures.get("n")
            counted = COUNTED[self.code](count) if self.code in COUNTED and isinstance(count, int) else None
            figures = {
                name: formats.whole(figure) if isinstance(figure, int) else figure
                for name, figure in self.figures.items()
            }
            return (counted or gettext(TEXTS[self.code])).format_map(figures)
        error_code = self.code
        message = parts(CoreError(error_code, **self.figures))
        return " ".join(part for part in (message.what, message.figures, message.next_step) if part)

    def as_json(self) -> dict[str, str]:
        """The finding as ``--json`` prints it."""
        return {"code": self.code, "level": self.level, "text": self.text}


@dataclass(frozen=True)
class Check:
    """What a key can see.

    Attributes:
        domain: The account's, cleaned.
        findings: In the order in which they were made.
        time_zone: IANA; "UTC" when the account's is not known.
        plan_total: Calls a minute, None when not known; so are ``groups``, ``sources`` (how many there are),
            ``tickets`` (about) and ``estimate_seconds`` (of a first import).
        account_id: Freshdesk's own, None when not known.
        error: Why the account could not be read, if it could not.
    """

    domain: str
    findings: tuple[Finding, ...]
    time_zone: str = "UTC"
    plan_total: int | None = None
    groups: int | None = None
    sources: int | None = None
    tickets: int | None = None
    estimate_seconds: int | None = None
    account_id: int | None = None
    error: ApiError | None = None

    @property
    def level(self) -> Level:
        """The worst of the findings."""
        return max((one.level for one in self.findings), key=LEVELS.index, default="ok")

    @property
    def has_problem(self) -> bool:
        """Whether nothing should be saved."""
        return self.level == "problem"

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """The codes of the warnings: kept with the integration, and heeded by its health."""
        return tuple(one.code for one in self.findings if one.level == "warning")

    @property
    def figures(self) -> dict[str, Mapping[str, object]]:
        """What the texts of the warnings name, by code."""
        return {one.code: one.figures for one in self.findings if one.level == "warning"}

    @property
    def known_zone(self) -> str | None:
        """The account's time zone; None when it is not known."""
        return self.time_zone if any(one.code == "zone-known" for one in self.findings) else None

    def as_json(self) -> dict[str, object]:
        """The check as ``--json`` prints it."""
        return {
            "domain": self.domain,
            "time_zone": self.time_zone,
            "level": self.level,
            "groups": self.groups,
            "sources": self.sources,
            "calls_per_minute": self.plan_total,
            "tickets": self.tickets,
            "estimate_seconds": self.estimate_seconds,
            "shortcomings": list(self.shortcomings),
            "findings": [one.as_json() for one in self.findings],
        }


def duration(seconds: float) -> str:
    """A rough duration in words.

    >>> duration(40), duration(5_000), duration(200_000)
    ('a minute', '83 minutes', '56 hours')
    """
    if seconds < 1.5 * MINUTE:
        return gettext("a minute")
    if seconds < 2 * HOUR:
        return gettext("{n} minutes").format(n=round(seconds / MINUTE))
    if seconds < 3 * DAY:
        return gettext("{n} hours").format(n=round(seconds / HOUR))
    return gettext("{n} days").format(n=round(seconds / DAY))
