"""Words for people, through gettext, so that a catalogue can translate them.

The language belongs to whoever is spoken to, never to the process: sessions of several languages run in one.
It is what ``speaking`` says in this thread, else what an asker says that the edge has named (the dashboard's
looks at the browser), else English. Catalogues are read from their ``.po`` files when first needed: what is
edited is what is shown, and nothing has to be compiled (see docs/decisions/0030-languages.md).
"""

import gettext as _gettext
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

LOCALES = Path(__file__).resolve().parent.parent / "locales"
DEFAULT_LANGUAGE = "en"
LANGUAGES = {"en": "English", "es": "Español", "nl": "Nederlands", "de": "Deutsch"}
"""The languages there are, each by its own name. English stands in the source and has no catalogue."""

_tag: ContextVar[str | None] = ContextVar("language", default=None)
_askers: list[Callable[[], str | None]] = []


def gettext(message: str) -> str:
    """Translate a message into the language in use; English where its catalogue lacks it."""
    return _catalogue(language(), LOCALES).gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message that depends on a number, with as many forms as the language has."""
    return _catalogue(language(), LOCALES).ngettext(singular, plural, count)


def mark(message: str) -> str:
    """Mark a message for the catalogue where it is defined; it is translated where it is shown."""
    return message


def language() -> str:
    """The language in use: a key of ``LANGUAGES``."""
    return tag().partition("_")[0]


def locale() -> "Locale":
    """The language in use with its region, where one is known: ``de_CH`` writes otherwise than ``de``."""
    return _locale(tag())


def tag() -> str:
    """The language in use with its region, such as ``de`` or ``de_CH``; always one that Babel knows."""
    if (said := _tag.get()) is not None:
        return said
    return next((said for asker in _askers if (said := asker())), DEFAULT_LANGUAGE)


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a language within a block, in this thread alone."""
    token = _tag.set(chosen([tag]) or DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _tag.reset(token)


def ask(asker: Callable[[], str | None]) -> None:
    """Name who is asked where ``speaking`` says no language; the answer is None where it is not known."""
    if asker not in _askers:
        _askers.append(asker)


def chosen(wanted: Iterable[str]) -> str | None:
    """The first of the wanted languages that there is.

    Args:
        wanted: Tags as browsers and systems write them (``de-CH``, ``nl_NL.UTF-8``), the dearest first.

    Returns:
        The tag for ``speaking``, with its region where Babel knows it; None where none of them is spoken.
    """
    return next((found for one in wanted if (found := _known(one[:40]))), None)


@lru_cache(maxsize=256)
def _known(wanted: str) -> str | None:
    from babel import Locale, UnknownLocaleError

    parts = wanted.partition(".")[0].partition("@")[0].replace("-", "_").split("_")
    name = parts[0].lower()
    if name not in LANGUAGES:
        return None
    region = next((part.upper() for part in parts[1:] if len(part) == 2 and part.isalpha()), "")
    try:
        return str(Locale.parse(f"{name}_{region}")) if region else name
    except (UnknownLocaleError, ValueError):
        return name


@cache
def _locale(tag: str) -> "Locale":
    from babel import Locale

    return Locale.parse(tag)


@lru_cache(maxsize=16)
def _catalogue(name: str, folder: Path) -> _gettext.NullTranslations:
    if name == DEFAULT_LANGUAGE:
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with (folder / name / "LC_MESSAGES" / "inflow.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)
