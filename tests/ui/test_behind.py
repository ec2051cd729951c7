"""A bar of the waterfall opens its rows."""

import pytest

from ui import behind

PAGE = "pages/contacts_vs_tickets.py"


@pytest.mark.usefixtures("account")
def test_a_figure_opens_its_rows(open_app):
    app = open_app(PAGE, range="Last 90 days")
    box = app.selectbox(key=behind.KEY)
    assert box.value is None
    assert "Outbound e-mails: 1" in box.options
    assert not any(option.startswith("Freshdesk tickets") for option in box.options)

    box.set_value("outbound_email").run()

    assert not app.exception
    frame = next(table.value for table in app.dataframe if "why" in table.value)
    assert frame["why"].tolist() == ["An agent began it: no contact"]
    assert frame["ticket_url"].iloc[0].startswith("https://acme.freshdesk.com/a/tickets/")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((7, "live", "counted"), "A customer's reply: one contact"),
        ((behind.pd.NA, "spam", "counted"), "A new ticket: one contact; marked as spam"),
        ((behind.pd.NA, "live", ""), "Freshdesk has it, Inflow has not read it yet"),
    ],
)
def test_a_row_says_why_it_is_here(row, words):
    assert behind._why(*row) == words
