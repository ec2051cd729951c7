"""The sentences for each error code, by subject; ``messages.py`` puts them together."""
