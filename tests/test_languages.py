"""The catalogues are whole and fit the source; a language belongs to whoever is spoken to."""

import ast
import re
import threading
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from freshdesk_core import cli, formats, settings, text
from freshdesk_core.errors import CoreError
from freshdesk_core.messages import MESSAGES, parts

ROOT = Path(__file__).resolve().parents[1]
TRANSLATED = [name for name in text.LANGUAGES if name != text.DEFAULT_LANGUAGE]
SOURCES = ("freshdesk_core", "pages", "ui")

# Marks of Markdown, of tables and of icons, and the sign that a percentage of a format would be.
MARKUP = re.compile(r"\*\*|`[^`]*`|:material/\w+:|^\| ---.*$|https?://\S+|INFLOW_\w+", re.MULTILINE)


@cache
def source() -> set[str | tuple[str, ...]]:
    """Every text that the source marks for translation."""
    found: set[str | tuple[str, ...]] = set()
    for file in (file for folder in SOURCES for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                if node.func.id in ("_", "gettext") and said:
                    found.add(said[0])
                elif node.func.id == "ngettext" and said:
                    found.add((said[0], said[1]))
    return found


@cache
def catalogue(name: str) -> Catalog:
    with (text.LOCALES / name / "LC_MESSAGES" / "inflow.po").open("rb") as file:
        return read_po(file, locale=name)


def pairs(name: str):
    """Each English form with its translations."""
    for message in catalogue(name):
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            yield forms, strings


def placeholders(said: str) -> set[str]:
    return {f"{name}:{spec}" for _text, name, spec, _how in Formatter().parse(said) if name is not None}


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_text_of_the_source_is_translated(name):
    """`make texts` takes new ones over; what no text says any more is taken out."""
    known = {message.id for message in catalogue(name) if message.id}
    empty = [message.id for message in catalogue(name) if message.id and not all(_forms(message.string))]

    assert source() - known == set()
    assert known - source() == set()
    assert empty == []
    assert not any(message.fuzzy for message in catalogue(name) if message.id)


def _forms(string):
    return string if isinstance(string, tuple) else (string,)


@pytest.mark.parametrize("name", TRANSLATED)
def test_translations_say_the_same_figures_and_bear_the_same_marks(name):
    for forms, strings in pairs(name):
        for form, string in zip(forms, strings, strict=True):
            assert placeholders(string) == placeholders(form), form
            assert sorted(MARKUP.findall(string)) == sorted(MARKUP.findall(form)), form
            assert (string[:1] == " ", string[-1:] == " ") == (form[:1] == " ", form[-1:] == " "), form


@pytest.mark.parametrize("name", TRANSLATED)
def test_numbers_choose_the_form(name):
    with text.speaking(name):
        for forms, strings in pairs(name):
            if len(forms) == 2:
                said = [text.ngettext(*forms, count) for count in (0, 1, 2, 21)]
                assert said == [strings[1], strings[0], strings[1], strings[1]]


@pytest.mark.parametrize("name", text.LANGUAGES)
@pytest.mark.parametrize("code", MESSAGES)
def test_each_error_has_its_parts_in_each_language(code, name):
    """What happened, what that means for the figures, what to do: where English says it, all do."""
    english = MESSAGES[code]
    with text.speaking(name):
        said = parts(CoreError(code))

    for part in ("what", "figures", "next_step"):
        assert bool(getattr(said, part)) == bool(getattr(english, part))
    if name != text.DEFAULT_LANGUAGE:
        assert said.what != parts(CoreError(code)).what


def test_threads_do_not_hear_each_other():
    """Sessions of several languages are drawn at once."""
    heard, meeting = {}, threading.Barrier(len(text.LANGUAGES), timeout=60)

    def speak(name: str) -> None:
        with text.speaking(name):
            meeting.wait()
            heard[name] = text.gettext("Queues")
            meeting.wait()
            assert text.language() == name

    threads = [threading.Thread(target=speak, args=(name,)) for name in text.LANGUAGES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == {"en": "Queues", "es": "Colas", "nl": "Wachtrijen", "de": "Warteschlangen"}
    assert text.gettext("Queues") == "Queues"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["de-CH", "en"], "de_CH"),
        (["fr", "nl_NL.UTF-8"], "nl_NL"),
        (["ES"], "es"),
        (["es-419"], "es"),
        (["de-Latn-AT"], "de_AT"),
        (["de-XX"], "de"),
        (["C", "POSIX", "", "x" * 1000, "../de", "de\n"], None),
    ],
    ids=str,
)
def test_the_first_language_that_there_is_is_chosen(wanted, found):
    assert text.chosen(wanted) == found


@pytest.mark.parametrize(
    ("tag", "whole", "half", "day", "weekday"),
    [
        ("en", "12,400", "−1,240.5", "2026-03-05", "Thu"),
        ("de", "12.400", "−1.240,5", "05.03.2026", "Do"),
        ("de_CH", "12’400", "−1’240.5", "05.03.2026", "Do"),
        ("nl", "12.400", "−1.240,5", "05-03-2026", "do"),
        ("es", "12.400", "−1.240,5", "05/03/2026", "jue"),
        ("es_MX", "12,400", "−1,240.5", "05/03/2026", "jue"),
    ],
)
def test_numbers_and_days_are_written_as_the_viewer_does(tag, whole, half, day, weekday):
    with text.speaking(tag):
        assert formats.whole(12400) == whole
        assert formats.signed(-1240.5, 1) == half
        assert formats.day(date(2026, 3, 5)) == day
        assert formats.minute(datetime(2026, 3, 5, 7, 30)) == f"{day} 07:30"  # noqa: DTZ001
        assert formats.weekday(3, is_short=True) == weekday


def test_a_week_begins_where_the_viewer_begins_it():
    begins = {}
    for tag in ("en", "en_US", "en_GB", "de", "es_MX", "es_ES"):
        with text.speaking(tag):
            begins[tag] = formats.first_weekday()

    assert begins == {"en": 0, "en_US": 6, "en_GB": 0, "de": 0, "es_MX": 6, "es_ES": 0}


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}, "en"),
        ({"LANG": "de_DE.UTF-8", "INFLOW_LANGUAGE": "system"}, "de_DE"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "nl_BE", "INFLOW_LANGUAGE": "system"}, "nl_BE"),
        ({"LANG": "C", "INFLOW_LANGUAGE": "system"}, "en"),
        ({"INFLOW_LANGUAGE": "es"}, "es"),
        ({"INFLOW_LANGUAGE": "klingon"}, "en"),
    ],
    ids=str,
)
def test_the_command_line_speaks_english_unless_it_is_asked(environ, language):
    assert settings.language(environ) == language


def test_what_programs_read_is_the_same_in_every_language(monkeypatch, capsys, tmp_path):
    """JSON and exit codes stay; only what people read on stderr is translated."""
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
    told = {}
    for name in text.LANGUAGES:
        monkeypatch.setenv("INFLOW_LANGUAGE", name)
        code = cli.main(["integrations", "check", "nobody"])
        told[name] = capsys.readouterr().err
        assert code == 1
        assert cli.main(["integrations", "list", "--json"]) == 0
        assert capsys.readouterr().out.strip() == '{"integrations": []}'

    assert len(set(told.values())) == len(text.LANGUAGES)
    assert "Integration" in told["de"]
