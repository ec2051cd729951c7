"""What Freshdesk says in the headers of its answers."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache

from freshdesk_core.api.limiter import Allowance

# When a 429 does not say how long, or not in a way to be believed.
DEFAULT_PAUSE = 60.0
LONGEST_PAUSE = 86400.0


def allowance(headers: Mapping[str, str]) -> Allowance:
    """Read the budget's headers; they come as decimal text such as "400.0"."""
    used = _number(headers.get("X-RateLimit-Used-CurrentRequest"))
    total = _number(headers.get("X-RateLimit-Total"))
    remaining = _number(headers.get("X-RateLimit-Remaining"))
    return Allowance(total, remaining, None if used is None else math.ceil(used))


def pause_seconds(headers: Mapping[str, str]) -> float:
    """How long a 429 asks to wait: seconds, or the time until a date."""
    text = headers.get("Retry-After")
    seconds = _number(text)
    if seconds is None and text:
        until, now = _epoch(text), served_at(headers)
        seconds = float(until - now) if until is not None and now else None
    if seconds is None or not 0 < seconds <= LONGEST_PAUSE:
        return DEFAULT_PAUSE if seconds != 0 else 1.0
    return seconds


def served_at(headers: Mapping[str, str]) -> int:
    """The server's clock when it answered (epoch seconds); 0 when it does not say."""
    return _epoch(headers.get("Date", "")) or 0


def has_next_page(headers: Mapping[str, str]) -> bool:
    """Whether ``Link`` names a next page. Its address is never used."""
    return 'rel="next"' in headers.get("Link", "")


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


@lru_cache(maxsize=16)  # all answers of a second carry the same date
def _epoch(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None
