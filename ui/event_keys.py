"""The keys with which Freshdesk tells of new contacts: made, shown once, listed, ended."""

import time

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.events import keys
from freshdesk_core.events.keys import EventKey
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from freshdesk_core.volumes import IntegrationInfo
from ui import data, login, markdown, notices, numbers, shown_once

MOST_ENDED = 5
REVOKING = "_key_to_be_revoked"


def draw(info: IntegrationInfo) -> None:
    """The keys in use, the button that makes one, and the new key while it is shown."""
    is_allowed = login.actor().is_admin
    everyone = keys.of(data.store(), info.integration_id)
    now = time.time()
    live = [key for key in everyone if key.is_live(now)]
    _generate(info, live, is_allowed=is_allowed)
    _shown(info)
    if live:
        st.markdown(_("**Keys in use**"))
    for key in live:
        _row(info, key, is_allowed=is_allowed, is_last=len(live) == 1)
    if ended := [key for key in everyone if not key.is_live(now)]:
        st.caption(_("Ended: {keys}").format(keys=", ".join(_ended(key, info) for key in ended[:MOST_ENDED])))


def _generate(info: IntegrationInfo, live: list[EventKey], *, is_allowed: bool) -> None:
    with st.form("generate_key", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            label = st.text_input(
                _("What the key is for (optional)"),
                placeholder=_("Freshdesk rules"),
                max_chars=100,
                key="key_label",
            )
            is_sent = st.form_submit_button(
                _("Generate") if not live else _("Generate a new key"),
                icon=":material/key:",
                type="secondary" if live else "primary",
                key="generate",
                disabled=not is_allowed,
            )
        if live:
            st.caption(
                _(
                    "The present key stays valid for 24 hours beside the new one, so that you can exchange "
                    "it in Freshdesk without losing an event."
                )
            )
    if not is_sent:
        return
    try:
        made = keys.generate(login.actor(), data.store(), info.integration_id, label=label)
    except CoreError as error:
        notices.fault(error)
        return
    shown_once.keep(info.integration_id, made)
    st.rerun()


def _shown(info: IntegrationInfo) -> None:
    made = shown_once.of(info.integration_id)
    if made is None:
        return
    with st.container(border=True, key="new_key"):
        st.markdown(_(":material/visibility: **Copy this key now: it is shown only once.**"))
        st.code(made.text, language=None, wrap_lines=True)
        # The button that copies a code block cannot be reached by Tab.
        st.text_input(
            _("By keyboard: Tab to this field selects the key, Ctrl+C copies it"),
            value=made.text,
            key=f"key_to_copy_{made.key_id}",
            autocomplete="off",
        )
        st.caption(_("Inflow keeps only its fingerprint. A key that was lost is replaced by a new one."))
        if st.button(_("I have copied it"), icon=":material/done:", key="key_copied"):
            shown_once.forget()
            st.rerun()


def _row(info: IntegrationInfo, key: EventKey, *, is_allowed: bool, is_last: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"key_{key.key_id}"):
        with st.container(width="stretch", gap="xxsmall"):
            label = f"**{markdown.escape(key.label)}** · " if key.label else ""
            st.markdown(f"{label}`{markdown.plain(key.shown)}`")
            st.caption("  ·  ".join(_facts(key, info.time_zone)))
        if st.button(
            _("Revoke"),
            icon=":material/block:",
            key=f"revoke_{key.key_id}",
            disabled=not is_allowed,
            help=_("Ends this key at once: events sent with it are refused."),
        ):
            st.session_state[REVOKING] = key.key_id
    if st.session_state.get(REVOKING) == key.key_id and is_allowed:
        _ask(info, key, is_last=is_last)


def _ask(info: IntegrationInfo, key: EventKey, *, is_last: bool) -> None:
    """A key that was ended cannot be brought back: ask first."""
    with st.container(border=True, key="revoke_asked"):
        shown = f"`{markdown.plain(key.shown)}`"
        st.markdown(
            _(
                "**Revoke {key}?** It is the last key in use: events stop at once, and new contacts come "
                "with the next import. A key that is revoked cannot be used again."
            ).format(key=shown)
            if is_last
            else _(
                "**Revoke {key}?** Events sent with it are refused from now on. A key that is revoked cannot "
                "be used again."
            ).format(key=shown)
        )
        with st.container(horizontal=True):
            if st.button(_("Revoke this key"), icon=":material/block:", key="revoke_sure"):
                _revoke(info, key)
            if st.button(_("Keep it"), key="revoke_not"):
                del st.session_state[REVOKING]
                st.rerun()


def _revoke(info: IntegrationInfo, key: EventKey) -> None:
    st.session_state.pop(REVOKING, None)
    try:
        keys.revoke(login.actor(), data.store(), info.integration_id, key.key_id)
    except CoreError as error:
        notices.fault(error)
        return
    made = shown_once.of(info.integration_id)
    if made is not None and made.key_id == key.key_id:
        shown_once.forget()
    st.rerun()


def _facts(key: EventKey, zone: str) -> list[str]:
    facts = [_("created {time}").format(time=data.local_time(key.created_at, zone))]
    if key.last_used_at is None:
        facts.append(_("never used"))
    else:
        facts.append(_("last used {time}").format(time=data.local_time(key.last_used_at, zone)))
    if key.last_address:
        facts.append(
            {
                "loopback": _("from this computer"),
                "private": _("from a private network"),
                "public": _("from the internet"),
            }.get(key.last_address, key.last_address)
        )
    if key.expires_at is None:
        facts.append(_("does not expire"))
    else:
        facts.append(_("replaced, expires {time}").format(time=data.local_time(key.expires_at, zone)))
    if key.refused:
        text = ngettext(
            "{count} event refused: too many a minute",
            "{count} events refused: too many a minute",
            key.refused,
        )
        facts.append(text.format(count=numbers.whole(key.refused)))
    return facts


def _ended(key: EventKey, info: IntegrationInfo) -> str:
    ended_at = key.revoked_at or key.expires_at or key.created_at
    return _("{key} ({time})").format(
        key=f"`{markdown.plain(key.shown)}`", time=data.local_time(ended_at, info.time_zone)
    )
