"""Prints what was measured beside what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """A promise of the architecture and what came of it, both in the same unit."""

    what: str
    measured: float
    limit: float
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        """Measured is not above the limit."""
        return self.measured <= self.limit


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a Markdown table: figures to the right, ready to be put into the README."""
    texts = [[_text(value) for value in row] for row in rows]
    widths = [max(len(row[n]) for row in [list(heads), *texts]) for n in range(len(heads))]
    numeric = [n for n in range(len(heads)) if all(isinstance(row[n], int | float) for row in rows)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            text.rjust(width) if n in numeric else text.ljust(width)
            for n, (text, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    print(line(heads))
    rules = ["-" * (width - 1) + (":" if n in numeric else "-") for n, width in enumerate(widths)]
    print(f"| {' | '.join(rules)} |")
    for row in texts:
        print(line(row))
    print()


def verdict(budgets: Sequence[Budget]) -> bool:
    """Print each promise with PASS or FAIL; True when all are kept."""
    for one in budgets:
        word = "PASS" if one.is_kept else "FAIL"
        print(f"{word}  {one.what}: {_text(one.measured)}{one.unit} (at most {_text(one.limit)}{one.unit})")
    print()
    return all(one.is_kept for one in budgets)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
