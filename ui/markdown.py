"""The one place where a name from Freshdesk becomes text on a page.

Group, source, queue and integration names are written by strangers. Streamlit renders labels and texts
as Markdown, in which a name could fetch an image, draw a link or an icon; Plotly reads a little HTML.
"""

import re
import unicodedata

LONGEST = 120

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Links, mail addresses, icons and emoji are found in the text after Markdown's escapes are resolved, so
# a backslash does not stop them: an invisible word joiner does.
_JOINER = "\u2060"
_AUTOMATIC = re.compile(r"(:|@|www(?=\.)|xmpp(?=:)|mailto(?=:))", re.IGNORECASE)
_ARROWS = re.compile(r"(?<=[-<>=~])(?=[-<>=~])")


def plain(name: str) -> str:
    """Take control characters and changes of direction out of a name; for widgets that show bare text."""
    text = whole(name)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def escape(name: str) -> str:
    """Make a name stand for itself in Markdown: nothing in it is read as markup, link, icon or formula."""
    return _literal(plain(name))


def sentence(text: str) -> str:
    """The same for a sentence of ours with names in it, which is never cut."""
    return _literal(whole(text))


def whole(text: str) -> str:
    """A name without control characters and changes of direction, which is never cut."""
    return _CONTROL.sub(" ", text).strip()


def _literal(text: str) -> str:
    joined = _ARROWS.sub(_JOINER, _AUTOMATIC.sub(rf"\1{_JOINER}", text))
    return _PUNCTUATION.sub(r"\\\1", joined)


def chart(name: str) -> str:
    """Make a name stand for itself in a chart, where Plotly reads a few HTML tags."""
    return plain(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def key(name: str) -> str:
    """Make a name usable as an element's key, which becomes part of a CSS class."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()) or "unnamed"


def file_name(title: str) -> str:
    """Make a title a part of a file's name that every system takes, in whatever language it is."""
    bare = unicodedata.normalize("NFKD", plain(title).casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "chart"
