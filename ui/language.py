"""Which language a session speaks: what its viewer chose, else what the browser asks for, else the setting.

Asked once per thread that draws; a thread draws for one session only. The choice is a cookie that a route of
the server sets, so that the page's own ``lang`` is right before anything is drawn.
"""

import html
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from streamlit.runtime.scriptrunner import get_script_run_ctx

from freshdesk_core import settings, text
from freshdesk_core.text import gettext as _

COOKIE = "inflow_language"
A_YEAR = 365 * 86400
PATH = "language"  # beside the pages: links to it are relative, so that they hold behind any proxy
_LOCAL = re.compile(r"[A-Za-z0-9_-]*(?:\?[^\s#\\]*)?")
_WEIGHT = re.compile(r";\s*q\s*=\s*([0-9.]+)")

_asked: ContextVar[str | None] = ContextVar("asked_language", default=None)


def of_request(cookie: str, accept_language: str) -> str:
    """The language for somebody with these two headers, with the region that the browser names.

    The region is the browser's even where the viewer chose the language: "de" of a browser that wants
    ``de-CH`` is written as in Switzerland.
    """
    wanted = list(_accepted(accept_language))
    picked = _picked(cookie)
    if picked is not None:
        wanted = [*(tag for tag in wanted if tag.lower().startswith(picked)), picked]
    return text.chosen(wanted) or settings.language()


def of_session() -> str | None:
    """The language of the session that this thread draws for; None in other threads."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if (known := _asked.get()) is not None:
        return known
    headers = st.context.headers
    found = of_request(headers.get("Cookie", ""), headers.get("Accept-Language", ""))
    _asked.set(found)
    return found


text.ask(of_session)


def switch(page: str) -> None:
    """Draw the choice of languages, as links that lead back to the page as it is.

    Args:
        page: The page's path in the address.
    """
    query = urlencode({key: st.query_params.get_all(key) for key in st.query_params}, doseq=True)
    back = f"{page}?{query}" if query else page
    links = " ".join(_link(tag, name, back) for tag, name in text.LANGUAGES.items())
    label = html.escape(_("Language"))
    st.html(f'<nav class="inflow-languages" aria-label="{label}">{links}</nav>')


def choose(request: Request) -> Response:
    """The route that keeps a choice in a cookie and leads back."""
    picked, back = request.query_params.get("to", ""), request.query_params.get("back", "")
    # Only to pages of our own: "//elsewhere" and "https:" are no names of pages.
    answer = RedirectResponse(f"./{back}" if _LOCAL.fullmatch(back) else "./", status_code=303)
    if picked in text.LANGUAGES:
        answer.set_cookie(COOKIE, picked, max_age=A_YEAR, httponly=True, samesite="lax")
    return answer


def _link(tag: str, name: str, back: str) -> str:
    current = ' aria-current="true"' if tag == text.language() else ""
    address = html.escape(f"{PATH}?{urlencode({'to': tag, 'back': back})}")
    return f'<a href="{address}" lang="{tag}" hreflang="{tag}"{current}>{name}</a>'


def _picked(cookie: str) -> str | None:
    """The language that the viewer chose, when there is such a one."""
    try:
        kept: Mapping[str, object] = SimpleCookie(cookie)
    except CookieError:
        return None
    value = getattr(kept.get(COOKIE), "value", None)
    return value if value in text.LANGUAGES else None


def _accepted(header: str) -> Iterator[str]:
    """The tags of an ``Accept-Language``, the dearest first."""
    weighed = []
    for part in header[:1000].split(","):
        found = _WEIGHT.search(part)
        try:
            weight = float(found[1]) if found else 1.0
        except ValueError:
            continue
        if weight > 0:
            weighed.append((-weight, len(weighed), part.partition(";")[0].strip()))
    return (tag for _weight, _place, tag in sorted(weighed))
