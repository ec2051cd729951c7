"""Names from Freshdesk never become markup."""

import re

import pytest

from ui import markdown

HOSTILE = [
    "![x](https://evil.example/x.png)",
    "<img src=https://evil.example/x.png onerror=alert(1)>",
    "[click](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "someone@evil.example",
    ":red[alarm] :material/delete: :smile:",
    "$x^2$ and $$y$$",
    "`code` *bold* _italic_ ~~gone~~ # head",
    "a | b\n| --- |",
    "[ref]: https://evil.example",
    "<!-- gone -->",
    "&lt;b&gt; &#58;",
    "mailto:x@evil.example xmpp:y@evil.example",
    "a -> b <- c -- d >= e",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_every_sign_of_markup_is_escaped(name):
    escaped = markdown.escape(name)

    assert not re.search(r"(?<!\\)(?:\\\\)*[!\[\](){}<>`*_~#|$:&]", escaped)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_still_reads_the_same(name):
    visible = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.escape(name)).replace("\u2060", "")

    assert visible == " ".join(name.split("\n"))


@pytest.mark.parametrize(
    "name", ["https://evil.example", "www.evil.example", "x@evil.example", ":smile:", ":material/home:"]
)
def test_what_is_found_behind_the_escapes_is_broken_up(name):
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.escape(name))

    assert not re.search(r"https?://|www\.|\w@\w|:\w+:|:material/", text)


def test_control_characters_and_changes_of_direction_are_taken_out():
    assert markdown.plain("a\x00b\r\nc\u202ed\u2066e") == "a b c d e"


def test_a_very_long_name_is_cut():
    assert len(markdown.plain("x" * 10_000)) == markdown.LONGEST


def test_a_chart_shows_tags_as_text():
    assert markdown.chart('<a href="javascript:x">&</a>') == '&lt;a href="javascript:x"&gt;&amp;&lt;/a&gt;'


def test_plain_names_stay_as_they_are():
    assert markdown.escape("CustomerService web chat Tickets") == "CustomerService web chat Tickets"


def test_a_name_is_cut_and_a_sentence_is_not():
    long = "a word " * 100

    assert markdown.escape(long).endswith("…")
    assert markdown.sentence(long) == long.strip()
