"""Load: the tables, their migrations, and what writes them. One transaction per step."""

from freshdesk_core.store.engine import Store

__all__ = ["Store"]
