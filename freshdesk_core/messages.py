"""One sentence per error code: what happened, what it means for the figures, what to do next.

Rendered at the edge (command line, page), so that it can be translated there.
"""

from dataclasses import dataclass

from freshdesk_core.errors import CoreError
from freshdesk_core.text import gettext
from freshdesk_core.text import mark as _


@dataclass(frozen=True)
class Message:
    """The parts of a message; ``{name}`` stands for a figure of the error."""

    what: str
    figures: str
    next_step: str


UNTOUCHED = _("Nothing was lost or changed.")
NOTHING_SAVED = _("Nothing was saved.")

MESSAGES: dict[str, Message] = {
    "access-denied": Message(
        _("Freshdesk does not let this key read {path} ({reason})."),
        UNTOUCHED,
        _("Use the API key of a user with the role Account Administrator."),
    ),
    "admins-only": Message(
        _("That is for admins; {name} may look and export."),
        _("Nothing was changed."),
        _("Ask whoever runs Inflow to do it, or to name you in INFLOW_ADMINS."),
    ),
    "account-down": Message(
        _("{domain} has not answered since {since}."),
        _("Everything read before is saved."),
        _("Nothing to do: the import tries again for some minutes, then with the next one."),
    ),
    "account-suspended": Message(
        _("Freshdesk has suspended the account {domain}."),
        UNTOUCHED,
        _("Have the account opened again in Freshdesk; the import then goes on from where it stopped."),
    ),
    "agent-locked": Message(
        _("Freshdesk has locked the key's user at {domain} ({reason})."),
        UNTOUCHED,
        _("Let the user sign in to Freshdesk, or use the API key of another Account Administrator."),
    ),
    "api-error": Message(
        _("Freshdesk did not answer as expected."), UNTOUCHED, _("Try again in a few minutes.")
    ),
    "bad-access-list": Message(
        _("'{text}' in {name} is neither an e-mail address nor a domain."),
        _("Inflow was not started."),
        _("Write addresses (ann@example.com) or whole domains (@example.com), apart by commas."),
    ),
    "bad-answer": Message(
        _("{domain} answered {path} with something that is not Freshdesk's API ({cause})."),
        UNTOUCHED,
        _("Check the domain, then try again in a few minutes."),
    ),
    "bad-created-count": Message(
        _("This is no number of tickets."), "", _("Type in a whole number from 0 to {most}.")
    ),
    "bad-database-url": Message(
        _("INFLOW_DATABASE_URL does not name a database that Inflow can use."),
        _("Nothing was changed."),
        _(
            "Write it as postgresql://USER:PASSWORD@HOST/DATABASE, or remove it to keep the store in INFLOW_HOME. Special characters in the password are written in percent: @ as %40."
        ),
    ),
    "bad-date": Message(_("'{text}' is not a date."), "", _("Write it as YYYY-MM-DD, such as 2026-03-01.")),
    "bad-dimension": Message(
        _("Contacts cannot be told apart by '{text}'."), "", _("Choose from: {dimensions}.")
    ),
    "bad-domain": Message(
        _("'{text}' is not a Freshdesk domain."),
        NOTHING_SAVED,
        _("Enter the full domain with its subdomain, such as example.freshdesk.com."),
    ),
    "bad-interval": Message(_("'{text}' is not an interval."), "", _("Choose from: {intervals}.")),
    "bad-key": Message(
        _("That is not a Freshdesk API key."),
        NOTHING_SAVED,
        _("Copy the key from your profile settings in Freshdesk; it is one word of letters and digits."),
    ),
    "bad-number": Message(
        _("{name} must be a number from {low} to {high}."), "", _("Correct the setting and start again.")
    ),
    "bad-proxy": Message(
        _("The proxy that the environment names (HTTPS_PROXY) cannot be used."),
        NOTHING_SAVED,
        _("Correct the variable, or remove it when there is no proxy."),
    ),
    "bad-public-url": Message(
        _("INFLOW_PUBLIC_URL is not an address to which a key can be sent safely."),
        _("Nothing was changed."),
        _(
            "Write it as https://inflow.example.com: with https (http only for this computer), without a user name, ? or #."
        ),
    ),
    "bad-range": Message(
        _("No day lies from {first} up to, not including, {end}."),
        "",
        _("Choose an end that lies after the beginning."),
    ),
    "bad-setting": Message(_("A setting is wrong."), "", _("See the README for the settings.")),
    "bad-special-day": Message(
        _("This is no special day that Inflow can keep."),
        NOTHING_SAVED,
        _(
            "Give a date from 1970 to 2200, a name of at most {most} characters, and a kind: holiday or remark."
        ),
    ),
    "bad-zone": Message(
        _("'{text}' is not a time zone."), "", _("Write an IANA name, such as Europe/Amsterdam or UTC.")
    ),
    "bare-subdomain": Message(
        _("'{text}' is only the first part of a Freshdesk domain."),
        NOTHING_SAVED,
        _("Enter the full domain: {suggestion}."),
    ),
    "busy": Message(
        _("{name} is being imported by {holder} since {since}."),
        UNTOUCHED,
        _("Wait for that import to end, or stop it; this one can then go on."),
    ),
    "clock-differs": Message(
        _("The clock of this computer differs from Freshdesk's by {minutes} minutes."),
        _("The figures go by Freshdesk's clock; only times of imports are wrong."),
        _("Set this computer's clock, or let it be set by a time server."),
    ),
    "cursor-unusable": Message(
        _("Where the listing of {streams} tickets had got to was unreadable; it was thrown away."),
        _("Nothing was imported by this run, and everything saved before is intact."),
        _("Run the import again: it lists every ticket anew, and counts none twice."),
    ),
    "cookie-secret-short": Message(
        _("The cookie_secret in the section [auth] of secrets.toml has fewer than {least} characters."),
        _("Inflow was not started: whoever guesses it could sign in as anybody."),
        _('Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'),
    ),
    "cannot-listen": Message(
        _("Inflow cannot listen at {where} ({cause})."),
        "",
        _("Choose another port with --port, or end the program that uses this one."),
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
    "feature-not-in-plan": Message(
        _("The Freshdesk plan of {domain} does not include {path} ({reason})."),
        UNTOUCHED,
        _("Connect an account with the Pro or Enterprise plan, or upgrade this one in Freshdesk."),
    ),
    "fields-missing": Message(
        _("Freshdesk's answers lack fields by which Inflow counts: {fields}."),
        _("Contacts counted since then may be too few, or under a wrong source."),
        _("Report this with the names of the fields."),
    ),
    "fields-unknown": Message(
        _("Freshdesk's answers have fields that Inflow does not know: {fields}."),
        _("No figure depends on them."),
        _("Nothing to do; a newer Inflow may know them."),
    ),
    "event-key-mistyped": Message(
        _("That is not an Inflow API key: a character is wrong or missing."),
        NOTHING_SAVED,
        _("Copy the key again, whole, or make a new one."),
    ),
    "event-key-unknown": Message(
        _("The Inflow API key is missing, unknown or has ended."),
        _("The event was not kept."),
        _("Send the header 'Authorization: Bearer KEY' with a key made under Account > Integrations."),
    ),
    "event-method": Message(
        _("Events are sent with the method POST."), "", _("Send the event again with POST.")
    ),
    "event-not-an-object": Message(
        _("The event is not a JSON object."),
        _("It was set aside: only its shape was kept."),
        _("Send an event of Freshworks, or a JSON object with the field ticket_id."),
    ),
    "event-not-json": Message(
        _("The body is not JSON in UTF-8, or is nested too deep."),
        _("The event was not kept."),
        _("Send an event of Freshworks, or a JSON object with the field ticket_id."),
    ),
    "event-not-kept": Message(
        _("Inflow cannot keep events at the moment."),
        _("The event was not kept."),
        _("Send it again in {seconds} seconds."),
    ),
    "event-too-large": Message(
        _("The event is larger than 100 KB."),
        _("It was not kept."),
        _("Send less of it: a JSON object with the field ticket_id is enough."),
    ),
    "event-too-many": Message(
        _("More events came with this key than its limit allows."),
        _("The event was not kept; the next import finds what it was about."),
        _("Send it again in {seconds} seconds."),
    ),
    "event-too-slow": Message(
        _("The event took too long to arrive."), _("It was not kept."), _("Send it again.")
    ),
    "event-type": Message(
        _("The event is not plain JSON (Content-Type or Content-Encoding)."),
        _("It was not kept."),
        _("Send it uncompressed with the header 'Content-Type: application/json'."),
    ),
    "event-unknown": Message(
        _("Inflow does not know events of this name."),
        _("It was set aside: only its shape was kept."),
        _("Send an event of Freshworks, or a JSON object with the field ticket_id."),
    ),
    "event-without-id": Message(
        _("The event does not say which ticket or conversation it is about."),
        _("It was set aside: only its shape was kept."),
        _("Send an event of Freshworks, or a JSON object with the field ticket_id."),
    ),
    "events-wrong-keys": Message(
        _("Too many wrong keys came from this address."),
        _("The event was not kept."),
        _("Correct the key, then try again in {seconds} seconds."),
    ),
    "foreign-domain": Message(
        _("'{text}' is not a domain of Freshdesk's; the key would go to somebody else."),
        NOTHING_SAVED,
        _("Enter the account's own domain, such as example.freshdesk.com."),
    ),
    "foreign-host": Message(
        _(
            "{domain} answered with a redirect to another address (status {status}); Inflow does not follow it with the key."
        ),
        UNTOUCHED,
        _("Enter the account's own domain, ending in .freshdesk.com."),
    ),
    "host-unknown": Message(
        _("Freshdesk has no account at {domain}."),
        NOTHING_SAVED,
        _("Copy the domain from the address of your help desk in Freshdesk, such as example.freshdesk.com."),
    ),
    "groups-unknown": Message(
        _("Freshdesk does not tell this key which groups there are: their number is not known."),
        _("Queues then bear the ids of their groups."),
        _("Use the API key of a user with the role Account Administrator."),
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
    "key-rejected": Message(
        _("Freshdesk rejected the API key for {domain}."),
        UNTOUCHED,
        _("Use a valid API key of an Account Administrator of that account."),
    ),
    "lease-lost": Message(
        _("Another process took over the import of {name}."),
        UNTOUCHED,
        _("Wait for that import to end, then run this one again."),
    ),
    "listing-truncated": Message(
        _(
            "Freshdesk stopped listing {path} at page {pages}, its limit: too many tickets changed at {moment}."
        ),
        _("All tickets that Freshdesk listed are saved."),
        _(
            "Import again later: once no listing meets that moment any more, the audit reads the others by id."
        ),
    ),
    "name-too-long": Message(
        _("The name has {length} characters; at most {most} are allowed."),
        NOTHING_SAVED,
        _("Choose a shorter name."),
    ),
    "name-taken": Message(
        _("The name {name} is taken by the integration of {domain}."),
        NOTHING_SAVED,
        _("Choose another name."),
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
    "no-integration": Message(
        _("No Freshdesk account is connected."),
        "",
        _("Connect one with: python -m freshdesk_core integrations add NAME --domain example.freshdesk.com"),
    ),
    "no-key": Message(
        _("No API key was given."),
        NOTHING_SAVED,
        _("Enter the key; on the command line, set INFLOW_FRESHDESK_KEY or type it on standard input."),
    ),
    "no-name": Message(
        _("An integration needs a name."),
        NOTHING_SAVED,
        _("Give it a name that says where the data come from."),
    ),
    "no-such-special-day": Message(
        _("There is no special day with the number {id}."), "", _("Choose one that special-days list shows.")
    ),
    "nobody-may-sign-in": Message(
        _("A login is configured, but INFLOW_ADMINS and INFLOW_VIEWERS name nobody who may use it."),
        _("Inflow was not started."),
        _("Set INFLOW_ADMINS to your e-mail address, such as ann@example.com, then start again."),
    ),
    "no-such-dead-letter": Message(
        _("There is no event {dead_letter_id} that was set aside (they are kept for 30 days)."),
        UNTOUCHED,
        _("Load the page again."),
    ),
    "no-such-event-key": Message(
        _("The integration has no Inflow API key with the id {key_id}."),
        UNTOUCHED,
        _("List its keys with: python -m freshdesk_core keys list NAME"),
    ),
    "no-such-figure": Message(_("There is no figure named '{text}'."), "", _("Choose from: {figures}.")),
    "no-such-group": Message(
        _("There is no group named {name} (there are: {names})."), "", _("Write it as Freshdesk does.")
    ),
    "no-such-integration": Message(
        _("There is no integration named {name} (there are: {names})."),
        "",
        _("List them with: python -m freshdesk_core integrations list"),
    ),
    "loopback-not-allowed": Message(
        _("'{text}' is an address on this computer, not a Freshdesk domain."),
        UNTOUCHED,
        _("For the sandbox, start Inflow with INFLOW_ALLOW_LOOPBACK=1."),
    ),
    "no-ca-bundle": Message(
        _("The certificate bundle that the environment names (REQUESTS_CA_BUNDLE) is not there."),
        NOTHING_SAVED,
        _("Correct the variable, or remove it to use the usual certificates."),
    ),
    "no-such-queue": Message(
        _("There is no queue with the id '{text}'."),
        "",
        _("Take the id from: python -m freshdesk_core volumes --by queue"),
    ),
    "no-such-source": Message(
        _("There is no source named {name} (there are: {names})."),
        "",
        _("Write it as the queues' names do, in lower case."),
    ),
    "no-verified-address": Message(
        _("The sign-in brought no verified e-mail address."),
        _("Inflow shows nothing to people it does not know."),
        _("Sign in with an account whose address your identity provider has verified."),
    ),
    "not-account-administrator": Message(
        _("The key's user is not an Account Administrator."),
        _("Groups or roles may be hidden from it."),
        _("Use the API key of a user with the role Account Administrator."),
    ),
    "not-found": Message(
        _("Freshdesk has nothing at {domain}{path}."),
        UNTOUCHED,
        _("Check that the domain is the account's own, such as example.freshdesk.com."),
    ),
    "not-served": Message(_("Inflow does not serve this address."), "", _("Open Inflow's own pages.")),
    "not-on-a-list": Message(
        _("{name} is not among the people who may use this Inflow."),
        _("Inflow shows nothing to people it does not know."),
        _("Ask whoever runs Inflow to add the address to INFLOW_VIEWERS or INFLOW_ADMINS."),
    ),
    "not-signed-in": Message(
        _("Nobody has signed in."),
        _("Inflow shows nothing to people it does not know."),
        _("Sign in, then try again."),
    ),
    "nothing-to-compare": Message(
        _("There is nothing to compare: not all tickets of these days are imported."),
        "",
        _("Choose days that are completely imported."),
    ),
    "open-without-login": Message(
        _("Inflow would be open to everybody who reaches {address}: no login is configured."),
        _("It shows nothing and changes nothing until that is mended."),
        _(
            "Let it listen on 127.0.0.1 only, or configure a login: a section [auth] in .streamlit/secrets.toml, and INFLOW_ADMINS; docs/security.md says how."
        ),
    ),
    "nothing-to-set": Message(
        _("Nothing was named that should change."), "", _("Give --name, --since or --key.")
    ),
    "other-account": Message(
        _("The key belongs to another account than the one that was imported from {domain}."),
        _("Nothing was changed."),
        _("Use a key of the same account, or connect the other one under a name of its own."),
    ),
    "paused-meanwhile": Message(
        _("{name} was paused meanwhile."),
        _("What was saved before is kept."),
        _("Resume it, and the import goes on from where it stopped."),
    ),
    "plan-below-pro": Message(
        _("The account allows fewer calls a minute than a Pro plan."),
        _("The first import takes longer; the figures are the same."),
        _("Nothing to do, unless the import is too slow for you."),
    ),
    "plan-free": Message(
        _("The plan of {domain} allows no API calls at all (Free)."),
        NOTHING_SAVED,
        _("Change to a plan with API access in Freshdesk, Pro or Enterprise; then test again."),
    ),
    "plan-trial": Message(
        _("The account is on trial: {calls} calls a minute."),
        _("The first import takes eight times as long as on Pro; the figures are the same."),
        _("Nothing to do, unless the import is too slow for you."),
    ),
    "plan-unknown": Message(
        _("Freshdesk does not tell this key the account's plan: it is not known."),
        _("A plan below Pro imports more slowly; the figures are the same."),
        _("Use the API key of a user with the role Account Administrator to have it checked."),
    ),
    "rate-limited": Message(
        _("{domain} still limits the calls after {seconds} seconds of waiting."),
        UNTOUCHED,
        _("The import goes on from where it stopped; run it again in a few minutes."),
    ),
    "sample-not-started": Message(
        _("The built-in sample account could not be started."),
        "",
        _("Start Inflow again; if it stays, connect a Freshdesk account instead."),
    ),
    "sources-unknown": Message(
        _("Freshdesk does not tell this key the names of the sources: they are not known."),
        _("Queues then bear the usual English names."),
        _("Use the API key of a user with the role Account Administrator."),
    ),
    "scope-not-global": Message(
        _("The key's user does not see all tickets (ticket scope is not global)."),
        _("The figures will be too low, without any error."),
        _("Give the user global ticket scope in Freshdesk, or use another user's key."),
    ),
    "scope-unknown": Message(
        _("Freshdesk does not say which tickets the key's user sees: the ticket scope is not known."),
        _("If it is not global, the figures will be too low, without any error."),
        _("Check the user's ticket scope in Freshdesk; it should be global."),
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
    "secrets-unreadable": Message(
        _("The file {where} cannot be read as TOML, so that Inflow does not know who may sign in."),
        _("Inflow was not started."),
        _("Correct the file, or remove it where no login is wanted."),
    ),
    "settings-changed": Message(
        _("The settings of {name} were changed while it was being imported."),
        UNTOUCHED,
        _("Run the import again: it goes on from there, by the new settings."),
    ),
    "start-in-future": Message(
        _("The start {text} lies in the future."),
        NOTHING_SAVED,
        _("Choose a day up to today, or leave the start out to count everything."),
    ),
    "start-too-early": Message(
        _("The day {text} lies before {first}, when Freshdesk had no tickets."),
        UNTOUCHED,
        _("Choose a later day, or leave the start out to count everything."),
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
    "threads-withheld": Message(
        _("Freshdesk does not give the conversations of {n} tickets, though they are there: {tickets}."),
        _("Everything else is imported; replies are not called complete beyond these."),
        _(
            "Open the tickets {tickets} in Freshdesk as the key's user; if that works, contact Freshdesk's"
            " support. Each import tries them again."
        ),
    ),
    "tickets-unknown": Message(
        _("Freshdesk does not let this key count the tickets: their number is not known."),
        _("The duration of the first import cannot be estimated."),
        _("Use the API key of a user with the role Account Administrator."),
    ),
    "test-not-reached": Message(
        _("No Inflow answered the test event at {url} ({cause})."),
        _("Until this works, contacts arrive by polling."),
        _("Check that INFLOW_PUBLIC_URL is the address that others reach, and that its proxy runs."),
    ),
    "test-refused": Message(
        _("The Inflow at {url} does not know this key."),
        _("Until this works, contacts arrive by polling."),
        _("Make a new key, and check that INFLOW_PUBLIC_URL is the address of this Inflow."),
    ),
    "unexpected": Message(
        _("Something unexpected happened."), UNTOUCHED, _("Try again; if it stays, report it.")
    ),
    "unreachable": Message(
        _("{domain} cannot be reached ({cause})."),
        UNTOUCHED,
        _("Check the domain and the network, then try again; an import goes on from where it stopped."),
    ),
    "zone-unknown": Message(
        _("Freshdesk does not say the account's time zone."),
        _("Days are counted in UTC."),
        _("Choose the time zone on the page, or with --tz."),
    ),
    "zone-unnamed": Message(
        _("The account's time zone '{name}' is none that Inflow knows."),
        _("Days are counted in UTC."),
        _("Choose the time zone on the page, or with --tz."),
    ),
}


def parts(error: CoreError) -> Message:
    """Translate and fill in the message of an error."""
    message = MESSAGES.get(error.error_code, MESSAGES["unexpected"])

    def fill(text: str) -> str:
        return gettext(text).format_map(_Figures(error.figures)) if text else ""

    return Message(fill(message.what), fill(message.figures), fill(message.next_step))


def sentence(error: CoreError) -> str:
    """Say an error in one line, whatever its figures hold."""
    message = parts(error)
    return " ".join(f"{message.what} {message.figures} {message.next_step}".split())


class _Figures(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"({key})"
