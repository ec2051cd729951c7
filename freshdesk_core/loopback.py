"""Which domains are addresses of this machine: those of the sandbox."""

import re

ADDRESS = re.compile(r"(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})")


def is_loopback(domain: str) -> bool:
    """Say whether a cleaned domain is a sandbox's: a literal loopback address with its port.

    >>> is_loopback("127.0.0.1:8900"), is_loopback("example.freshdesk.com")
    (True, False)
    """
    return ADDRESS.fullmatch(domain) is not None
