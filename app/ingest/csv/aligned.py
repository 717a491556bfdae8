"""Tables whose columns stand below each other by spaces, without a delimiter: not read, but recognised."""

import itertools

_LINES = 300
_LINE_CHARACTERS = 1_000


def column_count(text: str) -> int:
    """How many columns the eye sees in `text`; 0 where it is no table aligned by spaces."""
    lines = [line[:_LINE_CHARACTERS].rstrip() for line in text.expandtabs().splitlines()[:_LINES] if line.strip()]
    if len(lines) < 3 or sum("  " in line for line in lines) * 2 < len(lines):
        return 0
    taken = sorted({place for line in lines for place, character in enumerate(line) if character != " "})
    columns = 1 + sum(right - left > 1 for left, right in itertools.pairwise(taken))
    return columns if columns > 1 else 0
