"""Figures as people read them."""

import pandas as pd
import pytest

from ui import numbers


@pytest.mark.parametrize("missing", [None, pd.NA, float("nan")])
def test_no_data_is_a_dash_and_never_a_zero(missing):
    assert numbers.whole(missing) == numbers.ratio(missing) == numbers.share(missing) == "–"


def test_counts_ratios_and_shares():
    assert numbers.whole(1240) == "1,240"
    assert numbers.ratio(1.5304) == "1.53"
    assert numbers.share(0.3468) == "34.7 %"


@pytest.mark.parametrize(
    ("growth", "text"), [(0.1, "+10.0 %"), (-0.1, "−10.0 %"), (0.0, "0.0 %"), (None, None)]
)
def test_a_change_has_a_sign_or_is_left_out(growth, text):
    assert numbers.change(growth) == text


def test_shares_change_in_points():
    assert numbers.difference(0.35, 0.30, points=True) == "+5.0 pp"
    assert numbers.difference(1.53, 1.50) == "+0.03"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "1 second"), (45, "45 seconds"), (600, "10 minutes"), (7300, "2 hours")]
)
def test_durations_are_rough(seconds, text):
    assert numbers.duration(seconds) == text
