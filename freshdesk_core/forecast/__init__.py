"""Series in, forecast out. Pure: no store, no clock, no network.

    reading      a file of ``ds`` and ``y`` becomes a history
    gaps         which of its days are complete, closed, or no data
    cleaning     gaps filled and outliers bounded, for the methods to read
    methods, smoothing, yearly    the candidates
    backtest     what each would have said then; the best three are chosen
    shape        a day's sum spread over its intervals
    bands        80 % bands from its own past errors
    special      holidays and campaigns: no guide in history, applied ahead
    forecasting  all of it: ``forecast(history, days)``

The methods that smooth come from statsmodels, imported only when they are asked (docs/decisions/0031).
"""

from freshdesk_core.forecast.forecasting import forecast as forecast
from freshdesk_core.forecast.history import History as History
from freshdesk_core.forecast.history import Slots as Slots
from freshdesk_core.forecast.history import Step as Step
from freshdesk_core.forecast.reading import read_series as read_series
from freshdesk_core.forecast.reading_special import read_special_days as read_special_days
from freshdesk_core.forecast.result import Forecast as Forecast
from freshdesk_core.forecast.result import Measures as Measures
from freshdesk_core.forecast.result import Note as Note
from freshdesk_core.forecast.special import SpecialDay as SpecialDay
