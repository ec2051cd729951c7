"""Every error that the core raises on purpose becomes a sentence that says what to do next.

The places are found in the source itself, so that a new error cannot be forgotten here.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

import freshdesk_core
from freshdesk_core import errors
from freshdesk_core.health import BROKEN_LINKS
from freshdesk_core.messages import MESSAGES, parts, sentence

CORE = Path(freshdesk_core.__file__).parent
# The sandbox plays a foreign service; its errors are answers over HTTP.
FILES = sorted(file for file in CORE.rglob("*.py") if "sandbox" not in file.relative_to(CORE).parts)
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}


@dataclass(frozen=True)
class Place:
    """Where an error is made: its codes (two when a condition chooses) and the figures given by name."""

    where: str
    codes: tuple[str, ...]
    figures: frozenset[str]
    has_more_figures: bool  # by **mapping, which the source does not tell


def class_codes() -> dict[str, str]:
    """The code of each class of errors, by the class's name; inherited where it sets none."""
    codes = {"CoreError": errors.CoreError.code}
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _level in range(4):  # a base may stand in a file that comes later
        for node in classes:
            inherited = [codes[name_of(base)] for base in node.bases if name_of(base) in codes]
            if inherited:
                codes[node.name] = own_code(node) or inherited[0]
    return codes


def own_code(node: ast.ClassDef) -> str | None:
    for line in node.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Constant):
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            if any(name_of(target) == "code" for target in targets):
                return str(line.value.value)
    return None


def name_of(node: ast.AST) -> str:
    """The last part of a name: ``ConfigError`` for ``errors.ConfigError`` too."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def codes_said(call: ast.Call, default: str) -> tuple[str, ...] | None:
    """The codes that a call may have; None when the source does not tell."""
    if not call.args:
        return (default,)
    said = call.args[0]
    answers = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
    codes = [str(one.value) for one in answers if isinstance(one, ast.Constant)]
    return tuple(codes) if len(codes) == len(answers) else None


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that makes an error, with its place."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in CLASS_CODES:
                yield f"{file.relative_to(CORE.parent)}:{node.lineno}", node


def places() -> Iterator[Place]:
    for where, call in calls():
        codes = codes_said(call, CLASS_CODES[name_of(call.func)])
        if codes is not None:
            names = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
            yield Place(where, codes, names, len(names) < len(call.keywords))


CLASS_CODES = class_codes()
PLACES = list(places())
CODES = sorted(set(CLASS_CODES.values()) | {code for place in PLACES for code in place.codes})


def figures_of(code: str) -> set[str]:
    """The figures that a message speaks of."""
    message = MESSAGES[code]
    texts = (message.what, message.figures, message.next_step)
    return {name for text in texts for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def test_the_source_is_read():
    """The search finds what it is known to hold; else all that follows would prove nothing."""
    assert CLASS_CODES["NotAuthorized"] == "key-rejected"
    assert {"key-rejected", "bad-domain", "store-too-new", "busy"} <= set(CODES)
    assert len(PLACES) > 20


def test_a_code_is_said_where_the_error_is_made():
    """Only an error that is told again, from the record of its run, may take its code from elsewhere."""
    unclear = [
        where
        for where, call in calls()
        if codes_said(call, "") is None and name_of(call.args[0]) != "error_code"
    ]

    assert unclear == []


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_a_sentence_of_its_own(code):
    assert code in MESSAGES


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_says_what_happened_and_what_to_do_next(code):
    """In sentences; a command to copy may end the last one without a full stop."""
    message = MESSAGES[code]

    assert message.what.endswith(".")
    assert message.next_step.endswith(".") or ": " in message.next_step


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.where)
def test_every_error_brings_the_figures_of_its_message(place):
    for code in place.codes:
        missing = figures_of(code) - place.figures

        assert not missing or place.has_more_figures


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_message_has_no_gaps_once_it_has_its_figures(code):
    figures = {name: f"<{name}>" for name in figures_of(code)}
    message = parts(errors.CoreError(code, **figures))
    text = f"{message.what} {message.figures} {message.next_step}"

    assert not [name for name in figures if f"({name})" in text]
    assert all(f"<{name}>" in text for name in figures)
    assert "{" not in text


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_an_error_is_one_line_of_text(code):
    """Logs and stderr take it as it is, whatever a figure holds."""
    figures = dict.fromkeys(figures_of(code), "two\r\nlines {and} %s")
    error = errors.CoreError(code, **figures)

    assert str(error) == sentence(error)
    assert str(error).splitlines() == [str(error)]
    assert str(error).strip()


def test_a_missing_figure_shows_as_a_gap_and_hides_no_error():
    """While an error is being told, nothing may go wrong for want of a figure."""
    assert "(domain)" in str(errors.NotAuthorized())


def test_a_code_without_a_sentence_is_told_as_something_unexpected():
    assert str(errors.CoreError("never-heard-of")) == str(errors.CoreError())


def test_an_error_knows_its_code_and_figures():
    """Callers and exports of runs use them; the sentence is for people."""
    error = errors.ConfigError("bad-date", text="31-12-2026")

    assert (error.error_code, error.figures) == ("bad-date", {"text": "31-12-2026"})
    assert errors.NotAuthorized(domain="example.freshdesk.com").error_code == "key-rejected"
    assert errors.AccessDenied(path="/roles", reason="require_feature").reason == "require_feature"
    assert errors.AccessDenied(path="/roles").reason == ""


def classes_of(tree: type[errors.CoreError]) -> Iterator[type[errors.CoreError]]:
    yield tree
    for below in tree.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from classes_of(below)


def test_the_tree_marks_what_does_not_pass_by_itself():
    """The schedule goes by the attribute, the reader by the tree: they say the same of every class."""
    lines = [line.split() for line in (errors.__doc__ or "").splitlines() if "── " in line]
    marked = {words[index + 1]: words[index + 2] == "!" for words in lines for index in find_branch(words)}
    known = {one.__name__: one.is_terminal for one in classes_of(errors.CoreError)}

    assert marked == {name: is_terminal for name, is_terminal in known.items() if name != "CoreError"}


def find_branch(words: list[str]) -> list[int]:
    return [index for index, word in enumerate(words) if word in ("├──", "└──")]


def test_what_ends_an_import_for_good_asks_somebody_to_act():
    """A terminal error that a run ends with names the broken link in ``status``; no other does."""
    ending = {one.code for one in classes_of(errors.ApiError) if one.is_terminal}

    assert ending <= set(BROKEN_LINKS)
    assert not {one.code for one in classes_of(errors.ApiError) if not one.is_terminal} & set(BROKEN_LINKS)
