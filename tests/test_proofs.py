"""The list of what is proven names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LISTED = (ROOT / "docs" / "proofs.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", LISTED)))


def test_every_row_names_a_test():
    rows = [line for line in LISTED.splitlines() if re.match(r"\| R\d+ \|", line)]
    assert len(rows) > 40
    assert all(re.search(r"`tests/[\w/]+\.py", row) for row in rows)


@pytest.mark.parametrize(("file", "name"), NAMED, ids="::".join)
def test_what_is_named_exists(file: str, name: str):
    defined = {
        node.name
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert name in defined if name else any(one.startswith("test_") for one in defined)
