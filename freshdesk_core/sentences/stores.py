"""The store, its keys, and the runs that share it."""

from freshdesk_core.sentences.message import NOTHING_SAVED, UNTOUCHED, Message
from freshdesk_core.text import mark as _

STORES: dict[str, Message] = {
    "bad-database-url": Message(
        _("INFLOW_DATABASE_URL does not name a database that Inflow can use."),
        _("Nothing was changed."),
        _(
            "Write it as postgresql://USER:PASSWORD@HOST/DATABASE, or remove it to keep the store in INFLOW_HOME. Special characters in the password are written in percent: @ as %40."
        ),
    ),
    "busy": Message(
        _("{name} is being imported by {holder} since {since}."),
        UNTOUCHED,
        _("Wait for that import to end, or stop it; this one can then go on."),
    ),
    "cannot-listen": Message(
        _("Inflow cannot listen at {where} ({cause})."),
        "",
        _("Choose another port with --port, or end the program that uses this one."),
    ),
    "cursor-unusable": Message(
        _("Where the listing of {streams} tickets had got to was unreadable; it was thrown away."),
        _("Nothing was imported by this run, and everything saved before is intact."),
        _("Run the import again: it lists every ticket anew, and counts none twice."),
    ),
    "data-error": Message(_("The data break a rule that the counts rely on."), UNTOUCHED, _("Report this.")),
    "database-not-utf8": Message(
        _("The database {where} was made for the encoding {encoding}; Inflow needs UTF8."),
        _("Nothing was changed."),
        _("Make another with: createdb --encoding=UTF8 --template=template0 NAME"),
    ),
    "database-unavailable": Message(
        _("The database {where} cannot be used ({cause})."),
        _("Everything saved before is intact."),
        _("Check that its server runs and that INFLOW_DATABASE_URL is right, then try again."),
    ),
    "integration-paused": Message(
        _("{name} was paused by {by} at {since}."),
        _("Nothing was imported; contacts since then are missing until it is resumed."),
        _('Resume it with: python -m freshdesk_core integrations resume "{name}"'),
    ),
    "integration-removed": Message(
        _("The integration {name} was removed."),
        UNTOUCHED,
        _("Connect it again under Integrations, or with: python -m freshdesk_core integrations add"),
    ),
    "lease-lost": Message(
        _(
            "The import of {name} was ended from elsewhere: data of it are being deleted, or another process "
            "took it over."
        ),
        _("What was saved before is kept."),
        _("Nothing to do: the next import goes on from there."),
    ),
    "negative-count": Message(
        _("The summary of day {day} no longer fits the contacts it sums up."),
        UNTOUCHED,
        _("Report this with the diagnosis of the integration."),
    ),
    "no-database-driver": Message(
        _(
            "The database that INFLOW_DATABASE_URL names needs the Python package {driver}, which is not installed."
        ),
        _("Nothing was changed."),
        _("Install it with: pip install {driver}"),
    ),
    "paused-meanwhile": Message(
        _("{name} was paused meanwhile."),
        _("What was saved before is kept."),
        _("Resume it, and the import goes on from where it stopped."),
    ),
    "sample-not-started": Message(
        _("The built-in sample account could not be started."),
        "",
        _("Start Inflow again; if it stays, connect a Freshdesk account instead."),
    ),
    "secret-file-unreadable": Message(
        _("The file {where} that {name} names cannot be read."),
        _("Nothing was changed."),
        _("Check that it is there, and that the user who runs Inflow may read it."),
    ),
    "secret-key-open": Message(
        _("Others can read the key file {where}."),
        UNTOUCHED,
        _("Close it with: chmod 600 {where}"),
    ),
    "secret-key-unwritable": Message(
        _("The key file {where} cannot be written ({cause})."),
        NOTHING_SAVED,
        _("Check the folder's rights and its space, or set INFLOW_SECRET_KEY."),
    ),
    "secret-key-wrong": Message(
        _("The key in {where} does not open the stored Freshdesk keys."),
        UNTOUCHED,
        _("Put the right key back, or remove the integration and add it again."),
    ),
    "settings-changed": Message(
        _("The settings of {name} were changed while it was being imported."),
        UNTOUCHED,
        _("Run the import again: it goes on from there, by the new settings."),
    ),
    "store-error": Message(
        _("The store at {where} cannot be used."), "", _("Check the disk and the file's rights.")
    ),
    "store-full": Message(
        _("No space is left on the disk that holds {where}."),
        _("Everything saved before is intact."),
        _("Free some space, then start again: the import goes on from where it stopped."),
    ),
    "store-on-network": Message(
        _("The store at {where} lies on a network file system ({system}), where SQLite cannot lock safely."),
        _("Nothing was changed."),
        _("Point INFLOW_HOME to a local disk, or use PostgreSQL by INFLOW_DATABASE_URL."),
    ),
    "store-too-new": Message(
        _("The store at {where} was written by a newer Inflow (version {found})."),
        _("Nothing was changed."),
        _("Update Inflow, or point INFLOW_HOME to another folder."),
    ),
    "store-unavailable": Message(
        _("The store at {where} cannot be opened ({cause})."),
        _("Nothing was changed."),
        _("Check that the folder exists, is on a local disk and may be written."),
    ),
    "unexpected": Message(
        _("Something unexpected happened."), UNTOUCHED, _("Try again; if it stays, report it.")
    ),
}
