"""Fault switches: what goes wrong at the sandbox, how often, and when.

>>> faults = Faults("503=html+20%, reset=body@7, 403~tickets/12/conversations")
>>> [switch.name for switch in faults.switches]
['503', 'reset', '403']
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from difflib import get_close_matches

from freshdesk_core.sandbox.seasons import random_for
from freshdesk_core.sandbox.spoiling.call import Call
from freshdesk_core.sandbox.spoiling.kinds import Kind, Stage, seconds
from freshdesk_core.sandbox.spoiling.table import KINDS

_DICE = 100  # purposes of ``random_for`` from here on belong to the switches
_NEXT_SWITCH = re.compile(r",\s*(?=[a-z0-9-]+(?:[=@~,]|\s*$))")
_SWITCH = re.compile(r"(?P<name>[^=@~]+)(?:=(?P<options>[^@~]*))?(?:@(?P<when>[^~]*))?(?:~(?P<paths>.*))?")
_SPAN = r"\d+(?:\.\d+)?(?:ms|s|m|h)"
_CALLS = re.compile(rf"(?P<first>\d+)(?:(?P<dash>-)(?P<last>\d+)?|\+(?P<span>{_SPAN}))?")
_TIMES = re.compile(rf"(?P<since>{_SPAN})-(?P<until>{_SPAN})?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


class UnknownFaultError(ValueError):
    """A switch that is not understood; the text says what would be."""


@dataclass(frozen=True, slots=True)
class When:
    """Which calls a switch hits.

    Attributes:
        share: Of the calls that fit otherwise, from 0 to 1.
        calls: Numbers of calls, from 1, counted over those whose path fits.
        paths: Searched in path and query, as in ``tickets?page=2``, after ``/api/v2/``.
        span: Seconds from the first call that fits.
        since, until: Seconds after the first call of all.
    """

    share: float = 1.0
    calls: Container[int] | None = None
    paths: re.Pattern[str] | None = None
    span: float | None = None
    since: float = 0.0
    until: float = float("inf")


class Switch:
    """A switch that is on; ``dice`` is the seed and the purpose of what it throws.

    Attributes:
        text: As it was written.
        seen: How many calls fitted its paths.
        used: How many calls it has hit.
    """

    def __init__(
        self, kind: Kind, text: str, options: tuple[str, ...], when: When, dice: tuple[int, int]
    ) -> None:
        self.name, self.stage, self.text = kind.name, kind.stage, text
        self.seen = self.used = 0
        self._effect, self._when, self._dice = kind.make(options), when, dice
        self._began: float | None = None
        self._span_began: float | None = None

    def act(self, call: Call, now: float) -> bool:
        """Change the call, if it is one of those that this switch hits."""
        when = self._when
        if when.paths and not when.paths.search(f"{call.path}?{call.query.decode('latin-1')}"):
            return False
        self.seen += 1
        self._began = now if self._began is None else self._began
        if when.calls is not None and self.seen not in when.calls:
            return False
        self._span_began = now if self._span_began is None else self._span_began
        left = self._left(now)
        dice = random_for(*self._dice, self.seen)
        if (left is not None and left <= 0) or dice.random() >= when.share:
            return False
        call.random, call.turn, call.seconds_left = dice, self.used, left
        self.used += 1
        self._effect(call)
        return True

    def _left(self, now: float) -> float | None:
        """Seconds that it stays on; 0 where it is off; None where no time is set."""
        when = self._when
        elapsed = now - (self._began or 0.0)
        if not when.since <= elapsed < when.until:
            return 0.0
        if when.span is not None:
            return when.span - (now - (self._span_began or 0.0))
        return None if when.until == float("inf") else when.until - elapsed


class Faults:
    """The switches of one sandbox; they may be changed while it serves, from any thread.

    Args:
        switches: As the command line takes them, one or several with commas: ``"5xx=20%"``,
            ``"reset=body@7"``, ``"429=bare@10+60s"``; ``python -m freshdesk_core sandbox --help`` lists them.
        seed: Another number, other calls are hit. The same number, the same ones.

    Raises:
        UnknownFaultError: A switch is not understood.
    """

    def __init__(self, *switches: str, seed: int = 1) -> None:
        self.seed = seed
        self.switches: tuple[Switch, ...] = ()
        self.used: Counter[str] = Counter()
        self.clock: Callable[[], float] = time.monotonic
        self._made = 0
        for text in switches:
            for one in _NEXT_SWITCH.split(text) if text else ():
                self.on(one)

    def on(
        self,
        switch: str,
        *,
        share: float | None = None,
        calls: Container[int] | None = None,
        paths: str | None = None,
    ) -> Switch:
        """Put a switch on; what the arguments say goes before what its text says.

        Args:
            switch: One switch, as in ``Faults``.
            share: Of the calls, from 0 to 1.
            calls: Numbers of calls, from 1, counted from now on over those whose path fits.
            paths: A regular expression, searched in path and query.
        """
        kind, options, when = _read(switch.strip())
        changed = When(
            when.share if share is None else share,
            when.calls if calls is None else calls,
            when.paths if paths is None else re.compile(paths),
            when.span,
            when.since,
            when.until,
        )
        self._made += 1
        try:
            added = Switch(kind, switch.strip(), options, changed, (self.seed, _DICE + self._made % 100))
        except ValueError as error:
            raise UnknownFaultError(f"{kind.name}: {error}") from None
        self.switches = (*self.switches, added)
        return added

    def off(self, name: str | None = None) -> None:
        """Put a switch off, by its name or its text; without one, all."""
        self.switches = tuple(
            switch for switch in self.switches if name not in (None, switch.name, switch.text)
        )

    @property
    def need_time(self) -> bool:
        """Whether a switch waits for the sandbox's time to run, and none lets it run."""
        names = {switch.name for switch in self.switches}
        by_the_hour = any(switch.name == "edits" and "/h" in switch.text for switch in self.switches)
        return "pace" not in names and by_the_hour

    def act(self, stage: Stage, call: Call) -> None:
        """Let the switches of a stage change a call."""
        now = self.clock()
        for switch in self.switches:
            if switch.stage == stage and switch.act(call, now):
                self.used[switch.name] += 1


