"""Which addresses are of this machine: the sandbox's domains, and those that only this machine reaches."""

import re
from ipaddress import ip_address

ADDRESS = re.compile(r"(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})")


def is_loopback(domain: str) -> bool:
    """Say whether a cleaned domain is a sandbox's: a literal loopback address with its port.

    >>> is_loopback("127.0.0.1:8900"), is_loopback("example.freshdesk.com")
    (True, False)
    """
    return ADDRESS.fullmatch(domain) is not None


def is_own_address(address: str) -> bool:
    """Say whether a server at an address is reached from this machine only.

    >>> [is_own_address(one) for one in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "")]
    [True, True, True, False, False, False]
    """
    if address.lower() == "localhost":
        return True
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
