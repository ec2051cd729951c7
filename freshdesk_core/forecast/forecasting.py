"""The forecast of a history: chosen by back-test, with bands, measures, and what has to be said beside it."""

from collections.abc import Sequence

import numpy as np

from freshdesk_core.forecast import bands, clock, shape
from freshdesk_core.forecast.backtest import Backtest, Told, backtest, mean_of, measure
from freshdesk_core.forecast.cleaning import clean, closed_phases
from freshdesk_core.forecast.history import Flags, History, Numbers, Values
from freshdesk_core.forecast.methods import AVERAGE, NAIVE, average, candidates
from freshdesk_core.forecast.result import Forecast, Intervals, Measure, Measures, Note, Steps, floor
from freshdesk_core.forecast.special import SpecialDay, apply, marks

FEWEST_DAYS = 14  # of history, below which there is no forecast
FEWEST_KNOWN = {1: 7}  # complete steps, by days of a step; else two
SHORT_DAYS = 56  # of history, below which there is nothing to choose by
LONGEST = {1: 1456}  # steps that are read, by days of a step: four years; else ten
LONGEST_ELSE = 520
ENDED_DAYS = 28  # without anything, after which a queue may have ended
ENDED_MISSED = 10.0  # contacts that would have come meanwhile
VOLUME_SEASONS = 8


def forecast(history: History, days: int = 28, special: Sequence[SpecialDay] = ()) -> Forecast:
    """Forecast the days after the last complete one.

    Args:
        history: Counts per day (or week, month), NaN where there is no complete data. Long ones are read
            from the last four years only.
        days: How many days ahead, at least 1.
        special: Holidays and the like, past ones and those to come.

    Returns:
        A forecast, its ``steps`` None where history is too short; ``notes`` say what a reader has to know. No
        history makes it raise; nothing in it is below 0, and the intervals of a day add up to the day.

    Source: product.md P16; Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, 3rd edition.
    """
    history = _readable(history)
    notes = _notes_of(history)
    known = int((~np.isnan(history.values)).sum())
    if history.days < FEWEST_DAYS or known < FEWEST_KNOWN.get(history.step.days, 2):
        too_short = Note("forecast-none", {"days": known, "fewest": FEWEST_DAYS})
        return Forecast(history, notes=[*notes, too_short])
    if (silent := _silence(history)) is not None:
        return _nothing(history, days, [*notes, silent])
    flags = marks(history, special)
    tested = backtest(history.values, history.step.period, history.step.count(days), flags, history.step.year)
    names, told, said_why = _chosen(history, tested)
    cleaned = clean(history.values, history.step.period, flags, history.step.year)
    methods, horizon = candidates(cleaned) | {AVERAGE: average}, history.step.count(days)
    ordinary = mean_of({name: methods[name](cleaned, horizon) for name in names}, names)
    values, unknown = apply(history, special, ordinary)
    notes += [*said_why, *(Note("forecast-special-unknown", {"day": one.day}) for one in unknown)]
    learnt = _bands(history, told, flags)
    low, high = learnt.around(values)
    closed = cleaned.closed[cleaned.phases(len(values))]
    steps = Steps([history.ahead(n) for n in range(len(values))], values, low, high, closed)
    intervals, interval_measures = _intervals(history, steps, told, flags)
    measures = _measures(steps, tested, told, learnt)
    return Forecast(history, steps, intervals, names, measures, interval_measures, notes)


def _readable(history: History) -> History:
    """From the first contact (or eight weeks before the end) to the last complete day, four years at most."""
    known = history.known()
    came = np.flatnonzero(np.nan_to_num(known.values) > 0)
    eight_weeks = SHORT_DAYS // history.step.days if history.step.days else 2
    begins = min(int(came[0]) if len(came) else 0, max(0, len(known) - eight_weeks))
    return known.part(begins, len(known)).latest(LONGEST.get(history.step.days, LONGEST_ELSE))


def _notes_of(history: History) -> list[Note]:
    notes = []
    if history.are_missing_zero:
        notes.append(Note("forecast-missing-zero"))
    period = history.step.period
    closed = closed_phases(history.values, period)[np.arange(len(history)) % period]
    if lacking := int((np.isnan(history.values) & ~closed).sum()):
        notes.append(Note("forecast-gaps", {"n": lacking, "all": len(history)}))
    return notes


def _chosen(history: History, tested: Backtest) -> tuple[Sequence[str], Sequence[Told], list[Note]]:
    """Whose mean is taken, what it would have said, and why."""
    if history.days < SHORT_DAYS:
        return [AVERAGE], tested.of(AVERAGE), [Note("forecast-short", {"days": history.days})]
    chosen, naive = measure(tested.measured), measure(tested.of(NAIVE))
    if chosen is None or naive is None:
        return [AVERAGE], tested.of(AVERAGE), []
    if chosen.wape >= naive.wape:
        return [AVERAGE], tested.of(AVERAGE), [Note("forecast-not-better")]
    return tested.best(), tested.measured, []


