"""One call on its way through the switches."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from freshdesk_core.sandbox.answers import Answer
from freshdesk_core.sandbox.limits import Plan

Head = list[tuple[bytes, bytes]]
NOTHING = Answer(200)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Rate(NamedTuple):
    """Edits at the desk, per hour of the sandbox's time."""

    edits: int = 0
    new: int = 0


@dataclass(slots=True)
class Setting:
    """How the desk stands for this call; a switch may set it otherwise.

    ``plan``, ``calls``, ``lists`` (per minute), ``last_page``, ``rate``: None leaves them as they are without
    switches. ``edits``: how many happen now. ``bulk``: so many tickets are changed now, in one second.
    ``lag``: seconds that lists are behind. ``skew``: seconds that the Date header is ahead; None: there is no
    such header. ``pace``: seconds of the sandbox's time that this call takes.
    """

    plan: Plan | None = None
    calls: int | None = None
    lists: int | None = None
    last_page: int | None = None
    rate: Rate | None = None
    ticket_scope: int | None = None
    role_id: int | None = None
    edits: int = 0
    bulk: int = 0
    lag: int = 0
    skew: int | None = 0
    pace: float = 0.0


@dataclass(slots=True)
class Call:
    """One call; switches read it and change it.

    Attributes:
        now: The sandbox's second.
        query: May be rewritten before the answer is made, as may ``path`` and ``headers``.
        last_query: What was asked before, of the same list.
        answer: What is sent; the honest one until a switch replaces or changes it.
        is_foreign: The answer comes from something in front of Freshdesk (a gateway, a login page): without
            Freshdesk's headers.
        afterwards: What a switch wants done to the answer, once that is there.
        manner: How it is sent, if not as usual.
        random: The dice of the switch at work, thrown alike in each run.
        turn: How often the switch at work has been used before this call.
        seconds_left: Of the time for which the switch at work stays on, where it has one.
    """

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    now: int
    last_query: bytes | None = None
    setting: Setting = field(default_factory=Setting)
    answer: Answer = NOTHING
    is_foreign: bool = False
    is_replaced: bool = False
    afterwards: "list[Effect]" = field(default_factory=list)
    manner: "Manner | None" = None
    random: Random = field(default_factory=Random)
    turn: int = 0
    seconds_left: float | None = None

    def replace(self, answer: Answer, *, is_foreign: bool = False) -> None:
        """Give another answer, unless a switch has done so before."""
        if not self.is_replaced:
            self.answer, self.is_foreign, self.is_replaced = answer, is_foreign, True

    @property
    def has_rows(self) -> bool:
        """Whether the answer still is a page or a record of Freshdesk's."""
        return self.answer.status == 200 and not self.is_replaced and self.answer.body[:1] in (b"[", b"{")


@dataclass(slots=True)
class Wire:
    """A connection with an answer that waits to be sent over it."""

    transport: asyncio.Transport
    receive: Receive
    send: Send
    status: int
    head: Head
    body: bytes

    async def deliver(self) -> None:
        """Send the answer as usual."""
        await self.send({"type": "http.response.start", "status": self.status, "headers": self.head})
        await self.send({"type": "http.response.body", "body": self.body})


Effect = Callable[[Call], None]
Manner = Callable[[Wire], Awaitable[None]]
