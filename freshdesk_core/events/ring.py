"""Checks the keys of events against a copy of the live ones, which is renewed twice a second."""

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from freshdesk_core.events import key_text
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import event_keys
from freshdesk_core.store.schema import integrations

FRESH_SECONDS = 0.5  # so long a key that has ended is still good

_NOBODYS = key_text.digest("")


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that events may be sent with."""

    key_id: int
    integration_id: int
    digest: str
    expires_at: int | None


class KeyRing:
    """The live keys of a store. For one event loop.

    A key that is not in the copy is looked for in the store itself, so that one made a moment ago works.
    Requests that want a new copy at the same time share one.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._timer = timer
        self._keys: dict[str, list[LiveKey]] = {}
        self._taken = float("-inf")  # when the copy was begun
        self._lock = asyncio.Lock()

    async def find(self, text: str) -> LiveKey | None:
        """The live key that a text is; None for any other text, whatever is wrong with it.

        Raises:
            StoreError: The keys cannot be read.
        """
        asked = self._timer()
        await self._renew(asked - FRESH_SECONDS)
        found = self._look_up(text)
        if found is None and key_text.is_well_formed(text):
            await self._renew(asked)
            found = self._look_up(text)
        return found

    def _look_up(self, text: str) -> LiveKey | None:
        digest = key_text.digest(text)
        found = None
        for key in self._keys.get(key_text.prefix(text), ()):
            if hmac.compare_digest(key.digest, digest):
                found = key
        # The same work where nothing has this prefix.
        hmac.compare_digest(_NOBODYS, digest)
        if found is not None and found.expires_at is not None and self._clock() >= found.expires_at:
            return None
        return found

    async def _renew(self, since: float) -> None:
        """Have a copy that was begun no earlier than *since*."""
        if self._taken >= since:
            return
        async with self._lock:
            if self._taken < since:
                began = self._timer()
                self._keys = await asyncio.to_thread(self._load)
                self._taken = began

    def _load(self) -> dict[str, list[LiveKey]]:
        query = (
            select(event_keys.c.prefix, *[event_keys.c[name] for name in LiveKey.__dataclass_fields__])
            .join(integrations, integrations.c.integration_id == event_keys.c.integration_id)
            .where(event_keys.c.revoked_at.is_(None), integrations.c.removed_at.is_(None))
        )
        found: dict[str, list[LiveKey]] = {}
        with self._store.read() as connection:
            for prefix, *values in connection.execute(query):
                found.setdefault(prefix, []).append(LiveKey(*values))
        return found


def address_class(host: str | None) -> str:
    """Where a sender is: "loopback", "private" or "public"; the address itself is not kept."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "loopback"  # a socket on this machine has no address
    if address.is_loopback:
        return "loopback"
    return "private" if address.is_private else "public"
