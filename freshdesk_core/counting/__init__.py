"""The rules: a ticket or conversation in, a contact or the reason of its exclusion out. Pure."""