def _read(text: str) -> tuple[Kind, tuple[str, ...], When]:
    """One switch of the command line, taken apart."""
    parts = _SWITCH.fullmatch(text)
    kind = KINDS.get(parts["name"]) if parts else None
    if parts is None or kind is None:
        raise UnknownFaultError(_unknown(parts["name"] if parts else text))
    words = tuple(filter(None, (parts["options"] or "").split("+")))
    shares = [word for word in words if _PERCENT.fullmatch(word)]
    if len(shares) > 1:
        raise UnknownFaultError(f"{kind.name}: one share is enough: {'+'.join(shares)}")
    share = float(shares[0][:-1]) / 100 if shares else 1.0
    try:
        paths = re.compile(parts["paths"]) if parts["paths"] else None
    except re.error as error:
        raise UnknownFaultError(
            f"{kind.name}: {parts['paths']!r} is no regular expression: {error}"
        ) from None
    return kind, tuple(word for word in words if word not in shares), _when(kind, parts["when"], share, paths)


def _when(kind: Kind, text: str | None, share: float, paths: re.Pattern[str] | None) -> When:
    if text is None:
        return When(share, (1,) if kind.first_only else None, paths)
    if times := _TIMES.fullmatch(text):
        until = seconds(times["until"]) if times["until"] else float("inf")
        return When(share, None, paths, None, seconds(times["since"]), until)
    calls = _CALLS.fullmatch(text)
    if calls is None:
        raise UnknownFaultError(
            f"{kind.name}: {text!r} says no calls and no time; write @7, @7-9, @7-, @7+60s or @30s-90s"
        )
    first = int(calls["first"])
    goes_on = calls["span"] or (kind.is_lasting if not calls["dash"] else not calls["last"])
    last = sys.maxsize if goes_on else int(calls["last"] or first) + 1
    return When(share, range(first, last), paths, seconds(calls["span"]) if calls["span"] else None)


def _unknown(name: str) -> str:
    likely = get_close_matches(name, KINDS, 1)
    hint = f" Did you mean {likely[0]}?" if likely else ""
    return f"there is no fault {name!r}.{hint} Known: {', '.join(KINDS)}"
