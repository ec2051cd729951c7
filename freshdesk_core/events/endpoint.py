"""``POST /events``: takes events, keeps them, and only then says so.

The order of the work is that of its cost: method, length, key, limit, type, body, JSON, what it says,
the disk.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from freshdesk_core.errors import BadEvent, ConfigError, StoreError
from freshdesk_core.events import http
from freshdesk_core.events.intake import RETRY_SECONDS, Intake, Item
from freshdesk_core.events.parsing import event_of, json_of
from freshdesk_core.events.rates import Rate, sender
from freshdesk_core.events.ring import KeyRing, LiveKey, address_class
from freshdesk_core.events.shape import shape_of
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store

ACCEPTED = {"status": "accepted"}
OWN_HEADER = b"x-inflow-key"  # for senders that cannot set Authorization

logger = logging.getLogger(__name__)


@dataclass
class Service:
    """What the endpoint works with, once the store is open."""

    store: Store
    settings: Settings
    ring: KeyRing
    intake: Intake
    events: Rate
    wrong_keys: Rate

    @classmethod
    def open(cls, settings: Settings, *, timer: Callable[[], float] = time.monotonic) -> "Service":
        """Open the store of these settings and start the thread that writes."""
        store = Store.open(settings)
        return cls(
            store=store,
            settings=settings,
            ring=KeyRing(store),
            intake=Intake(store),
            events=Rate(settings.events_per_minute, timer=timer),
            wrong_keys=Rate(settings.wrong_keys_per_minute, timer=timer),
        )

    def close(self) -> None:
        """Store what is waiting, and let go of the store."""
        self.intake.close()
        self.store.close()


class Opening:
    """Opens the service with the first request, and again later where that failed. For one event loop."""

    def __init__(self, settings: Callable[[], Settings] = Settings.from_environment) -> None:
        self._settings = settings
        self._service: Service | None = None
        self._lock = asyncio.Lock()

    async def service(self) -> Service:
        """The service.

        Raises:
            StoreError: The store cannot be opened.
            ConfigError: A setting is wrong.
        """
        if self._service is None:
            async with self._lock:
                if self._service is None:
                    self._service = await asyncio.to_thread(lambda: Service.open(self._settings()))
        return self._service

    async def close(self) -> None:
        """Close what was opened."""
        async with self._lock:
            if self._service is not None:
                await asyncio.to_thread(self._service.close)
                self._service = None


class Events:
    """The endpoint, as an ASGI application; all methods are for it to answer."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """Answer one request."""
        request = _Request(scope, receive)
        try:
            await self._take(request)
        except BadEvent as error:
            await http.refuse(send, error, is_read=request.is_read)
        except http.Gone:
            return
        except (StoreError, ConfigError) as error:
            logger.warning("An event was not kept: %s", error)
            unkept = BadEvent("event-not-kept", seconds=RETRY_SECONDS)
            await http.refuse(send, unkept, is_read=request.is_read)
        else:
            await http.answer(send, 202, ACCEPTED)

    async def _take(self, request: "_Request") -> None:
        if request.method != "POST":
            raise BadEvent("event-method")
        await request.check_length()
        service = await self._opening.service()
        key = await _authorized(service, request)
        if seconds := service.events.take(key.key_id):
            service.intake.note_refused(key.key_id)
            raise BadEvent("event-too-many", seconds=seconds)
        request.check_type()
        value = json_of(await request.body())
        item = Item(key.integration_id, None)
        problem = None
        try:
            item.event = event_of(value)
        except BadEvent as error:
            problem = error
            item.reason, item.shape = error.error_code, shape_of(value)
        await service.intake.keep(item, asyncio.get_running_loop())
        if problem is not None:
            raise problem


async def _authorized(service: Service, request: "_Request") -> LiveKey:
    """The key of a request. A good key is good wherever it comes from."""
    text = request.key()
    key = await service.ring.find(text)
    if key is not None:
        service.intake.note_use(key.key_id, address_class(request.host))
        return key
    if seconds := service.wrong_keys.take(sender(request.host)):
        service.intake.note_refusal("events-wrong-keys")
        raise BadEvent("events-wrong-keys", seconds=seconds)
    service.intake.note_refusal("event-key-unknown")
    raise BadEvent("event-key-unknown")


class _Request:
    def __init__(self, scope: http.Scope, receive: http.Receive) -> None:
        self.method: str = scope["method"]
        self.host: str | None = scope["client"][0] if scope.get("client") else None
        self._head = http.headers(scope)
        self._receive = receive
        self._length = http.told_length(self._head)
        # A short body that nobody reads does no harm to the next request of its connection.
        is_chunked = b"transfer-encoding" in self._head
        self.is_read = not is_chunked and (self._length or 0) <= http.LARGEST_BODY

    async def check_length(self) -> None:
        """Refuse a body that says itself that it is too large."""
        if self._length is not None and self._length > http.LARGEST_BODY:
            if self._length <= http.MOST_READ:
                await http.body_of(self._receive, http.MOST_READ)  # or the answer might never be seen
            raise BadEvent("event-too-large")

    def check_type(self) -> None:
        """Refuse what is not plain JSON."""
        kind, *parameters = self._head.get(b"content-type", b"").decode("latin-1").lower().split(";")
        charsets = [one.strip() for one in parameters if one.strip().startswith("charset=")]
        is_utf8 = all(one.removeprefix("charset=").strip('"') in ("utf-8", "utf8") for one in charsets)
        encoding = self._head.get(b"content-encoding", b"identity").strip().lower()
        if kind.strip() != "application/json" or not is_utf8 or encoding not in (b"identity", b""):
            raise BadEvent("event-type")

    def key(self) -> str:
        """The key that was sent; "" where there is none."""
        kind, _blank, text = self._head.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
        if kind.lower() == "bearer":
            return text.strip()
        return self._head.get(OWN_HEADER, b"").decode("latin-1").strip()

    async def body(self) -> bytes:
        """Read the body."""
        self.is_read = False
        body = await http.body_of(self._receive)
        self.is_read = True
        return body
