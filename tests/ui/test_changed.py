"""What changed and why, as the Overview says it: every sentence's figures add up to the change."""

import re

import pytest

from freshdesk_core.volumes import Changes, Split
from freshdesk_core.volumes.changes import Contribution
from tests.ui.test_pages import words
from ui import changed


def _figures(sentence):
    return [
        int(text.replace(",", "").replace("−", "-")) for text in re.findall(r"[+−][\d,]+(?! %)", sentence)
    ]


@pytest.mark.usefixtures("account")
def test_the_overview_says_what_changed_in_figures_that_add_up(open_app):
    app = open_app(range="Last 7 days", tz="UTC")

    assert not app.exception
    lists = next(element.value for element in app.markdown if element.value.startswith("- New tickets"))
    assert len(lists.splitlines()) == 3
    for line in lists.replace("\\", "").splitlines():
        *parts, whole = _figures(line[2:])
        assert sum(parts) == whole
    assert "What changed, and why" in words(app)


@pytest.mark.usefixtures("account")
def test_without_a_time_before_nothing_is_compared(open_app):
    assert "there is nothing to compare with" in words(open_app(range="Last 90 days"))


def test_a_change_is_told_with_its_rest():
    found = Changes(1_670, 1_550, ())
    assert changed.whole(found, "May") == "**+120** contacts: 1,670 now, 1,550 in May (+7.7 %)."
    assert changed.whole(Changes(3, 0, ()), "May") == "**+3** contacts: 3 now, 0 in May."
    assert changed.whole(Changes(3, 3, ()), "May") == "**3** contacts, as many as in May."
    split = Split("queue", (Contribution("A_*", 130), Contribution("B", -20)), 1, 10)
    assert changed.told(split, 120) == "Queues: A\\_\\* **+130**, B **−20**, 1 other +10; together +120."
    assert changed.told(Split("source", (), 0, 0), 0) == ""
