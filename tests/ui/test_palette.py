"""The colours can be seen and told apart, and mean the same everywhere."""

import tomllib
from pathlib import Path

import pytest

from tests.ui.sight import contrast, least_distance
from ui import heatmap, palette

CONFIG = tomllib.loads((Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text())
THEMES = [CONFIG["theme"]["light"], CONFIG["theme"]["dark"]]
GROUNDS = [palette.LIGHT_GROUND, palette.DARK_GROUND]
SIDE_BY_SIDE = [*palette.SERIES, palette.OTHER]
KINDS = [palette.TICKETS, palette.REPLIES, palette.FRESHDESK]


def test_the_measure_agrees_with_published_figures():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert least_distance(["#2b62cd", "#e17306", "#a18ba8", "#815562"]) == pytest.approx(0.165, abs=0.001)


def test_the_grounds_are_those_of_the_themes():
    assert [theme["backgroundColor"] for theme in THEMES] == GROUNDS


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("look", [*SIDE_BY_SIDE, *KINDS])
def test_every_colour_stands_out_from_both_grounds(look, ground):
    assert contrast(look.colour, ground) >= 3


def test_every_sight_tells_the_colours_apart():
    assert least_distance([look.colour for look in SIDE_BY_SIDE]) >= 0.09
    assert least_distance([look.colour for look in KINDS]) >= 0.09


def test_no_colour_stands_alone():
    assert len({look.dash for look in SIDE_BY_SIDE}) == len(SIDE_BY_SIDE)
    assert len({look.dash for look in KINDS}) == len(KINDS)


def test_streamlits_own_charts_use_the_same_colours():
    assert set(CONFIG["theme"]["chartCategoricalColors"]) == {look.colour for look in SIDE_BY_SIDE}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["textColor", "linkColor", "primaryColor"])
def test_text_can_be_read(theme, ink):
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"], *theme["sidebar"].values()]
    for ground in grounds:
        assert contrast(theme[ink], ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_heads_of_tables_can_be_read(theme):
    assert contrast(theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]) >= 4.5


@pytest.mark.parametrize(
    ("theme", "ground"), [("light", palette.LIGHT_GROUND), ("dark", palette.DARK_GROUND)]
)
def test_small_text_in_charts_can_be_read(theme, ground):
    assert contrast(palette.INK[theme], ground) >= 4.5


@pytest.mark.parametrize("theme", heatmap.SCALES)
def test_figures_in_the_heat_map_can_be_read(theme):
    for _place, colour in heatmap.SCALES[theme]:
        assert contrast(colour, heatmap.INKS[theme]) >= 4.5
