"""The log of imports: one row per run, kept up to date within each step."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, insert, select, update

from freshdesk_core.errors import CoreError
from freshdesk_core.store.schema import imports, integrations

# Built once, not with every step of an import.
_RUN = update(imports).where(imports.c.import_id == bindparam("run"))
_REVISION = (
    update(integrations)
    .where(integrations.c.integration_id == bindparam("integration"))
    .values(revision=integrations.c.revision + 1)
)


@dataclass(slots=True)
class Run:
    """One import while it runs. ``*_expected`` are estimates; None while unknown."""

    import_id: int
    integration_id: int
    phase: str = "tickets"
    tickets_read: int = 0
    tickets_expected: int | None = None
    threads_read: int = 0
    threads_expected: int | None = None
    days_read: int = 0
    days_expected: int | None = None
    gaps_settled: int = 0
    gaps_expected: int | None = None
    calls_expected: int | None = None  # of a whole first import, audit and totals among them
    seconds_expected: int | None = None
    new_contacts: int = 0
    calls: int = 0
    credits: int = 0
    waits_for: CoreError | None = None  # an account that does not answer, or its limit of calls
    window: tuple[int | None, int] | None = None  # of changes that were listed; see ``history.Past``
    waited_seconds: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    withheld: list[int] = field(default_factory=list)  # living tickets whose threads could not be read

    def add(self, new_contacts: int, new: int, changed: int, excluded: Mapping[str, int]) -> None:
        """Count what a step brought: contacts, rows new and changed, new rows excluded by reason."""
        self.new_contacts += new_contacts
        self.rows_new += new
        self.rows_changed += changed
        self.excluded.update(excluded)


def begin(connection: Connection, integration_id: int, *, purpose: str, is_first: bool) -> Run:
    """Open the row of a new run ("import", "audit" or "totals").

    One that never said how it ended was interrupted.
    """
    now = int(time.time())
    phase = "tickets" if purpose == "import" else purpose
    connection.execute(
        update(imports)
        .where(imports.c.integration_id == integration_id, imports.c.outcome.is_(None))
        .values(
            outcome="interrupted",
            phase="ended",
            ended_at=imports.c.progressed_at,
            error_code=None,  # it waits for nothing any more
            error_figures=None,
        )
    )
    import_id = connection.execute(
        insert(imports)
        .values(
            integration_id=integration_id,
            purpose=purpose,
            is_first=is_first,
            phase=phase,
            started_at=now,
            progressed_at=now,
        )
        .returning(imports.c.import_id)
    ).scalar_one()
    return Run(import_id, integration_id, phase)


def progress(connection: Connection, run: Run) -> None:
    """Write down how far a run is, and tell every page that the figures are new."""
    _save(
        connection,
        run,
        phase=run.phase,
        tickets_read=run.tickets_read,
        tickets_expected=run.tickets_expected,
        threads_read=run.threads_read,
        threads_expected=run.threads_expected,
        days_read=run.days_read,
        days_expected=run.days_expected,
        gaps_settled=run.gaps_settled,
        gaps_expected=run.gaps_expected,
        calls_expected=run.calls_expected,
        seconds_expected=run.seconds_expected,
        new_contacts=run.new_contacts,
        **_accounts(run),
    )
    raise_revision(connection, run.integration_id)


def end(connection: Connection, run: Run, outcome: str, error: CoreError | None = None) -> None:
    """Close the row of a run."""
    now = int(time.time())
    _save(
        connection,
        run,
        phase="ended",
        outcome=outcome,
        ended_at=now,
        **_accounts(run),
        error_code=error.error_code if error else None,
        error_figures=json.dumps(error.figures, default=str) if error else None,
    )
    raise_revision(connection, run.integration_id)


def wait(connection: Connection, run: Run, reason: CoreError | None) -> None:
    """Write down what an open run waits for; None: it goes on."""
    _save(
        connection,
        run,
        error_code=reason.error_code if reason else None,
        error_figures=json.dumps(reason.figures) if reason else None,
    )
    raise_revision(connection, run.integration_id)


def touch(connection: Connection, run: Run) -> None:
    """Write down that an open run lives, though it saved nothing."""
    _save(connection, run)


def newest_complete(connection: Connection, integration_id: int) -> int:
    """The id of an integration's newest run that was complete; 0 where there is none."""
    newest = select(func.max(imports.c.import_id)).where(
        imports.c.integration_id == integration_id, imports.c.outcome == "complete"
    )
    return connection.execute(newest).scalar() or 0


def raise_revision(connection: Connection, integration_id: int) -> None:
    """Make the pages read again."""
    connection.execute(_REVISION, {"integration": integration_id})


def _accounts(run: Run) -> dict[str, object]:
    """What a run did so far."""
    window_from, window_to = run.window or (None, None)
    return {
        "calls": run.calls,
        "credits": run.credits,
        "waited_seconds": run.waited_seconds,
        "window_from": window_from,
        "window_to": window_to,
        "rows_new": run.rows_new,
        "rows_changed": run.rows_changed,
        "excluded": json.dumps(run.excluded, sort_keys=True),
    }


def _save(connection: Connection, run: Run, **values: object) -> None:
    connection.execute(_RUN, {"run": run.import_id, "progressed_at": int(time.time()), **values})
