"""The words in which volumes are asked for. Loads nothing, so that the command line's help is quick."""

INTERVALS = ("15min", "30min", "1h", "1d", "1w", "1MS")  # 1w: an ISO week, 1MS: a calendar month
DIMENSIONS = ("queue", "kind", "source", "group", "integration")
