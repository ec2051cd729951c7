"""Who uses this session: by the sign-in where one is configured, else whoever sits at this computer."""

import streamlit as st
from streamlit import auth_util

from freshdesk_core.access import THIS_COMPUTER, Access, Actor
from freshdesk_core.errors import NotAllowed


def is_configured() -> bool:
    """Whether people have to sign in: secrets.toml has a section ``[auth]``."""
    return bool(auth_util.get_secrets_auth_section())


def has_tls() -> bool:
    """Whether viewers come by HTTPS, as the address that the identity provider sends them back to says."""
    return str(auth_util.get_secrets_auth_section().get("redirect_uri", "")).startswith("https://")


def actor() -> Actor:
    """Who acts in this session. Never kept in the session's state: it is asked anew each time.

    Raises:
        NotAllowed: Nobody has signed in, or somebody whom Inflow does not know.
    """
    if not is_configured():
        return THIS_COMPUTER
    if not st.user.is_logged_in:
        raise NotAllowed("not-signed-in")
    return Access.from_environment().actor(st.user.to_dict())
