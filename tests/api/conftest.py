"""Fixtures: a fake Freshdesk on a real port, clients on it, and a clock."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from freshdesk_core.api import Freshdesk, MinuteLimiter
from tests.api.fakes import KEY, Clock, FakeFreshdesk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[FakeFreshdesk]:
    fake = FakeFreshdesk()
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    fake.shutdown()
    thread.join()
    fake.server_close()


@pytest.fixture
def connect(server: FakeFreshdesk, clock: Clock) -> Iterator[Callable[..., Freshdesk]]:
    """Open a client on the fake; arguments override the usual ones."""
    opened = []

    def open_client(**given: Any) -> Freshdesk:
        usual = {
            "limiter": MinuteLimiter(clock=clock, wall_clock=clock),
            "sleep": clock.sleep,
            "random": lambda: 0.5,
            "allow_loopback": True,
        }
        client = Freshdesk(given.pop("domain", server.domain), given.pop("key", KEY), **(usual | given))
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def freshdesk(connect: Callable[..., Freshdesk]) -> Freshdesk:
    return connect()
