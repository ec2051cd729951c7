"""A ticket of one's own: exactly two contacts, alive, and the customer came back an hour later or more."""

from freshdesk_core.store import Store
from freshdesk_core.volumes import Filters, example_ticket
from tests.volumes.account import Account, at


def test_the_newest_ticket_with_exactly_one_later_reply_is_taken(store: Store) -> None:
    account = Account(store)
    assert example_ticket(store) is None
    older = account.ticket("2026-03-01T09:00", group_id=12)
    account.reply(older, "2026-03-03T09:00")
    wanted = account.ticket("2026-03-02T09:00", source=7)
    account.reply(wanted, "2026-03-04T10:30")
    account.reply(wanted, "2026-03-04T11:00", result="agent_reply")
    for columns in ({"spam": True}, {"deleted": True}, {"result": "outbound_email"}):
        other = account.ticket("2026-03-05T09:00", **columns)
        account.reply(other, "2026-03-06T09:00")
    twice = account.ticket("2026-03-05T09:00")
    for when in ("2026-03-06T09:00", "2026-03-07T09:00"):
        account.reply(twice, when)
    at_once = account.ticket("2026-03-05T09:00")
    account.reply(at_once, "2026-03-05T09:20")
    account.edit(older, deleted=True)

    found = example_ticket(store, Filters(kinds=("Tickets",)))

    assert found is not None
    assert found.ticket_id == wanted
    assert (found.created_at, found.replied_at) == (at("2026-03-02T09:00"), at("2026-03-04T10:30"))
    assert (found.tickets_queue, found.replies_queue) == (
        "CustomerService chat Tickets",
        "CustomerService email Replies",
    )
    # An e-mail with a reply a day later or more explains better than what came last.
    account.edit(older, deleted=False)
    assert getattr(example_ticket(store), "ticket_id", None) == older
    assert found.ticket_url == f"https://acme.freshdesk.com/a/tickets/{wanted}"
