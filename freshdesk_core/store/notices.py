"""What an import noticed that makes it no failure: a clock that differs, answers of another shape.

Kept with the run, in its figures: those of the newest complete import hold.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, select, update

from freshdesk_core.store.schema import imports


@dataclass(frozen=True)
class Notices:
    """``skew_seconds``: how far Freshdesk's clock is ahead of this machine's. Fields as ``record.field``.

    ``withheld``: tickets whose threads Freshdesk did not give, though they are there.
    """

    skew_seconds: int = 0
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    withheld: tuple[int, ...] = ()

    def and_kept(self, before: "Notices", looked_at: Iterable[str]) -> "Notices":
        """These, and what was noticed before of records of which none came since."""
        seen = tuple(f"{record}." for record in looked_at)

        def kept(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(sorted({*new, *(name for name in old if not name.startswith(seen))}))

        return Notices(
            self.skew_seconds, kept(before.unknown, self.unknown), kept(before.missing, self.missing)
        )


def keep(connection: Connection, import_id: int, notices: Notices) -> None:
    """Write down what a complete import noticed."""
    if notices != Notices():
        connection.execute(
            update(imports)
            .where(imports.c.import_id == import_id)
            .values(error_figures=json.dumps({"notices": asdict(notices)}))
        )


def add_withheld(connection: Connection, import_id: int, ticket_ids: Iterable[int]) -> None:
    """Write down which threads a complete import had to leave unread."""
    figures = connection.execute(
        select(imports.c.error_figures).where(imports.c.import_id == import_id)
    ).scalar_one()
    keep(connection, import_id, replace(_told(figures), withheld=tuple(sorted(ticket_ids))))


def newest(connection: Connection, integration_id: int) -> Notices:
    """What the newest complete import of an integration noticed."""
    figures = connection.execute(
        select(imports.c.error_figures)
        .where(
            imports.c.integration_id == integration_id,
            imports.c.purpose == "import",
            imports.c.outcome == "complete",
        )
        .order_by(imports.c.import_id.desc())
        .limit(1)
    ).scalar()
    return _told(figures)


def _told(figures: str | None) -> Notices:
    told = json.loads(figures).get("notices", {}) if figures else {}
    return Notices(
        told.get("skew_seconds", 0),
        tuple(told.get("unknown", ())),
        tuple(told.get("missing", ())),
        tuple(told.get("withheld", ())),
    )
