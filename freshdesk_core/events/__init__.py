"""The event endpoint: its keys, what it accepts and how, and what becomes of an event."""
