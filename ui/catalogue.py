"""What can be connected: the tile of a vendor, its models, and the way to the form."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address

WIDTH = 720  # lines of reading length, and fields no wider than what is typed into them


def draw() -> None:
    """The catalogue as a page of its own."""
    back()
    st.title(_("Add integration"), anchor=False)
    st.caption(_("Select where your contacts come from."))
    vendors()


def vendors() -> None:
    """The catalogue: one tile per vendor."""
    with st.container(border=True, key="vendor_freshworks", width=WIDTH):
        st.markdown(_(":material/support_agent: **Freshworks**"))
        st.markdown(
            _(
                "Freshdesk: contacts by e-mail, portal, chat, phone and social media, imported as tickets "
                "and replies and counted in queues."
            )
        )
        if st.button(_("Select model"), icon=":material/arrow_forward:", type="primary", key="select_model"):
            address.open_connecting(address.MODELS)


def models() -> None:
    """The models of Freshworks that can be connected."""
    back()
    st.title("Freshworks", anchor=False)
    st.caption(_("Select the product to connect."))
    with st.container(border=True, key="model_freshdesk", width=WIDTH):
        st.subheader("Freshdesk", anchor=False)
        st.markdown(
            _(
                "Counts every new ticket and every customer reply as one offered contact, in queues by group "
                "and source. Inflow only reads: it changes nothing in Freshdesk."
            )
        )
        st.markdown(
            _(
                "You need the API key of a user with the role **Account Administrator**, on the plan **Pro** "
                "or **Enterprise** (Growth works, more slowly; the Free plan has no API)."
            )
        )
        if st.button(_("Add integration"), icon=":material/add:", type="primary", key="add_freshdesk"):
            address.open_connecting(address.FORM)


def back() -> None:
    """A way back to the list of integrations."""
    if st.button(_("All integrations"), icon=":material/arrow_back:", type="tertiary", key="all_accounts"):
        address.open_accounts()
