"""The endpoint's fixtures: the app's other side is the real receiver."""

from tests.events.conftest import desk, endpoint, key, settings, store

__all__ = ["desk", "endpoint", "key", "settings", "store"]
