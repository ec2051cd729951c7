"""Who uses this session: by the sign-in where one is configured, else whoever sits at this computer."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit import auth_util, config
from streamlit.runtime.secrets import secrets_singleton

from freshdesk_core.access import THIS_COMPUTER, Access, Actor
from freshdesk_core.errors import ConfigError, CoreError, NotAllowed
from freshdesk_core.text import gettext as _
from ui import markdown, notices

SHORTEST_SECRET = 32  # whoever guesses it signs in as anybody


@cache
def is_configured() -> bool:
    """Whether people have to sign in: secrets.toml has a section ``[auth]``.

    Decided once, at the start: a file that is spoilt later must not open the door.

    Raises:
        ConfigError: There is such a file, and it cannot be read; or its secret is too short to sign with.
    """
    auth = auth_util.get_secrets_auth_section()
    if not auth:
        files = [path for path in map(Path, config.get_option("secrets.files")) if path.exists()]
        if files and not secrets_singleton.load_if_toml_exists():
            raise ConfigError("secrets-unreadable", where=files[0])
        return False
    if len(str(auth.get("cookie_secret", ""))) < SHORTEST_SECRET:
        raise ConfigError("cookie-secret-short", least=SHORTEST_SECRET)
    return True


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
    if not st.user.get("is_logged_in"):
        raise NotAllowed("not-signed-in")
    return Access.from_environment().actor(st.user.to_dict())


def is_open() -> bool:
    """Whether this session may see anything."""
    try:
        actor()
    except CoreError:
        return False
    return True


def screen() -> None:
    """All that somebody sees whom Inflow does not know: how to sign in, or that they are on no list."""
    st.title(_("Inflow"), anchor=False)
    try:
        actor()
    except CoreError as error:
        if error.error_code == "not-signed-in":
            st.markdown(_("This Inflow is for people who have signed in."))
            st.button(_("Sign in"), on_click=st.login, type="primary", key="sign_in")
            return
        notices.fault(error)
        st.button(_("Sign in as somebody else"), on_click=st.logout, key="sign_out")


def who() -> None:
    """Say in the sidebar who has signed in, and let them leave."""
    if not is_configured():
        return
    somebody = actor()
    with st.sidebar:
        role = _("admin") if somebody.is_admin else _("viewer: you may look and export")
        st.caption(f"{markdown.escape(somebody.name)} · {role}")
        st.button(_("Sign out"), on_click=st.logout, key="sign_out")
