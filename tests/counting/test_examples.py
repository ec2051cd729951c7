"""The examples in the docstrings of the rules are true."""

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("module", ["facts", "queues", "threads", "tickets"])
def test_the_examples_in_the_docstrings_hold(module):
    failed, _tried = doctest.testmod(import_module(f"freshdesk_core.counting.{module}"))

    assert failed == 0
