"""From a saved integration, or a form's fields, to a client of its account; and the check before saving."""

import threading
from collections.abc import Callable

from sqlalchemy import Connection

from freshdesk_core.api import Freshdesk
from freshdesk_core.importing import checking
from freshdesk_core.importing.budget import limiter_of
from freshdesk_core.importing.findings import Check
from freshdesk_core.importing.stopping import patience
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, secrets
from freshdesk_core.store.integrations import Integration


def client_of(
    settings: Settings,
    integration: Integration,
    *stops: threading.Event,
    store: Store,
    sleep: Callable[[float], None] | None = None,
    tries: int = 5,
) -> Freshdesk:
    """The client of an integration's account; its waits end when one of *stops* is set, or as *sleep* says.

    With a *sleep*, somebody waits for the answer, and no outage is waited out.

    The account's budget of calls is shared with every other process on the store.

    Raises:
        ConfigError: The stored key cannot be opened, or the domain is a loopback address and these are
            not allowed.
    """
    return Freshdesk(
        integration.domain,
        secrets.unseal(settings, integration.key_sealed),
        limiter=limiter_of(store, integration.domain),
        sleep=sleep or patience(*stops),
        tries=tries,
        waits_out_outages=sleep is None,
        allow_loopback=settings.allow_loopback or integration.is_sample,
    )


def check(freshdesk: Freshdesk) -> Check:
    """Find out what a key can see now, in short.

    Raises:
        ApiError: The account cannot be read at all: host, key, network.
    """
    found = checking.check(freshdesk, is_brief=True)
    if found.error is not None:
        raise found.error
    return found


def keep(connection: Connection, integration: Integration, found: Check) -> None:
    """Keep what a check found out about an integration's key and account; also its time zone, once known."""
    integrations.note_check(
        connection,
        integration.integration_id,
        found.shortcomings,
        found.figures,
        time_zone=found.known_zone,
        account_id=found.account_id,
    )
