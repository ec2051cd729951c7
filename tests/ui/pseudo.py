"""A made-up language that marks every text of a catalogue, and a reader of all that a page shows.

What a page shows without marks, and what is no name, number or code, was written past the catalogues.
"""

import json
import re
from collections.abc import Iterator
from gettext import NullTranslations

from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

OPEN, CLOSE = "⟦", "⟧"
# What of an element's message is no text for people.
SKIPPED = {
    "id", "key", "userKey", "elementId", "formId", "icon", "iconImage", "url", "data", "element", "testId",
    "queryParamKey", "pageScriptHash", "urlPathname", "scriptHash", "styler", "theme", "config", "arrowData",
    "mimeType", "href", "rawOptions", "deltaPath", "queryString", "format", "allowedOptions", "min", "max",
    "default", "bindKey", "defaultTheme", "layoutConfig", "fragmentId", "commandName", "name", "spec",
    "columns", "queryParams", "page", "activeScriptHash", "type", "widthConfig", "dateFormat", "timezone",
    "codeText", "autocomplete", "language",
}  # fmt: skip
CSS = re.compile(r"<style>.*?</style>|<[^>]+>", re.DOTALL)


def marked(message: str) -> str:
    """A text between marks."""
    return f"{OPEN}{message}{CLOSE}"


class Marked(NullTranslations):
    """A catalogue that has every text, between marks."""

    def gettext(self, message: str) -> str:
        return marked(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return self.gettext(singular if count == 1 else plural)


def unmarked(said: str) -> str:
    """What of a text stands outside of all marks."""
    left, depth = [], 0
    for letter in said:
        depth += letter == OPEN
        if not depth:
            left.append(letter)
        depth -= letter == CLOSE
    return "".join(left)


def shown(app: AppTest) -> Iterator[str]:
    """Every text of a page: of its elements, their help and options, its tables' heads and its charts."""
    for node in _nodes(app._tree):
        proto = getattr(node, "proto", None)
        if proto is None or not hasattr(proto, "DESCRIPTOR"):
            continue
        yield from _strings(MessageToDict(proto))
        if columns := getattr(proto, "columns", ""):
            yield from _columns(columns)
        if getattr(proto, "spec", ""):
            yield from _chart(json.loads(proto.spec))


def _nodes(block: object) -> Iterator[object]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _nodes(child)


def _strings(value: object, key: str = "") -> Iterator[str]:
    if key in SKIPPED:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, key)
    elif isinstance(value, str) and not value.isupper():  # enumerations of the protocol are upper case
        yield CSS.sub(" ", value)


def _columns(columns: object) -> Iterator[str]:
    if not isinstance(columns, str):
        return
    for column in json.loads(columns).values():
        yield from (str(column[key]) for key in ("label", "help") if column.get(key))


def _chart(spec: dict[str, dict[str, object]]) -> Iterator[str]:
    layout = spec["layout"]
    for part in ("title", "xaxis", "yaxis"):
        title = layout.get(part, {})
        title = title.get("title", title) if isinstance(title, dict) else title
        if isinstance(title, dict):
            yield str(title.get("text") or "")
            yield str((title.get("subtitle") or {}).get("text") or "")
    yield from (str(note.get("text") or "") for note in layout.get("annotations", []))
    for trace in spec["data"]:
        yield str(trace.get("name") or "")
        yield re.sub(r"%\{[^}]*\}|<[^>]*>", " ", str(trace.get("hovertemplate") or ""))
        yield from (part for part in trace.get("text") or [] if isinstance(part, str))
