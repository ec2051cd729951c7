"""Sends a test event the way that Freshdesk's side would: over the network, to the public address."""

import requests

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import BadEvent, ConfigError
from freshdesk_core.events import key_text

SECONDS = 10.0


@admin_only
def send_test(actor: Actor, url: str, key: str) -> None:
    """Send ``{"event": "test"}``; it counts in no queue.

    Args:
        actor: Who asks.
        url: The public address of the endpoint, with its path ``/events``.
        key: An Inflow API key.

    Raises:
        ConfigError: ``event-key-mistyped``.
        BadEvent: ``test-not-reached``: nothing answered there as Inflow does; ``test-refused``.
    """
    if not key_text.is_well_formed(key.strip()):
        raise ConfigError("event-key-mistyped")
    try:
        with requests.Session() as session:
            session.trust_env = False  # no password from a file of the user's goes along
            answer = session.post(
                url,
                json={"event": "test"},
                headers={"Authorization": f"Bearer {key.strip()}"},
                timeout=SECONDS,
                allow_redirects=False,
            )
    except (requests.RequestException, ValueError) as error:
        raise BadEvent("test-not-reached", url=url, cause=type(error).__name__) from error
    if answer.status_code == 401:
        raise BadEvent("test-refused", url=url)
    if answer.status_code != 202:
        raise BadEvent("test-not-reached", url=url, cause=f"HTTP {answer.status_code}")
