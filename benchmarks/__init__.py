"""Measures what the architecture promises: ``python -m benchmarks``, or ``make bench``."""
