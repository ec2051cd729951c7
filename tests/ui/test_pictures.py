"""Every chart says what it shows, also without being seen, and can be taken away as a picture."""

import json
import re

import pytest

from freshdesk_core import text
from ui import markdown

CHARTED = ["pages/overview.py", "pages/queues.py", "pages/patterns.py", "pages/contacts_vs_tickets.py"]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("page", CHARTED)
def test_each_chart_has_one_button_which_makes_a_picture_of_it(open_app, page):
    settings = [json.loads(chart.proto.config) for chart in open_app(page).get("plotly_chart")]

    assert settings
    for one in settings:
        assert one["modeBarButtons"] == [["toImage"]]
        assert (one["toImageButtonOptions"]["format"], one["toImageButtonOptions"]["scale"]) == ("png", 2)
        name = one["toImageButtonOptions"]["filename"]
        assert re.fullmatch(r"inflow(-[a-z0-9]+)+-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d", name)
    assert len({one["toImageButtonOptions"]["filename"] for one in settings}) == len(settings)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("page", CHARTED)
def test_each_chart_has_a_title_a_unit_words_and_its_figures_as_a_table(open_app, page):
    """The waterfall's table is that of the rows behind its bars, which stands below it anyway."""
    app = open_app(page)
    charts = app.get("plotly_chart")

    for chart in charts:
        title = json.loads(chart.proto.spec)["layout"]["title"]
        assert title["text"]
        assert title["subtitle"]["text"]
        assert title["text"] in chart.proto.alt
        assert len(chart.proto.alt) > len(title["text"]) + len(title["subtitle"]["text"])
    tables = [toggle for toggle in app.toggle if toggle.key and toggle.key.endswith("_as_table")]
    assert len(tables) == len(charts) - (page == "pages/contacts_vs_tickets.py")


@pytest.mark.usefixtures("account")
def test_the_button_speaks_the_viewers_language(open_app, monkeypatch):
    monkeypatch.setenv("INFLOW_LANGUAGE", "de")
    with text.speaking("de"):
        chart = open_app().get("plotly_chart")[0]

    said = json.loads(chart.proto.config)["locales"]["de"]["dictionary"]
    assert said["Download plot as a PNG"] == "Das Diagramm als Bild mitnehmen"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kontakte über die Woche: größte", "kontakte-uber-die-woche-grosste"),
        ("../../etc/passwd\n", "etc-passwd"),
        ("図表", "chart"),
        ("", "chart"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(title, name):
    assert markdown.file_name(title) == name
