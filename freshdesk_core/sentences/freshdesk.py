"""What Freshdesk answers, and what a key may see there."""

from freshdesk_core.sentences.message import NOTHING_SAVED, UNTOUCHED, Message
from freshdesk_core.text import mark as _

FRESHDESK: dict[str, Message] = {
    "access-denied": Message(
        _("Freshdesk does not let this key read {path} ({reason})."),
        UNTOUCHED,
        _("Use the API key of a user with the role Account Administrator."),
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
    "bad-answer": Message(
        _("{domain} answered {path} with something that is not Freshdesk's API ({cause})."),
        UNTOUCHED,
        _("Check the domain, then try again in a few minutes."),
    ),
    "clock-differs": Message(
        _("The clock of this computer differs from Freshdesk's by {minutes} minutes."),
        _("The figures go by Freshdesk's clock; only times of imports are wrong."),
        _("Set this computer's clock, or let it be set by a time server."),
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
    "foreign-host": Message(
        _(
            "{domain} answered with a redirect to another address (status {status}); Inflow does not follow it with the key."
        ),
        UNTOUCHED,
        _("Enter the account's own domain, ending in .freshdesk.com."),
    ),
    "groups-unknown": Message(
        _("Freshdesk does not tell this key which groups there are: their number is not known."),
        _("Queues then bear the ids of their groups."),
        _("Use the API key of a user with the role Account Administrator."),
    ),
    "host-unknown": Message(
        _("Freshdesk has no account at {domain}."),
        NOTHING_SAVED,
        _("Copy the domain from the address of your help desk in Freshdesk, such as example.freshdesk.com."),
    ),
    "key-rejected": Message(
        _("Freshdesk rejected the API key for {domain}."),
        UNTOUCHED,
        _("Use a valid API key of an Account Administrator of that account."),
    ),
    "limit-reached": Message(
        _("Inflow waits for Freshdesk's limit of calls at {domain}, until about {until}."),
        _("Everything read before is saved."),
        _("Nothing to do: the import goes on by itself."),
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
    "no-ca-bundle": Message(
        _("The certificate bundle that the environment names (REQUESTS_CA_BUNDLE) is not there."),
        NOTHING_SAVED,
        _("Correct the variable, or remove it to use the usual certificates."),
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
    "shortcut-off": Message(
        _(
            "{n} of {sampled} conversations of source {source}, read as a sample, held a customer's reply of "
            "which Freshdesk's ticket list told nothing (first found: {since})."
        ),
        _(
            "Since then Inflow reads every conversation of this source, those skipped before too; until they "
            "are read, replies are not called complete."
        ),
        _("Nothing to do; imports take more calls than before."),
    ),
    "sources-unknown": Message(
        _("Freshdesk does not tell this key the names of the sources: they are not known."),
        _("Queues then bear the usual English names."),
        _("Use the API key of a user with the role Account Administrator."),
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
