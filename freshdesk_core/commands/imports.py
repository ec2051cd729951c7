"""``import``: bring the store up to date, initial or continuous, resuming by itself."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from freshdesk_core.commands.stopping import told_by_signals
from freshdesk_core.errors import Busy, ConfigError, CoreError, Paused, RateLimited, StoreError
from freshdesk_core.importing.accounting import Accounts, accounts
from freshdesk_core.importing.estimate import Estimate
from freshdesk_core.importing.findings import duration
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.progress import about
from freshdesk_core.importing.session import Session, bring_up_to_date
from freshdesk_core.messages import parts, sentence
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, leases
from freshdesk_core.store.integrations import Integration
from freshdesk_core.text import gettext as _

SAY_EVERY_SECONDS = 2.0
WORTH_SECONDS = 60  # a first import that takes less is over before anybody has read what it will cost

Result = dict[str, Any]  # one element of the JSON document that scripts depend on


def interrupted() -> str:
    """What is said when somebody stops an import."""
    return _("Interrupted. Run the import again: it goes on from where it stopped.")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser("import", help="bring the store up to date")
    parser.add_argument("names", nargs="*", metavar="NAME", help="integrations (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import; 0 only when every integration is complete."""
    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.read() as connection:
        if args.names:
            named = [integrations.named(connection, name) for name in args.names]
            chosen = list(dict.fromkeys(named))
        else:
            chosen = [one for one in integrations.real_ones(connection) if one.removed_at is None]
    if not chosen:
        raise ConfigError("no-integration")
    for integration in chosen:
        if integration.removed_at is not None:
            raise ConfigError("integration-removed", name=integration.name)
    stop = threading.Event()
    with told_by_signals(stop, lambda: _leave(store)):
        results = [_import(store, settings, integration, stop) for integration in chosen if not stop.is_set()]
    if args.json:
        print(json.dumps({"integrations": results}, ensure_ascii=False))
    else:
        for result in results:
            print(_summary(result))
    is_complete = all(result["outcome"] == "complete" for result in results)
    return 0 if is_complete and len(results) == len(chosen) else 1


def _leave(store: Store) -> None:
    """Freshdesk does not answer, and somebody waits for us to end."""
    print(interrupted(), file=sys.stderr, flush=True)
    leases.abandon(store)


def _import(store: Store, settings: Settings, integration: Integration, stop: threading.Event) -> Result:
    began = time.monotonic()
    try:
        if integration.paused_at is not None:
            raise integrations.paused(integration)
        session = bring_up_to_date(
            store, settings, integration, stop=stop, on_progress=teller(integration.name)
        )
    except (Busy, ConfigError, StoreError) as error:
        print(error, file=sys.stderr)
        with store.read() as connection:
            closed = accounts(connection, integration.integration_id)
        outcome = "busy" if isinstance(error, Busy) else "failed"
        if isinstance(error, Paused) or error.error_code == "integration-paused":
            outcome = "interrupted"
        seconds = time.monotonic() - began
        return _result(integration, outcome, closed, seconds=seconds, error=error)
    return _told(session, stop)


def _told(session: Session, stop: threading.Event) -> Result:
    outcome = session.outcome
    if outcome.outcome == "interrupted" and not isinstance(outcome.error, Busy):
        stop.set()
        print(interrupted(), file=sys.stderr)
    for error in (outcome.error, session.proof_error):
        if error is not None:
            print(error, file=sys.stderr)
    return _result(
        outcome.integration,
        outcome.outcome,
        outcome.accounts,
        new_contacts=outcome.new_contacts,
        calls=outcome.calls,
        credits_=outcome.credits,
        waited=outcome.waited_seconds,
        expected=outcome.expected,
        seconds=outcome.seconds,
        error=outcome.error,
    )


