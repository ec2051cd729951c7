"""Who may come in, and what they may do."""

from freshdesk_core.sentences.message import Message
from freshdesk_core.text import mark as _

DOORS: dict[str, Message] = {
    "admins-only": Message(
        _("That is for admins; {name} may look and export."),
        _("Nothing was changed."),
        _("Ask whoever runs Inflow to do it, or to name you in INFLOW_ADMINS."),
    ),
    "bad-access-list": Message(
        _("'{text}' in {name} is neither an e-mail address nor a domain."),
        _("Inflow was not started."),
        _("Write addresses (ann@example.com) or whole domains (@example.com), apart by commas."),
    ),
    "cookie-secret-short": Message(
        _("The cookie_secret in the section [auth] of secrets.toml has fewer than {least} characters."),
        _("Inflow was not started: whoever guesses it could sign in as anybody."),
        _('Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'),
    ),
    "no-verified-address": Message(
        _("The sign-in brought no verified e-mail address."),
        _("Inflow shows nothing to people it does not know."),
        _("Sign in with an account whose address your identity provider has verified."),
    ),
    "nobody-may-sign-in": Message(
        _("A login is configured, but INFLOW_ADMINS and INFLOW_VIEWERS name nobody who may use it."),
        _("Inflow was not started."),
        _("Set INFLOW_ADMINS to your e-mail address, such as ann@example.com, then start again."),
    ),
    "not-on-a-list": Message(
        _("{name} is not among the people who may use this Inflow."),
        _("Inflow shows nothing to people it does not know."),
        _("Ask whoever runs Inflow to add the address to INFLOW_VIEWERS or INFLOW_ADMINS."),
    ),
    "not-served": Message(_("Inflow does not serve this address."), "", _("Open Inflow's own pages.")),
    "not-signed-in": Message(
        _("Nobody has signed in."),
        _("Inflow shows nothing to people it does not know."),
        _("Sign in, then try again."),
    ),
    "not-your-view": Message(
        _("{name} saved this view; only they and admins may change it."),
        _("Nothing was changed."),
        _("Save a view of your own under another name."),
    ),
    "open-without-login": Message(
        _("Inflow would be open to everybody who reaches {address}: no login is configured."),
        _("It shows nothing and changes nothing until that is mended."),
        _(
            "Let it listen on 127.0.0.1 only, or configure a login: a section [auth] in .streamlit/secrets.toml, and INFLOW_ADMINS; docs/security.md says how."
        ),
    ),
    "secrets-unreadable": Message(
        _("The file {where} cannot be read as TOML, so that Inflow does not know who may sign in."),
        _("Inflow was not started."),
        _("Correct the file, or remove it where no login is wanted."),
    ),
}
