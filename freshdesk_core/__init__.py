"""Inflow's core: imports a Freshdesk account, counts its contacts and answers questions about them."""

__version__ = "0.1.0"
