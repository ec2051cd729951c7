"""What people type: settings, names, days, domains, choices."""

from freshdesk_core.sentences.message import NOTHING_SAVED, UNTOUCHED, Message
from freshdesk_core.text import mark as _

ASKED: dict[str, Message] = {
    "bad-created-count": Message(
        _("This is no number of tickets."), "", _("Type in a whole number from 0 to {most}.")
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
    "foreign-domain": Message(
        _("'{text}' is not a domain of Freshdesk's; the key would go to somebody else."),
        NOTHING_SAVED,
        _("Enter the account's own domain, such as example.freshdesk.com."),
    ),
    "loopback-not-allowed": Message(
        _("'{text}' is an address on this computer, not a Freshdesk domain."),
        UNTOUCHED,
        _("For the sandbox, start Inflow with INFLOW_ALLOW_LOOPBACK=1."),
    ),
    "name-taken": Message(
        _("The name {name} is taken by the integration of {domain}."),
        NOTHING_SAVED,
        _("Choose another name."),
    ),
    "name-too-long": Message(
        _("The name has {length} characters; at most {most} are allowed."),
        NOTHING_SAVED,
        _("Choose a shorter name."),
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
    "no-such-figure": Message(_("There is no figure named '{text}'."), "", _("Choose from: {figures}.")),
    "no-such-group": Message(
        _("There is no group named {name} (there are: {names})."), "", _("Write it as Freshdesk does.")
    ),
    "no-such-integration": Message(
        _("There is no integration named {name} (there are: {names})."),
        "",
        _("List them with: python -m freshdesk_core integrations list"),
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
    "no-such-special-day": Message(
        _("There is no special day with the number {id}."), "", _("Choose one that special-days list shows.")
    ),
    "no-such-view": Message(
        _("This view is no longer there: somebody has deleted it."), "", _("Reload the page.")
    ),
    "nothing-to-compare": Message(
        _("There is nothing to compare: not all tickets of these days are imported."),
        "",
        _("Choose days that are completely imported."),
    ),
    "nothing-to-set": Message(
        _("Nothing was named that should change."), "", _("Give --name, --since or --key.")
    ),
    "other-account": Message(
        _("The key belongs to another account than the one that was imported from {domain}."),
        _("Nothing was changed."),
        _("Use a key of the same account, or connect the other one under a name of its own."),
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
    "view-name-taken": Message(
        _("There is a view named {name} already."), NOTHING_SAVED, _("Choose another name.")
    ),
    "view-too-long": Message(
        _("This view has more filters than can be kept: over {most} characters."),
        NOTHING_SAVED,
        _("Choose fewer queues, groups or sources."),
    ),
    "view-without-name": Message(
        _("A view needs a name."), NOTHING_SAVED, _("Give it one that says what it shows.")
    ),
    "views-full": Message(
        _("There are {most} saved views, as many as are kept."),
        NOTHING_SAVED,
        _("Delete one that nobody needs any more."),
    ),
}
