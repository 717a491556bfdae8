"""Cells that keep a column text although nearly all of its others are numbers, dates or the like."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from app.core.phrases import say
from app.ingest.columns import literal, quoted
from app.ingest.text import shapes, types
from app.ingest.text.shapes import Shape
from app.ingest.text.types import ColumnType, FileStyle

SHARE = 0.9
"""Of a column's present cells, so many of one type make the others odd."""
MOST = 20
SAMPLE_ROWS = 20_000
"""Looked at first, all over a larger table: shapes of 8.6 M short texts take 12 s of processor time, more than to read the
whole file and write it (2026-11), and texts that are odd in no way, such as hexadecimal digits, look like numbers now and then."""
SAMPLE_SHARE = 0.75
"""Below SHARE by far more than chance takes from it in so many rows."""
_SALT = 20_261_123
"""Tables that were made up have hashes of their rows' numbers as values."""
_SHOWN_LENGTH = 60


@dataclass(frozen=True)
class Oddity:
    """What keeps one column text."""

    name: str
    count: int
    example: str
    """The first odd cell."""
    row: int
    """Number of its row in the stored table, from 0."""

    def warning(self, line: int | None) -> str:
        """The oddity in words.

        Args:
            line: physical line of the first odd cell, where it is known.
        """
        shown = " ".join(self.example.split())
        shown = shown if len(shown) <= _SHOWN_LENGTH else shown[:_SHOWN_LENGTH] + "..."
        if line is None:
            return say(
                "ODD_CELLS",
                "'{name}' stays text: {count:,} {count:cell looks|cells look} like '{cell}'.",
                name=self.name,
                count=self.count,
                cell=shown,
            )
        return say(
            "ODD_CELLS_FROM_LINE",
            "'{name}' stays text: {count:,} {count:cell looks|cells look} like '{cell}', {count:on|the first on} line {line:,}.",
            name=self.name,
            count=self.count,
            cell=shown,
            line=line,
        )


@dataclass(frozen=True)
class _Shaped:
    """The cells of one column that share a shape."""

    mask: int
    count: int
    row: int
    example: str


def is_suspect(kind: ColumnType, mask: int) -> bool:
    """Whether some cells of a text column are no text: only such columns are worth to be read again."""
    # Of dates in more than one form, the few in another form say more than that there are two.
    is_unexplained = kind.ambiguous is None or types.is_moments(mask)
    return kind.is_text and is_unexplained and bool(mask & shapes.SHAPES & ~(Shape.TEXT | Shape.PADDED))


def find(
    connection: duckdb.DuckDBPyConnection,
    table_path: str,
    names: Sequence[str],
    style: FileStyle,
    *,
    row_count: int,
    tokens_are_text: bool,
) -> list[Oddity]:
    """The columns among `names`, all of text, of whose cells at least `SHARE` would have a type of their own.

    Args:
        table_path: the stored table.
        tokens_are_text: the caller chose other tokens for absent cells; else NA and its like do not count as present.
    """
    found = []
    every = row_count // SAMPLE_ROWS
    for name in names:
        # One column at a time: it is decompressed anyway, and the shapes of a few are dearer than its bytes.
        if every > 1:
            sampled = _shaped(connection, table_path, name, every=every, tokens_are_text=tokens_are_text)
            if _share_of_typed(sampled) < SAMPLE_SHARE:
                continue
        present = _shaped(connection, table_path, name, every=1, tokens_are_text=tokens_are_text)
        odd = _odd(present, style)
        if odd:
            first = min(odd, key=lambda shaped: shaped.row)
            found.append(Oddity(name, sum(shaped.count for shaped in odd), first.example, first.row))
            if len(found) == MOST:
                break
    return found


def _shaped(
    connection: duckdb.DuckDBPyConnection, table_path: str, name: str, *, every: int, tokens_are_text: bool
) -> list[_Shaped]:
    """The present cells of a column by their shapes, of all rows or of one in `every`, which are the same at every call."""
    # By the hash of its number: rows at equal distances may be those that a report ends its pages with.
    sample = f" AND hash(row, {_SALT}) % {every} = 0" if every > 1 else ""
    groups = connection.execute(
        f"SELECT shape, count(*), min(row), arg_min(x, row) FROM (SELECT x, row, {shapes.shape_sql('x', 'b')} AS shape FROM"
        f" (SELECT x, trim(x, ' ') AS b, row FROM (SELECT {quoted(name)} AS x, file_row_number AS row"
        f" FROM read_parquet({literal(table_path)}, file_row_number = true)) WHERE x IS NOT NULL{sample})) GROUP BY shape"
    ).fetchall()
    return [_Shaped(*group) for group in groups if tokens_are_text or _is_present(group[0])]


def _share_of_typed(present: Sequence[_Shaped]) -> float:
    """Part (0-1) of the cells that is no text: no less than those that would have a type together."""
    total = sum(shaped.count for shaped in present)
    return sum(shaped.count for shaped in present if not shaped.mask & Shape.TEXT) / total if total else 1.0


def _is_present(mask: int) -> bool:
    return bool(mask & shapes.SHAPES & ~Shape.PADDED)


def _odd(present: Sequence[_Shaped], style: FileStyle) -> list[_Shaped]:
    """The cells without which the column would have a type, if they are few."""
    usual = sorted((shaped for shaped in present if not shaped.mask & Shape.TEXT and _is_present(shaped.mask)), key=_by_count)
    left: list[_Shaped] = []
    while usual and not _has_type(usual, style):
        left.append(usual.pop())
    # What was left out early may fit what remains: 1e5 among decimals, once the dates are gone.
    for shaped in left:
        if usual and _has_type([*usual, shaped], style):
            usual.append(shaped)
    odd = [shaped for shaped in present if shaped not in usual]
    total = sum(shaped.count for shaped in present)
    return odd if usual and sum(shaped.count for shaped in usual) >= SHARE * total else []


def _by_count(shaped: _Shaped) -> tuple[int, int]:
    return -shaped.count, shaped.row


def _has_type(cells: Sequence[_Shaped], style: FileStyle) -> bool:
    mask = 0
    for shaped in cells:
        mask |= shaped.mask
    return not types.decide(mask, style).is_text
