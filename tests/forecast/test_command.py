"""``forecast --series``: one JSON document on any series; a sentence where there is no forecast."""

import json
import subprocess
import sys
from datetime import date, datetime

import numpy as np
import pytest

from freshdesk_core.cli import main
from tests.forecast.series import counts, csv_of_days, moments

ZONE = "Europe/Amsterdam"
ANSWER = {"series", "methods", "measures", "interval_measures", "notes", "forecast", "days"}


def ask(capsys, file, *more):
    code = main(["forecast", "--series", str(file), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_quarter_hours_add_up_to_days_also_when_the_clock_changes(tmp_path, capsys):
    """Nine weeks of quarter hours before the night in which an hour lacks: that day has 92."""
    chance = np.random.default_rng(2)
    times = moments(date(2026, 1, 22), 63, 15, ZONE)
    rows = [f"{at.isoformat()},{chance.poisson(2) if 8 <= at.hour < 18 else 0}" for at in times]
    file = tmp_path / "quarters.csv"
    file.write_text("\n".join(["ds,y", *rows]))

    code, found = ask(capsys, file, "--days", "7", "--tz", ZONE)

    assert code == 0
    assert set(found) == ANSWER
    assert len(found["forecast"]) == 7 * 96 - 4
    assert found["series"]["interval"] == "15min"
    for day in found["days"]:
        parts = [row for row in found["forecast"] if row["ds"].startswith(day["ds"])]
        assert sum(row["y"] for row in parts) == pytest.approx(day["y"], abs=1e-4)
        assert all(0 <= row["low"] <= row["y"] <= row["high"] for row in [day, *parts])
    night = [row["y"] for row in found["forecast"] if datetime.fromisoformat(row["ds"]).hour < 7]
    assert max(night) == 0
    assert found["measures"]["origins"] >= 1


def test_no_forecast_is_a_sentence_and_exit_code_1(tmp_path, capsys):
    file = tmp_path / "days.csv"
    for values in (np.zeros(0), np.array([3.0]), counts(13)):
        file.write_text(csv_of_days(values))
        code, found = ask(capsys, file)

        assert code == 1
        assert found["forecast"] == []
        assert found["notes"][-1]["code"] == "forecast-none"
        assert "14 days" in found["notes"][-1]["message"]


def test_special_days_come_from_a_file(tmp_path, capsys):
    file, special = tmp_path / "days.csv", tmp_path / "special.csv"
    file.write_text(csv_of_days(counts(35)))
    special.write_text("ds,name,factor,copy_from\n2024-02-05,sale,3,\n2024-02-06,like,,2024-01-01\n")
    _code, plain = ask(capsys, file, "--days", "2")

    code, found = ask(capsys, file, "--days", "2", "--special-days", str(special))

    assert code == 0
    assert found["forecast"][0]["y"] == pytest.approx(3 * plain["forecast"][0]["y"], rel=0.01)
    assert found["forecast"][1]["y"] == counts(35)[0]


def test_people_read_a_table_and_programs_wrong_usage(tmp_path, capsys):
    file = tmp_path / "days.csv"
    file.write_text(csv_of_days(counts(35)))

    assert main(["forecast", "--series", str(file), "--days", "3"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 4
    assert "average" in said.err
    assert main(["forecast", "--series", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main(["forecast", "--series", str(file), "--days", "0"])
    assert usage.value.code == 2


def test_nothing_but_a_forecast_loads_statsmodels():
    """It takes 80 MB of memory and a second, which no page, import or event endpoint may pay for."""
    program = (
        "import sys, pkgutil, importlib, freshdesk_core\n"
        "for one in pkgutil.walk_packages(freshdesk_core.__path__, 'freshdesk_core.'):\n"
        "    if '__main__' not in one.name and 'migrations' not in one.name:\n"
        "        importlib.import_module(one.name)\n"
        "print(sorted({'statsmodels', 'scipy', 'patsy'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)

    assert answer.stdout.strip() == "[]", answer.stderr
