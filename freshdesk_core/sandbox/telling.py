"""Tells a receiver what happens at the desk, as the app for Freshdesk does: same JSON, same limits."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import requests

from freshdesk_core.sandbox.account import Event
from freshdesk_core.sandbox.server import Sandbox

MODEL_ID_BASE = 43_055_500_000
PER_MINUTE = 50  # what Freshworks lets an app send
SLOT_SECONDS = 5
HEARTBEAT_SECONDS = 600.0
LOOK_SECONDS = 1.0
ANSWER_SECONDS = 10.0

UPDATES = (
    "associate", "change_source", "mark_spam", "merge", "move", "restore", "trash", "unmark_spam",
)  # fmt: skip
CHANGE_NO_COUNT = ("assign", "bump", "set_status")

logger = logging.getLogger(__name__)


class Teller:
    """Sends what happens at a sandbox's desk from now on, while the ``with`` block runs.

    Args:
        sandbox: Whose desk it is; served, or about to be.
        url: Of the receiver, with its path ``/events``.
        key: An Inflow API key.
        timer: Seconds, for the limits.
        clock: The time of day that a heartbeat tells, in epoch seconds.

    Attributes:
        dropped: Events that were not delivered since the last heartbeat: beyond the limit, or refused.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        url: str,
        key: str,
        *,
        timer: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.dropped = 0
        self._sandbox, self._url, self._key = sandbox, url, key
        self._timer, self._clock = timer, clock
        self._happened: deque[Event] = deque()
        self._sent: deque[float] = deque()
        self._slot = -1
        self._failure: int | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)
        self._session = requests.Session()
        self._session.trust_env = False  # no password from a file of the user's goes along
        sandbox.truth().watchers.append(self._happened.extend)

    def look(self) -> None:
        """Tell what has happened since the last look."""
        self._sandbox.truth()
        while self._happened and not self._stopped.is_set():
            event = self._happened.popleft()
            if not _changes_no_count(event) or self._is_first_of_slot():
                for told in events_of(event):
                    self._forward(told)

    def beat(self) -> None:
        """Send a heartbeat, with the number of dropped events."""
        dropped, self.dropped = self.dropped, 0
        if not self._send({"event": "heartbeat", "at": _iso(int(self._clock())), "dropped": dropped}):
            self.dropped += dropped

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._session.close()

    def _run(self) -> None:
        beaten = float("-inf")
        while not self._stopped.is_set():
            self.look()
            if self._timer() - beaten >= HEARTBEAT_SECONDS:
                beaten = self._timer()
                self.beat()
            self._stopped.wait(LOOK_SECONDS)

    def _forward(self, told: dict[str, Any]) -> None:
        if not self._send(told):
            self.dropped += 1

    def _send(self, told: dict[str, Any]) -> bool:
        """Send one event; False where that is not allowed any more, or it was not taken."""
        now = self._timer()
        while self._sent and self._sent[0] <= now - 60:
            self._sent.popleft()
        if len(self._sent) >= PER_MINUTE:
            return False
        self._sent.append(now)
        try:
            answer = self._session.post(
                self._url,
                json=told,
                headers={"Authorization": f"Bearer {self._key}"},
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
            status = answer.status_code
        except requests.RequestException:
            status = 0
        if status != 202 and status != self._failure:
            logger.warning(
                "%s does not take events: %s.", self._url, f"HTTP {status}" if status else "no answer"
            )
        self._failure = None if status == 202 else status
        return status == 202

    def _is_first_of_slot(self) -> bool:
        slot, before = int(self._timer() // SLOT_SECONDS), self._slot
        self._slot = slot
        return slot != before


def events_of(event: Event) -> list[dict[str, Any]]:
    """What the app sends of something that happened; nothing for what Freshdesk has no event for."""
    at, ticket_id, act, detail = event.at, event.ticket_id, event.act, event.detail
    if act == "open":
        return [_ticket("onTicketCreate", at, ticket_id)]
    if act == "purge":
        return [{"event": "onTicketDelete", "data": {"ticket": {"model_id": MODEL_ID_BASE + ticket_id}}}]
    if act in UPDATES or act in CHANGE_NO_COUNT:
        also = [detail] if act == "merge" else []
        return [_ticket("onTicketUpdate", at, changed) for changed in (ticket_id, *also)]
    if act == "converse":
        return [_conversation("onConversationCreate", at, detail.id, ticket_id)]
    if act == "edit":
        return [_conversation("onConversationUpdate", at, detail, ticket_id)]
    if act == "remove":
        return [{"event": "onConversationDelete", "data": {"conversation": {"id": detail}}}]
    return []


def _changes_no_count(event: Event) -> bool:
    return event.act in CHANGE_NO_COUNT or (event.act == "converse" and not event.detail.incoming)


def _ticket(name: str, at: int, ticket_id: int) -> dict[str, Any]:
    ticket = {"id": ticket_id, "model_id": MODEL_ID_BASE + ticket_id, "updated_at": _iso(at)}
    return {"event": name, "data": {"ticket": ticket}}


def _conversation(name: str, at: int, row_id: int, ticket_id: int) -> dict[str, Any]:
    conversation = {"id": row_id, "ticket_id": ticket_id, "updated_at": _iso(at)}
    return {"event": name, "data": {"conversation": conversation}}


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
