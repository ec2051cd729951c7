"""``forecast --series FILE.csv``: the coming days of any series, with bands and how good it has been."""

import argparse
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from freshdesk_core.commands.options import say, table
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.forecast import Forecast, Measures
    from freshdesk_core.forecast.history import Values

MOST_DAYS = 366
DIGITS = 6  # of what --json tells: the intervals of a day add up to the day within 0.0001
EPILOG = """\
FILE.csv has the columns ds (a date, or a time in ISO 8601, with an offset or by the local clock) and y (a
count; empty where there is no data). Any regular interval: minutes that go into a day, days, weeks, months.
Only complete local days count; the forecast begins on the day after the last of them.

FILE.csv of --special-days has the columns ds (a date) and name, and may have factor (times the usual) and
copy_from (a date). They are no guide to other days; those ahead do what earlier days of their name did.

--json gives {"series", "methods", "measures", "interval_measures", "notes", "forecast", "days"}: forecast has
the series' own interval, days the same per day (or week, month); each row {"ds", "y", "low", "high"}, low and
high being the ends of an 80 % band. Without 14 days of history there is no forecast: exit code 1, and a note
why.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "forecast",
        help="forecast a series, with bands and how good it has been",
        description="Forecast the coming days of a series.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--series", type=Path, metavar="FILE.csv", required=True, help="columns ds and y")
    parser.add_argument(
        "--days", type=_days, default=28, metavar="N", help=f"days ahead, 1 to {MOST_DAYS} (28)"
    )
    parser.add_argument("--tz", dest="zone", metavar="ZONE", help="IANA time zone of the days (UTC)")
    parser.add_argument("--special-days", type=Path, metavar="FILE.csv", help="holidays, campaigns, outages")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the forecast; 1 when there is none."""
    # Before numpy is loaded: its second thread would wait busily, which doubles the CPU time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from freshdesk_core.forecast import forecast, read_series, read_special_days

    special = read_special_days(args.special_days) if args.special_days else []
    said = forecast(read_series(args.series, args.zone), args.days, special)
    if args.json:
        print(json.dumps(_document(said), ensure_ascii=False, allow_nan=False))
    else:
        _print(said)
    for note in _notes(said):
        say(note["message"])
    return 0 if said.steps else 1


def _days(text: str) -> int:
    try:
        days = int(text)
    except ValueError:
        days = 0
    if not 1 <= days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"not a number from 1 to {MOST_DAYS}")
    return days


def _print(said: "Forecast") -> None:
    if said.steps is None:
        return
    rows = [(row["ds"], *(f"{row[name]:.1f}" for name in ("y", "low", "high"))) for row in _step_rows(said)]
    print(table([_("day"), _("expected"), _("from (80 %)"), _("to (80 %)")], rows))
    measures = said.measures
    if measures is None or measures.forecast is None or measures.naive is None or measures.average is None:
        return
    say(
        _(
            "Looking back from {origins} moments it was off by {wape} of the volume; repeating last week by "
            "{naive}, the average of 8 weeks by {average}; chance alone by {floor}. Bias {bias}. "
            "Methods: {methods}."
        ).format(
            origins=measures.origins,
            wape=f"{measures.forecast.wape:.1%}",
            naive=f"{measures.naive.wape:.1%}",
            average=f"{measures.average.wape:.1%}",
            floor="–" if measures.floor is None else f"{measures.floor:.1%}",
            bias=f"{measures.forecast.bias:+.1%}",
            methods=", ".join(said.methods),
        )
    )


def _document(said: "Forecast") -> dict[str, object]:
    history = said.history
    steps = _step_rows(said)
    return {
        "series": {
            "from": history.first.isoformat() if len(history) else None,
            "to": history.ahead(0).isoformat() if len(history) else None,
            "tz": history.zone,
            "interval": _interval(said),
            "complete": int((history.values >= 0).sum()),
        },
        "methods": list(said.methods),
        "measures": _measures(said.measures),
        "interval_measures": _measures(said.interval_measures),
        "notes": _notes(said),
        "forecast": steps if said.intervals is None else _interval_rows(said),
        "days": steps,
    }


def _interval(said: "Forecast") -> str:
    slots, days = said.history.slots, said.history.step.days
    if slots is not None:
        return f"{slots.minutes}min"
    return f"{days}d" if days else "1MS"


def _notes(said: "Forecast") -> list[dict[str, str]]:
    from freshdesk_core.messages import told

    found = []
    for note in said.notes:
        message = told(note.code, note.figures)
        found.append({"code": note.code, "message": f"{message.what} {message.next_step}"})
    return found


def _measures(measures: "Measures | None") -> dict[str, object] | None:
    if measures is None:
        return None
    told = asdict(measures)
    return {
        "forecast": told["forecast"],
        "seasonal_naive": told["naive"],
        "average_8_weeks": told["average"],
        "floor": told["floor"],
        "origins": told["origins"],
        "horizon": told["horizon"],
        "coverage": told["coverage"],
    }


def _step_rows(said: "Forecast") -> list[dict[str, object]]:
    if said.steps is None:
        return []
    times = [day.isoformat() for day in said.steps.days]
    rows = _rows(times, said.steps.values, said.steps.low, said.steps.high)
    return [{**row, "closed": bool(closed)} for row, closed in zip(rows, said.steps.closed, strict=True)]


def _interval_rows(said: "Forecast") -> list[dict[str, object]]:
    parts, slots = said.intervals, said.history.slots
    if parts is None or slots is None:
        return []
    zone = UTC if slots.is_naive else ZoneInfo(said.history.zone)
    moments = [datetime.fromtimestamp(int(start), zone) for start in parts.starts]
    times = [(at.replace(tzinfo=None) if slots.is_naive else at).isoformat() for at in moments]
    return _rows(times, parts.values, parts.low, parts.high)


def _rows(times: list[str], values: "Values", low: "Values", high: "Values") -> list[dict[str, object]]:
    return [
        {
            "ds": ds,
            "y": round(float(y), DIGITS),
            "low": round(float(a), DIGITS),
            "high": round(float(b), DIGITS),
        }
        for ds, y, a, b in zip(times, values, low, high, strict=True)
    ]
