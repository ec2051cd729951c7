"""What became of a range that was read again: the difference, in figures and in words."""

from dataclasses import dataclass
from typing import Any

from freshdesk_core import formats
from freshdesk_core.errors import CoreError
from freshdesk_core.importing.measures import measure
from freshdesk_core.text import gettext as _

NO_LONGER_THERE = "no_longer_there"


@dataclass(frozen=True)
class Reimported:
    """A range that was read again.

    Attributes:
        outcome: "complete", "interrupted" (run it again: it goes on) or "failed".
        before, after: What was and is stored of the range: rows, contacts, rows excluded by reason.
        changes: How many rows are new, have another result or another queue, left the range because their
            time was wrong, or are kept though Freshdesk no longer has them.
        calls, seconds: What this run took.
        error: Why it failed.
    """

    outcome: str
    before: dict[str, int]
    after: dict[str, int]
    changes: dict[str, int]
    calls: int
    seconds: float
    error: CoreError | None = None

    @property
    def text(self) -> str:
        """What changed, in lines."""
        lines = []
        for name in sorted(self.before.keys() | self.after.keys()):
            was, now = self.before.get(name, 0), self.after.get(name, 0)
            title = measure(name)
            step = f"{was} → {now} ({formats.signed(now - was, 0)})"
            lines.append(f"{title}: {step if now != was else now}")
        changed = ", ".join(f"{measure(name)} {count}" for name, count in self.changes.items() if count)
        lines.append(_("Changed: {changes}.").format(changes=changed or _("nothing")))
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The difference as ``--json`` prints it."""
        return {
            "outcome": self.outcome,
            "before": self.before,
            "after": self.after,
            "changes": self.changes,
            "calls": self.calls,
            "seconds": round(self.seconds, 2),
        }
