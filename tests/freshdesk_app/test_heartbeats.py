"""What a heartbeat of the app in Freshdesk says: the way is open, and so many events were dropped."""

import pytest

from freshdesk_core.events import activity, applying, parsing
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.events.endpoint import Endpoint


def test_dropped_events_add_up_and_ask_for_a_look(
    store: Store, settings: Settings, desk: int, key: str, endpoint: Endpoint
) -> None:
    """A heartbeat sent twice counts once; only one with drops has the lists looked through."""
    hints = applying.Hints(store, settings, clock=lambda: 4_000_000_000.0)
    beat = {"event": "heartbeat", "dropped": 0}
    assert endpoint.send(beat | {"at": "2026-11-20T11:50:00Z"}, key).status == 202
    assert activity.of(store, desk).dropped == 0
    assert hints.waiting() == set()
    for at, dropped in (("12:00", 150), ("12:00", 150), ("12:10", 7)):
        assert endpoint.send(beat | {"at": f"2026-11-20T{at}:00Z", "dropped": dropped}, key).status == 202
    found = activity.of(store, desk)
    assert (found.dropped, found.pending) == (157, 2)
    assert found.last_dropped_at == found.last_event_at
    assert hints.waiting() == {desk}


@pytest.mark.sqlite
def test_nonsense_in_the_place_of_the_count_is_a_heartbeat_all_the_same(
    store: Store, desk: int, key: str, endpoint: Endpoint
) -> None:
    """A link that is alive must not look dead for a number that cannot be."""
    for dropped in (-1, 1.5, True, "many", [3], {"n": 3}, None, 2**70):
        assert endpoint.send({"event": "heartbeat", "dropped": dropped}, key).status == 202
    found = activity.of(store, desk)
    assert found.dropped == 0
    assert found.last_event_at is not None
    assert endpoint.send({"event": "heartbeat", "dropped": 2**40}, key).status == 202
    assert activity.of(store, desk).dropped == parsing.MOST_DROPPED