def _silence(history: History) -> Note | None:
    """Why nothing at all is expected; None where something is."""
    if not np.nansum(history.values):
        return Note("forecast-nothing-came")
    since = _ended(history)
    return None if since is None else Note("forecast-ended", {"day": history.step.day(history.first, since)})


def _nothing(history: History, days: int, notes: Sequence[Note]) -> Forecast:
    """A forecast of 0, which there is nothing to measure of."""
    zeros = np.zeros(history.step.count(days))
    dates = [history.ahead(number) for number in range(len(zeros))]
    steps = Steps(dates, zeros, zeros, zeros, np.zeros(len(zeros), dtype=np.bool_))
    intervals = None
    if history.slots is not None:
        shares = np.zeros((history.step.period, history.slots.counts.shape[1]))
        starts, values = _spread_out(history, steps, shares, history.slots.minutes)
        intervals = Intervals(starts, values, values, values)
    return Forecast(history, steps, intervals, notes=notes)


def _ended(history: History) -> int | None:
    """Since when nothing comes, where that is no chance; None where something does."""
    came = np.flatnonzero(np.nan_to_num(history.values) > 0)
    if not len(came):
        return None
    since = int(came[-1]) + 1
    without = int((history.values[since:] == 0).sum())
    before = history.values[max(0, since - VOLUME_SEASONS * history.step.period) : since]
    missed = without * float(np.nanmean(before))
    is_long = without >= history.step.count(ENDED_DAYS) and (len(history) - since) >= 4
    return since if is_long and missed >= ENDED_MISSED else None


def _bands(history: History, told: Sequence[Told], flags: Flags) -> bands.Bands:
    said, came = _pairs(told)
    if len(said) >= bands.FEWEST:
        return bands.learn(said, came)
    # Too short for a back-test: how far its own days lie from the mean of their weekday.
    values = np.where(flags, np.nan, history.values)
    said, came = np.zeros(0), np.zeros(0)
    for phase in range(history.step.period):
        same = values[phase :: history.step.period]
        same = same[~np.isnan(same)]
        if len(same) > 1:
            # The mean is nearer to what it is made of than to what comes.
            away = (same - same.mean()) * np.sqrt((len(same) + 1) / (len(same) - 1))
            said = np.append(said, np.full(len(same), same.mean()))
            came = np.append(came, np.maximum(same.mean() + away, 0.0))
    return bands.learn(said, came)


def _pairs(told: Sequence[Told]) -> tuple[Values, Values]:
    said = [np.zeros(0), *(one.said[one.origin.counts] for one in told)]
    came = [np.zeros(0), *(one.origin.came[one.origin.counts] for one in told)]
    return np.concatenate(said), np.concatenate(came)


def _measures(steps: Steps, tested: Backtest, told: Sequence[Told], learnt: bands.Bands) -> Measures:
    return Measures(
        measure(told),
        measure(tested.of(NAIVE)),
        measure(tested.of(AVERAGE)),
        floor(steps.values),
        len(told),
        max((len(one.said) for one in told), default=0),
        bands.coverage(learnt, *_pairs(told)),
    )


def _intervals(
    history: History, steps: Steps, told: Sequence[Told], flags: Flags
) -> tuple[Intervals | None, Measures | None]:
    if history.slots is None:
        return None, None
    counts, normal = history.slots.counts, shape.normal_days(history.values, flags)
    smoothness = shape.choose(counts, normal, told)
    shares = shape.profiles(counts, normal, smoothness)
    starts, values = _spread_out(history, steps, shares, history.slots.minutes)
    said, naively, came = shape.past(counts, normal, told, smoothness)
    learnt = bands.learn(said, came)
    low, high = learnt.around(values)
    averagely, _naively, _came = shape.past(counts, normal, _averages(told), smoothness)
    measures = Measures(
        Measure.of(said, came),
        Measure.of(naively, came),
        Measure.of(averagely, came),
        floor(values),
        len(told),
        max((len(one.said) for one in told), default=0) * counts.shape[1],
        bands.coverage(learnt, said, came),
    )
    return Intervals(starts, values, low, high), measures


def _averages(told: Sequence[Told]) -> list[Told]:
    return [Told(one.origin, one.origin.said[AVERAGE]) for one in told]


def _spread_out(history: History, steps: Steps, shares: Values, minutes: int) -> tuple[Numbers, Values]:
    """The intervals of the days ahead, and what is expected in each."""
    starts, values = [], []
    for number, (day, value) in enumerate(zip(steps.days, steps.values, strict=True)):
        begins, places = clock.intervals(day, history.zone, minutes)
        share = shares[(len(history) + number) % shares.shape[0]][places]
        total = share.sum()
        starts.append(begins)
        values.append(value * (share / total if total > 0 else np.full(len(share), 1 / len(share))))
    return np.concatenate(starts), np.concatenate(values)
