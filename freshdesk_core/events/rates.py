"""How often something may happen within a minute."""

import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

WINDOW_SECONDS = 60.0
MOST_SUBJECTS = 10_000  # of each limit; the one unheard of for longest is forgotten


class Rate:
    """A limit on what happens in any 60 seconds, for each subject by itself. For one thread.

    Args:
        most: How often; 0 sets no limit.
        timer: Seconds.
    """

    def __init__(self, most: int, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._timer = timer
        self._seen: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def take(self, subject: Hashable) -> int:
        """Count one more; returns 0, or after how many seconds to try again: then it is not counted."""
        if not self._most:
            return 0
        now = self._timer()
        seen = self._seen.setdefault(subject, deque())
        self._seen.move_to_end(subject)
        if len(self._seen) > MOST_SUBJECTS:
            self._seen.popitem(last=False)
        while seen and seen[0] <= now - WINDOW_SECONDS:
            seen.popleft()
        if len(seen) >= self._most:
            return max(1, math.ceil(seen[0] + WINDOW_SECONDS - now))
        seen.append(now)
        return 0


def sender(host: str | None) -> str:
    """Whom an address belongs to: of IPv6 the network, for anyone has 2^64 addresses there."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
