"""Events, and the keys that send them."""

from freshdesk_core.sentences.message import NOTHING_SAVED, UNTOUCHED, Message
from freshdesk_core.text import mark as _

EVENTS: dict[str, Message] = {
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
}
