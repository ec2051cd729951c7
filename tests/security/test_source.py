"""What the source must not hold, read from the source itself; linters know no such rules, or not for us."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [
    ROOT / "app.py",
    *(file for name in ("ui", "pages", "freshdesk_core") for file in (ROOT / name).rglob("*.py")),
]
RUNS_SQL = {"text", "execute", "exec_driver_sql", "executescript", "executemany", "scalar", "scalars"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}


@cache
def trees() -> dict[str, ast.Module]:
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in PRODUCT
    }


def seen() -> dict[str, ast.Module]:
    """What draws pages."""
    return {name: tree for name, tree in trees().items() if name.startswith(("app.py", "ui/", "pages/"))}


def called(call: ast.Call) -> str:
    """The last part of what is called: ``execute`` for ``connection.execute(…)``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(among: dict[str, ast.Module] | None = None) -> Iterator[tuple[str, ast.Call]]:
    for name, tree in (trees() if among is None else among).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def imported() -> Iterator[tuple[str, str]]:
    """Every module that is imported, with its place."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)


def is_writing(call: ast.Call) -> bool:
    """``store.write()``: a transaction that changes something."""
    return called(call) in ("write", "commit") and not call.args


def is_made_up(argument: ast.expr) -> bool:
    """Whether a text is put together when the program runs."""
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Add | ast.Mod) and any(
            isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str))
            for node in ast.walk(argument)
        )
    if isinstance(argument, ast.Call):
        return called(argument) in ("format", "join", "replace")
    return isinstance(argument, ast.JoinedStr) and any(
        isinstance(part, ast.FormattedValue) for part in argument.values
    )


def is_ours(argument: ast.expr) -> bool:
    """A statement with only constants of ours in it, or a setting of SQLite's, which has no parameters."""
    if not isinstance(argument, ast.JoinedStr):
        return False
    values = [part.value for part in argument.values if isinstance(part, ast.FormattedValue)]
    return all(isinstance(value, ast.Name) and value.id.isupper() for value in values) or str(
        getattr(argument.values[0], "value", "")
    ).startswith("PRAGMA ")


def test_the_source_is_read():
    assert {"app.py", "ui/doors.py", "freshdesk_core/access.py"} <= trees().keys()
    assert sum(1 for _call in calls()) > 2_000


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ('f"SELECT * FROM {table}"', True),
        ('"SELECT * FROM " + table', True),
        ('"SELECT * FROM %s" % table', True),
        ('"SELECT * FROM {}".format(table)', True),
        ('"SELECT 1"', False),
        ('f"SELECT {TURN}"', False),
        ("select(tickets)", False),
    ],
)
def test_a_statement_put_together_is_recognised(source, is_found):
    argument = ast.parse(source, mode="eval").body

    assert (is_made_up(argument) and not is_ours(argument)) == is_found


def test_no_statement_is_put_together_from_texts():
    """Values go to the database as parameters, whatever they hold."""
    made = [
        where
        for where, call in calls()
        if called(call) in RUNS_SQL and call.args and is_made_up(call.args[0]) and not is_ours(call.args[0])
    ]

    assert made == []


def test_no_text_is_run_as_a_program():
    assert [
        where for where, call in calls() if isinstance(call.func, ast.Name) and call.func.id in RUNS_TEXT
    ] == []
    assert [
        name for name, module in imported() if module.split(".")[0] in ("pickle", "marshal", "shelve")
    ] == []
    shells = [
        where
        for where, call in calls()
        if called(call) in ("system", "popen", "getoutput")
        or any(keyword.arg == "shell" for keyword in call.keywords)
    ]
    assert shells == []


def test_certificates_are_always_checked():
    """There is no switch for it, not even by name."""
    off = [where for where, call in calls() if any(keyword.arg == "verify" for keyword in call.keywords)]
    unchecked = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("CERT_NONE", "check_hostname", "_create_unverified_context", "disable_warnings")
    ]

    assert off == []
    assert unchecked == []


def test_two_places_make_calls_and_none_by_urllib():
    """The client of Freshdesk, which knows where a key may go, and the test of our own public address.

    The sandbox, which plays Freshdesk, tells an Inflow of its own; it knows no key of Freshdesk's.
    """
    urllib_calls = [
        name for name, module in imported() if module.startswith(("urllib.request", "httpx", "aiohttp"))
    ]
    callers = {name for name, module in imported() if module.split(".")[0] == "requests"}
    callers.discard("freshdesk_core/sandbox/telling.py")

    assert urllib_calls == []
    assert callers == {"freshdesk_core/api/transport.py", "freshdesk_core/events/sending.py"}


def test_no_page_hands_html_to_the_browser():
    """Streamlit would put it into the page as it is; only a constant of ours may go there.

    The links of languages and of saved views are made here, escaped: names and addresses among them.
    """
    unsafe = [
        where
        for where, call in calls()
        if any(keyword.arg in ("unsafe_allow_html", "unsafe_allow_javascript") for keyword in call.keywords)
    ]
    html = [
        where
        for where, call in calls(seen())
        if called(call) in ("html", "iframe", "write_stream")
        and not (call.args and isinstance(call.args[0], ast.Name) and call.args[0].id.isupper())
        and not where.startswith(("ui/language.py:", "ui/saved_views.py:"))
    ]

    assert unsafe == []
    assert html == []


def test_pages_change_nothing_by_themselves():
    """They call functions of the core, which ask who acts; what writes is not theirs to open."""
    writing = [where for where, call in calls(seen()) if is_writing(call)]

    assert writing == []


def unguarded() -> set[str]:
    """Functions of the core that write by themselves and do not ask who acts."""
    return {
        f"{name}:{node.name}"
        for name, tree in trees().items()
        if name.startswith("freshdesk_core/")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not any(getattr(one, "id", "") in ("admin_only", "member_only") for one in node.decorator_list)
        and any(
            isinstance(one, ast.Call) and called(one) == "write" and not one.args for one in ast.walk(node)
        )
    }


def used_by_pages() -> set[str]:
    """The core's functions that pages and their parts name, as file and function."""
    found = set()
    for tree in seen().values():
        modules: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("freshdesk_core"):
                for alias in node.names:
                    modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in modules
            ):
                found.add(f"{modules[node.value.id].replace('.', '/')}.py:{node.attr}")
            elif isinstance(node, ast.Name) and node.id in modules:
                path, _dot, function = modules[node.id].rpartition(".")
                found.add(f"{path.replace('.', '/')}.py:{function}")
    return found


def test_what_pages_call_asks_who_acts_before_it_writes():
    assert len(unguarded()) > 3
    assert len(used_by_pages()) > 50
    assert unguarded() & used_by_pages() == set()


@pytest.mark.parametrize(
    ("section", "option", "value"),
    [
        ("server", "address", "127.0.0.1"),
        ("server", "enableXsrfProtection", True),
        ("server", "enableCORS", True),
        ("server", "enableStaticServing", False),
        ("server", "enableAgentApi", False),
        ("server", "headless", True),
        ("browser", "gatherUsageStats", False),
        ("client", "showErrorDetails", "none"),
        ("client", "showErrorLinks", False),
        ("client", "disableDataExport", True),
    ],
)
def test_the_server_is_shipped_hardened(section, option, value):
    """Also: Streamlit's own download of a table, which knows nothing of formulas, is off."""
    options = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))

    assert options[section][option] == value
    assert set(options["server"]["allowedHosts"]) == {"localhost", "127.0.0.1", "::1"}
