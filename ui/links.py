"""Links that hold in every language, although the address names a choice by its words.

Streamlit writes a choice into the address as it is labelled. So every page is opened by way of this
middleware: it knows the labels of all languages and the codes behind them, and leads to the address in the
viewer's own.
"""

from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from freshdesk_core import text
from ui import filters, language, patterns, periods

LONGEST = 8_000  # what is longer is no link of ours
LABELS = {
    "range": (filters.RANGES, filters.range_label),
    "interval": (filters.INTERVALS, filters.interval_label),
    "figure": (patterns.STATISTICS, patterns.statistic_label),
    "weekdays": (tuple(patterns.day_choices()), patterns.day_label),
    "business": (patterns.BUSINESS, patterns.business_label),
    "week_step": (patterns.STEPS, filters.interval_label),
    "day_step": (patterns.STEPS, filters.interval_label),
    "against": (periods.PERIODS, periods.period_label),
}
"""Every choice whose labels are translated, by its name in the address: its codes, and their names."""


class Links:
    """The middleware that leads to the same page under the labels that its viewer will see."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or lead it to where it should have gone."""
        if (address := _elsewhere(scope)) is None:
            await self._app(scope, receive, send)
        else:
            # Differs by viewer: nobody may keep it.
            headers = {"cache-control": "no-store", "vary": "Cookie, Accept-Language"}
            await RedirectResponse(address, status_code=307, headers=headers)(scope, receive, send)


def translated(query: str, tag: str) -> str:
    """A query with its labels in another language.

    Args:
        query: As in an address, labelled in any of the languages, or naming the codes themselves.
        tag: The language to write it in, see ``text.chosen``.

    Returns:
        The same text where nothing in it has to change, be it well formed or not.
    """
    own, known = _labels(tag.partition("_")[0]), _codes()
    pairs = parse_qsl(query, keep_blank_values=True)
    changed = [
        (key, value if key not in own or value in own[key].values() else own[key].get(code, value))
        for key, value in pairs
        for code in [known.get((key, value), "")]
    ]
    return query if changed == pairs else urlencode(changed)


def coded(query: str) -> str:
    """A query that names each choice by its code, so that it is of no language.

    Args:
        query: As in an address, labelled in any of the languages.
    """
    known = _codes()
    return urlencode([(key, known.get((key, value), value)) for key, value in parse_qsl(query)])


def _elsewhere(scope: Scope) -> str | None:
    """Where a request is led; None where it may stay. Relative, so that it holds behind any proxy."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    query = scope["query_string"].decode("latin-1")
    headers = Request(scope).headers
    if not 0 < len(query) < LONGEST or "text/html" not in headers.get("accept", ""):
        return None
    spoken = language.of_request(headers.get("cookie", ""), headers.get("accept-language", ""))
    own = translated(query, spoken)
    return None if own == query else f"?{own}"


@cache
def _labels(name: str) -> Mapping[str, Mapping[str, str]]:
    """What each code is called in a language, by the choice that it belongs to."""
    with text.speaking(name):
        return {key: {code: label(code) for code in codes} for key, (codes, label) in LABELS.items()}


@cache
def _codes() -> Mapping[tuple[str, str], str]:
    """The code that a label means in whatever language, by the choice that it belongs to."""
    named = {
        (key, label): code
        for name in text.LANGUAGES
        for key, labels in _labels(name).items()
        for code, label in labels.items()
    }
    return named | {(key, code): code for key, (codes, _label) in LABELS.items() for code in codes}