def _result(
    integration: Integration,
    outcome: str,
    closed: Accounts,
    *,
    new_contacts: int = 0,
    calls: int = 0,
    credits_: int = 0,
    waited: float = 0,
    seconds: float = 0,
    expected: Estimate | None = None,
    error: CoreError | None = None,
) -> Result:
    return {
        "name": integration.name,
        "outcome": outcome,
        "fetched": {"tickets": closed.tickets, "conversations": closed.conversations},
        "counted": {"tickets": closed.counted_tickets, "replies": closed.counted_replies},
        "excluded": closed.excluded,
        "threads": {"read": closed.threads_read, "not_needed": closed.threads_not_needed},
        "new_contacts": new_contacts,
        "calls": calls,
        "credits": credits_,
        "waited_seconds": round(waited, 2),
        "estimate": expected and {"calls": expected.calls, "minutes": round(expected.minutes, 1)},
        "seconds": round(seconds, 2),
        "error": None if error is None else _error(error),
    }


def _error(error: CoreError) -> dict[str, str]:
    return {"code": error.error_code, "message": sentence(error), "next_step": parts(error).next_step}


def teller(name: str) -> Callable[[Run], None]:
    """Say on stderr how far the import is, every other second."""
    told = time.monotonic()
    is_estimated, said = False, None

    def tell(run: Run) -> None:
        nonlocal told, is_estimated, said
        if (run.seconds_expected or 0) >= WORTH_SECONDS and not is_estimated:
            is_estimated = True
            with suppress(OSError):
                print(_estimate(name, run), file=sys.stderr)
        if time.monotonic() - told < SAY_EVERY_SECONDS and run.waits_for is said:
            return
        told, said = time.monotonic(), run.waits_for
        if isinstance(run.waits_for, RateLimited):
            text = _("{name}: waits for Freshdesk's limit of calls until about {until}").format(
                name=name, until=run.waits_for.figures["until"]
            )
        elif run.waits_for is not None:
            text = _("{name}: Freshdesk does not answer; tried again for some minutes").format(name=name)
        elif run.phase == "tickets":
            about = _(" of about {n}").format(n=run.tickets_expected) if run.tickets_expected else ""
            text = _("{name}: {n} tickets{about}").format(name=name, n=run.tickets_read, about=about)
        elif run.phase == "audit":
            text = _("{name}: {n} of {all} ids without a ticket looked up").format(
                name=name, n=run.gaps_settled, all=run.gaps_expected
            )
        else:
            text = _("{name}: conversations of {n} of {all} tickets").format(
                name=name, n=run.threads_read, all=run.threads_expected
            )
        with suppress(OSError):  # nobody reads any more: the terminal was closed, say
            print(text, file=sys.stderr)

    return tell


def _estimate(name: str, run: Run) -> str:
    text = _("{name}: the first import takes about {calls} calls, about {time} at this plan")
    calls = f"{about(run.calls_expected or 0):,}"
    return text.format(name=name, calls=calls, time=duration(run.seconds_expected or 0))


def _summary(result: Result) -> str:
    return _(
        "{name}: {outcome}. {tickets} tickets and {conversations} conversations in the store = "
        "{contacts} offered contacts ({new} new) + {excluded} excluded{reasons}; conversations of {read} "
        "tickets read, of {skipped} not needed; {calls} calls ({credits} credits), {seconds} s, of these "
        "{waited} s waiting."
    ).format(
        name=result["name"],
        outcome=result["outcome"],
        tickets=result["fetched"]["tickets"],
        conversations=result["fetched"]["conversations"],
        contacts=sum(result["counted"].values()),
        new=result["new_contacts"],
        excluded=sum(result["excluded"].values()),
        reasons=_reasons(result["excluded"]),
        read=result["threads"]["read"],
        skipped=result["threads"]["not_needed"],
        credits=result["credits"],
        waited=result["waited_seconds"],
        calls=result["calls"],
        seconds=result["seconds"],
    )


def _reasons(excluded: dict[str, int]) -> str:
    """Each reason by its code, the most frequent first."""
    ordered = sorted(excluded.items(), key=lambda one: (-one[1], one[0]))
    return f" ({', '.join(f'{reason} {rows}' for reason, rows in ordered)})" if ordered else ""
