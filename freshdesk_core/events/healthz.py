"""``GET /healthz``: for monitors outside. 200 while everything is proven, else 503; ages, and no data."""

import asyncio
import logging
import time
from collections.abc import Callable

from freshdesk_core import health
from freshdesk_core.errors import CoreError
from freshdesk_core.events import http
from freshdesk_core.events.endpoint import Opening, Service

KEPT_SECONDS = 2.0  # anyone may ask, as often as they like

logger = logging.getLogger(__name__)


class Healthz:
    """The answer, as an ASGI application."""

    def __init__(
        self,
        opening: Opening,
        *,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opening = opening
        self._clock = clock
        self._timer = timer
        self._lock = asyncio.Lock()
        self._kept: tuple[int, dict[str, object]] = (503, {})
        self._until = float("-inf")

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """Answer one request."""
        if scope["method"] not in ("GET", "HEAD"):
            told = {"code": "method", "message": "Only GET is answered here.", "next_step": "Use GET."}
            await http.answer(send, 405, told, {"allow": "GET, HEAD"})
            return
        async with self._lock:
            if self._timer() >= self._until:
                self._kept = await self._ask()
                self._until = self._timer() + KEPT_SECONDS
        await http.answer(send, *self._kept)

    async def _ask(self) -> tuple[int, dict[str, object]]:
        try:
            service = await self._opening.service()
            return await asyncio.to_thread(self._answer, service)
        except CoreError as error:
            logger.warning("Health is not known: %s", error)
            return 503, {"status": "unknown", "integrations": []}

    def _answer(self, service: Service) -> tuple[int, dict[str, object]]:
        now = int(self._clock())
        states = health.status(service.store, now, service.settings)
        is_green = health.all_green(states)
        told: dict[str, object] = {
            "status": "ok" if is_green else "attention",
            "integrations": [
                {"state": one.state, "broken_link": one.broken_link, "ages_seconds": _ages(one, now)}
                for one in states
            ],
        }
        return (200 if is_green else 503), told


def _ages(status: health.Status, now: int) -> dict[str, int | None]:
    times = {
        "newest_contact": status.newest_contact_at,
        "last_event": status.last_event_at,
        "last_poll": status.last_poll_at,
        "last_audit": status.last_audit_at,
    }
    return {name: None if at is None else max(0, now - at) for name, at in times.items()}
