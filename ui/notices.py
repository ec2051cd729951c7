"""Notices and empty states: calm, always the same words, each with what to do next."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from freshdesk_core import messages
from freshdesk_core.errors import CoreError
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext
from ui import markdown, numbers

log = logging.getLogger("inflow.ui")


def no_aht() -> None:
    """Say that AHT is not available, and why."""
    with st.container(border=True, key="no_aht"):
        st.markdown(_(":material/timer_off: **AHT is not available**"))
        st.caption(
            _(
                "Freshdesk does not report how long agents worked on a contact: a ticket's open time is "
                "mostly waiting, and time entries are optional, typed by hand and kept per ticket. An "
                "average built on them would look exact and be wrong, so Inflow shows none."
            )
        )


def sample() -> None:
    """Mark the figures of the built-in sample account."""
    st.badge(
        _("Sample account: the figures of a made-up support desk"),
        icon=":material/science:",
        color="violet",
        help=_(
            "Imported over HTTP like a real account. The sample steps aside when you connect your own "
            "Freshdesk account, and never mixes with it."
        ),
    )


def sandbox() -> None:
    """Mark an account that is a look-alike on this machine."""
    st.badge(
        _("Sandbox: a look-alike on this machine, not a real Freshdesk"),
        icon=":material/science:",
        color="violet",
    )


def left_out(names: Collection[str]) -> None:
    """Say which integrations are not part of the figures yet."""
    st.caption(
        _(
            ":material/downloading: Not part of these figures yet: **{names}**. The first import is still "
            "under way; choose the integration at the side to see what is there."
        ).format(names=", ".join(markdown.escape(name) for name in names))
    )


def removed(names: list[str]) -> None:
    """Mark figures of accounts that were removed with their data kept."""
    # No badge: it escapes brackets once more.
    st.caption(
        _(
            ":material/link_off: Removed: **{names}**. No longer imported; what was imported before is kept."
        ).format(names=", ".join(markdown.escape(name) for name in names))
    )


def nothing_connected(*, with_link: bool = True) -> None:
    """Empty state: no account has been imported."""
    _state(
        "power_off",
        _("No account is connected yet"),
        _(
            "The built-in sample account loads by itself within seconds while Inflow runs, and this page "
            "shows how far it is."
        ),
        _("To connect your own Freshdesk account, open **Integrations**.") if with_link else "",
    )
    if with_link:
        st.page_link("pages/integrations.py", label=_("Open Integrations"), icon=":material/cable:")


def too_narrow(reset: Callable[[], None]) -> None:
    """Empty state: the filters leave nothing over."""
    _state(
        "filter_alt_off",
        _("Nothing matches these filters"),
        _("There are contacts, but none of them fits what is chosen here."),
        "",
    )
    st.button(_("Reset the filters"), on_click=reset, key="reset_filters")


def truly_none(where: str) -> None:
    """Empty state: proved zero. *where* says which range, already in words."""
    _state(
        "check_circle",
        _("No contacts, proved"),
        _("{where} is completely imported, and nobody wrote, called or chatted in it.").format(where=where),
        "",
    )


def gap(where: str, complete: str) -> None:
    """Empty state: the range lies outside what is proven."""
    _state(
        "grid_off",
        _("No data for this range"),
        _("{where} is not completely imported. This is missing data, not zero contacts.").format(where=where),
        complete,
    )


def purged(count: int) -> None:
    """Say that history is missing which nobody can get back, so that it is not read as low volume."""
    text = ngettext(
        "{count} ticket of this time was purged in Freshdesk before Inflow saw it.",
        "{count} tickets of this time were purged in Freshdesk before Inflow saw them.",
        count,
    ).format(count=numbers.whole(count))
    st.caption(f":material/delete_forever: {text}")


def no_such_queue() -> None:
    """The address names a queue that does not exist."""
    _state(
        "help_center",
        _("There is no such queue here"),
        _("The link names a queue that this Inflow does not know, or that belongs to another integration."),
        "",
    )


def no_such_integration() -> None:
    """The address names an integration that does not exist."""
    _state(
        "help_center",
        _("There is no such integration here"),
        _("The link names an integration that this Inflow does not know, or that was deleted."),
        "",
    )


def twin(name: str, domain: str) -> None:
    """Say that two integrations count the same account."""
    st.warning(
        _(
            "**Counted twice.** {domain} is connected as {name}, too: in sums over all integrations its "
            "contacts count twice. Remove one of them."
        ).format(domain=markdown.escape(domain), name=markdown.escape(name)),
        icon=":material/content_copy:",
    )


def counted_twice(domain: str, names: list[str]) -> None:
    """Say that the figures of a page hold the contacts of one account more than once."""
    st.warning(
        _(
            "**Counted more than once.** {names} are connected to the same account, {domain}: these "
            "figures hold each of its contacts once under each name. Choose one integration in the sidebar, "
            "or remove the others under Account → Integrations."
        ).format(
            names=", ".join(f"**{markdown.escape(name)}**" for name in names), domain=markdown.escape(domain)
        ),
        icon=":material/content_copy:",
    )


def admins_only() -> None:
    """Say why nothing can be changed here."""
    st.info(
        _(
            "You may look at integrations, but only an admin can change them. Ask whoever runs this Inflow "
            "to put your address into INFLOW_ADMINS."
        ),
        icon=":material/visibility:",
    )


def unknown_queue() -> None:
    """Why an Unknown queue exists."""
    st.caption(
        _(
            "Contacts of tickets that are marked as spam, or that were already deleted when Inflow first saw "
            "them. They are counted, so that no contact is lost, but nobody should plan for them."
        )
    )


def fault(error: CoreError) -> None:
    """Say an error: what happened, what it means for the figures, what to do next, and its code."""
    parts = messages.parts(error)
    rest = " ".join(markdown.sentence(part) for part in (parts.figures, parts.next_step) if part)
    st.error(
        f"**{markdown.sentence(parts.what)}** {rest}  \n" + _("Code: {code}").format(code=error.error_code),
        icon=":material/error:",
    )


def known(notice: CoreError) -> None:
    """Say what should be known and makes no figure wrong: what was found, what follows, what to do."""
    parts = messages.parts(notice)
    rest = " ".join(markdown.sentence(part) for part in (parts.figures, parts.next_step) if part)
    st.markdown(f":material/info: **{markdown.sentence(parts.what)}** {rest}")


def unexpected() -> None:
    """Say that a page failed for a reason nobody foresaw; the details are in the log only."""
    st.error(
        "**"
        + _("This page could not be drawn.")
        + "** "
        + _(
            "The imported figures are not touched by this. Reload the page; if it stays, report it together "
            "with the log of the process that runs Inflow."
        )
        + "  \n"
        + _("Code: {code}").format(code="page-failed"),
        icon=":material/error:",
    )


@contextmanager
def guarded() -> Iterator[None]:
    """Turn whatever a page raises into a sentence; no viewer ever sees a traceback."""
    try:
        yield
    except CoreError as error:
        log.warning("A page stopped: %s", error.error_code)
        fault(error)
    except Exception:
        log.exception("A page failed")
        unexpected()


def _state(icon: str, what: str, meaning: str, next_step: str) -> None:
    with st.container(border=True, key=f"state_{icon}"):
        st.markdown(f":material/{icon}: **{what}**")
        st.markdown(f"{meaning} {next_step}".strip())
