"""Exports: safe to open, equal when read back."""

import csv
import io
import itertools
import json
import re
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from freshdesk_core.export import csv_text, injixo_csv, records, xlsx_bytes

HOSTILE = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\uff1d1": "'\uff1d1",  # the wide signs of East Asian scripts
    " =1": "' =1",
    "\0=1": "'\0=1",
    "\tx": "'\tx",
    # Read with another separator, the part behind it is a cell of its own.
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "\n=1": "'\n'=1",
    "Sales;=1": "Sales;'=1",
    'Sales;"=1"': 'Sales;\'"=1"',
    "Sales, -1": "Sales,' -1",
}
HARMLESS = [
    'say "hi"',
    "a,b;c",
    "two\nlines",
    "dash - inside",
    "1=1",
    "Žofie 🙂",
    "'quoted'",
    "C++",
    "a@b",
    "x; y",
]
SEPARATORS = (",", ";", "\t", "|")
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def frame(*names: str) -> pd.DataFrame:
    start = pd.Timestamp("2026-10-25T00:00", tz="Europe/Amsterdam")
    return pd.DataFrame(
        {
            "interval_start": [start + pd.Timedelta(hours=n) for n in range(len(names))],
            "queue": pd.Series(names, dtype="str"),
            "queue_id": [f"1-11-{n}-tickets" for n in range(len(names))],
            "offered": pd.array([n - 1 if n else None for n in range(len(names))], dtype="Int64"),
        }
    )


def read_back(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def unescaped(text: str) -> str:
    """A sheet writes a control character as _x and its code."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def sheet(data: bytes) -> list[list[tuple[str, str]]]:
    """The cells of the first sheet as (type, text), read without the library that wrote them."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        strings = [
            "".join(unescaped(node.text or "") for node in item.iter(f"{SPACE}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{SPACE}si")
        ]
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SPACE}row")
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        return [
            [
                ("s", strings[int(cell.findtext(f"{SPACE}v") or 0)])
                if cell.get("t") == "s"
                else ("n", cell.findtext(f"{SPACE}v") or "")
                for cell in row
            ]
            for row in rows
        ]


@pytest.mark.parametrize(("name", "safe"), HOSTILE.items(), ids=ascii)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(name, safe):
    assert read_back(csv_text(frame(name)))[1][1] == safe
    assert read_back(injixo_csv(frame("a", name)), ";")[1][0] == safe
    assert sheet(xlsx_bytes(frame(name)))[1][1] == ("s", safe)


def test_no_cell_is_calculated_whatever_separator_it_is_read_with():
    """All texts of four of these signs, read by a reader of the format and by one that knows no quotes."""
    signs = ("=", "-", ";", ",", '"', "\n", "a")
    names = ["".join(four) for four in itertools.product(signs, repeat=4)]
    text = csv_text(pd.DataFrame({"first": "x", "name": names, "offered": -7}))
    cells = [
        cell
        for separator in SEPARATORS
        for row in [
            *csv.reader(io.StringIO(text, newline=""), delimiter=separator),
            *(line.split(separator) for line in text.split("\n")),
        ]
        for cell in row
    ]

    assert len(cells) > 8 * len(names)
    found = {cell for cell in cells if cell.lstrip(' \n"').startswith(("=", "-"))}
    assert all(re.fullmatch('"*-7', cell.lstrip(' \n"')) for cell in found), found


@pytest.mark.parametrize("name", HARMLESS)
def test_any_other_text_comes_back_byte_by_byte(name):
    assert read_back(csv_text(frame(name)))[1][1] == name
    assert sheet(xlsx_bytes(frame(name)))[1][1] == ("s", name)


def test_numbers_stay_numbers_and_no_data_is_empty():
    text = csv_text(frame("a", "b", "c").assign(change=[-0.5, 0.0, float("nan")]))

    assert [row[3:] for row in read_back(text)] == [
        ["offered", "change"],
        ["", "-0.5"],
        ["0", "0.0"],
        ["1", ""],
    ]


def test_times_carry_their_offset():
    text = csv_text(frame(*"abcdef"))

    assert [row[0][11:] for row in read_back(text)[1:]] == [
        *("00:00:00+02:00", "01:00:00+02:00", "02:00:00+02:00"),
        *("02:00:00+01:00", "03:00:00+01:00", "04:00:00+01:00"),
    ]


def test_an_empty_frame_has_its_head():
    assert csv_text(frame()) == "interval_start,queue,queue_id,offered\n"
    assert records(frame()) == []
    assert injixo_csv(frame()) == "Queue;Date;Time;Offered;Handled;Channel\n"


def test_json_takes_the_records():
    rows = json.loads(json.dumps(records(frame("a", "=b"))))

    assert rows == [
        {
            "interval_start": "2026-10-25T00:00:00+02:00",
            "queue": "a",
            "queue_id": "1-11-0-tickets",
            "offered": None,
        },
        {
            "interval_start": "2026-10-25T01:00:00+02:00",
            "queue": "=b",
            "queue_id": "1-11-1-tickets",
            "offered": 0,
        },
    ]


def test_a_sheet_is_safe_and_exact():
    names = list(HOSTILE)[:4]
    data = frame(*names).assign(ticket_id=[2**53 + 1, 7, 8, 9], is_unknown=[True, False, True, False])

    rows = sheet(xlsx_bytes(data, {"zone": "=1+1"}))

    assert [cell[1] for cell in rows[0]] == list(data.columns)
    assert [row[1] for row in rows[1:]] == [("s", HOSTILE[name]) for name in names]
    assert [row[-2] for row in rows[1:]] == [("s", "9007199254740993"), ("n", "7"), ("n", "8"), ("n", "9")]


def test_too_many_rows_for_a_sheet_are_refused():
    with pytest.raises(ValueError, match="1048576"):
        xlsx_bytes(pd.DataFrame({"offered": range(1_048_576)}))


def test_the_form_of_injixo():
    """Handled repeats Offered; the hour that comes twice is one row; no data is no row."""
    data = frame("a", "b", "Q;1", "Q;1").assign(queue_id=["1", "2", "3", "3"])

    assert injixo_csv(data).splitlines() == [
        "Queue;Date;Time;Offered;Handled;Channel",
        "b;2026-10-25;01:00;0;0;cases",
        '"Q;1";2026-10-25;02:00;3;3;cases',
    ]
