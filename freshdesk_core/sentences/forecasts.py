"""Series that cannot be read, and what is said beside a forecast."""

from freshdesk_core.sentences.message import Message
from freshdesk_core.text import mark as _

FORECASTS: dict[str, Message] = {
    "forecast-ended": Message(
        _("Nothing has come since {day}, so nothing is expected."),
        "",
        _("Forecast it again once contacts come."),
    ),
    "forecast-gaps": Message(
        _("{n} of {all} days (or steps) have no complete data and are left out."),
        "",
        _("Check the gaps if they are unexpected."),
    ),
    "forecast-missing-zero": Message(
        _("The series has no row with 0, so rows that are missing were taken for 0."),
        "",
        _("Give every interval a row to have gaps told apart."),
    ),
    "forecast-none": Message(
        _("There is no forecast: it needs {fewest} days of history, and there are {days} complete days."),
        "",
        _("Come back when there is more history."),
    ),
    "forecast-not-better": Message(
        _("No method was better than repeating last week, so the average of the last 8 weeks is shown."),
        "",
        _("Compare the measures before you plan with it."),
    ),
    "forecast-nothing-came": Message(
        _("Nothing came in all of the history, so nothing is expected."),
        "",
        _("Check that this is the right series."),
    ),
    "forecast-short": Message(
        _("The history has only {days} days, too few to choose a method: this is an average."),
        "",
        _("From 56 days on, methods are compared."),
    ),
    "forecast-special-unknown": Message(
        _("What the special day {day} does is not known: it is forecast as an ordinary day."),
        "",
        _("Give it a factor, or a day to copy from."),
    ),
    "series-bad-number": Message(
        _("Line {row}: y is not a count."),
        "",
        _("Write a number of 0 or more. Leave y empty where there is no data."),
    ),
    "series-bad-time": Message(
        _("Line {row}: ds is not a date or time."),
        "",
        _("Write it as 2026-03-01 or 2026-03-01T08:15:00+01:00."),
    ),
    "series-columns": Message(
        _("The file has no columns ds and y."), "", _("Name the time ds and the count y in the first line.")
    ),
    "series-duplicate": Message(
        _("The time {ds} comes twice."),
        "",
        _("Give each time once; name the zone with --tz if clocks change."),
    ),
    "series-irregular": Message(
        _("The times are not regular."),
        "",
        _("Give counts per interval of equal length, such as 15 minutes, an hour or a day."),
    ),
    "series-mixed-times": Message(
        _("Line {row}: some times have an offset from UTC and some have none."),
        "",
        _("Write all of them with an offset, or none."),
    ),
    "series-unreadable": Message(
        _("The file {file} cannot be read."), "", _("Give a CSV file in UTF-8 with the columns ds and y.")
    ),
}
