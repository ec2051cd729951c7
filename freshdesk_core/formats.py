"""How numbers and days are written in the language in use, for people; files for programs never ask this.

English days are as in ISO 8601: its readers sit on both sides of the Atlantic, where 03/04 is two days.
"""

import re
from datetime import date, datetime
from functools import cache

from freshdesk_core import text

MONDAY = 0
MINUS = "\u2212"  # as charts write it: a hyphen is shorter than a plus, and breaks lines
ISO_DAY = "yyyy-MM-dd"


def whole(count: float) -> str:
    """A count with its thousands apart.

    >>> whole(1240)
    '1,240'
    """
    return decimal(count, 0)


def decimal(value: float, places: int) -> str:
    """A number with so many decimals."""
    if text.language() == text.DEFAULT_LANGUAGE:
        return f"{value:,.{places}f}"
    from babel.numbers import format_decimal

    return format_decimal(round(value, places), format=_pattern(places), locale=text.locale())


def signed(value: float, places: int) -> str:
    """A number with its sign; what rounds to zero has none.

    >>> signed(-0.1, 1), signed(0.04, 1)
    ('−0.1', '0.0')
    """
    rounded = round(value, places)
    if rounded == 0:
        return decimal(0, places)
    return ("+" if rounded > 0 else MINUS) + decimal(abs(value), places)


def day(moment: date) -> str:
    """A day in figures, the year in full."""
    if text.language() == text.DEFAULT_LANGUAGE:
        return f"{moment:%Y-%m-%d}"
    from babel.dates import format_date

    return format_date(moment, format=day_pattern(), locale=text.locale())


def minute(moment: datetime) -> str:
    """A moment to the minute, on the clock that it bears."""
    return f"{day(moment)} {moment:%H:%M}"


def second(moment: datetime) -> str:
    """A moment to the second, on the clock that it bears."""
    return f"{day(moment)} {moment:%H:%M:%S}"


def weekday(index: int, *, is_short: bool = False) -> str:
    """The name of a weekday; 0 is Monday.

    >>> weekday(0), weekday(6, is_short=True)
    ('Monday', 'Sun')
    """
    width = "abbreviated" if is_short else "wide"
    return str(text.locale().days["stand-alone"][width][index])


def first_weekday() -> int:
    """The day that a week begins with where the viewer lives; 0 is Monday."""
    return int(text.locale().first_week_day) if text.locale().territory else MONDAY


def day_pattern() -> str:
    """How ``day`` writes, in the letters of CLDR: ``dd.MM.yyyy``."""
    return ISO_DAY if text.language() == text.DEFAULT_LANGUAGE else _day_pattern(text.tag())


def separators() -> str:
    """The sign before decimals and the sign between thousands, as one text of two letters."""
    if text.language() == text.DEFAULT_LANGUAGE:
        return ".,"
    symbols = text.locale().number_symbols["latn"]
    return f"{symbols['decimal']}{symbols['group']}"


@cache
def _pattern(places: int) -> str:
    return "#,##0." + "0" * places if places else "#,##0"


@cache
def _day_pattern(tag: str) -> str:
    """The short pattern of a region with two figures for day and month and four for the year."""
    with text.speaking(tag):
        short: str = text.locale().date_formats["short"].pattern
    full = {"d": "dd", "M": "MM", "y": "yyyy"}
    return re.sub("d+|M+|y+", lambda run: full[run[0][0]], short)


def picker() -> str:
    """How a date picker writes a day, in the letters that Streamlit takes; it knows no order but these."""
    return day_pattern().upper()


def table_day() -> str:
    """How a table writes a day; English ones name the weekday too, which tables know in no other language."""
    return f"ddd {picker()}" if text.language() == text.DEFAULT_LANGUAGE else picker()


def table_moment() -> str:
    """How a table writes a moment, to the second."""
    return f"{picker()} HH:mm:ss"


def table_number(places: int = 0) -> str:
    """How a table writes numbers: outside English as the browser does, for tables have no other commas."""
    return f"%,.{places}f" if text.language() == text.DEFAULT_LANGUAGE else "localized"
