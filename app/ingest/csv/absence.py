"""Words that mean 'absent' in columns of numbers and dates, met in the text columns of the same file."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb

from app.core.phrases import say
from app.ingest import wide
from app.ingest.columns import literal, quoted
from app.ingest.csv.cells import Cells
from app.ingest.job import Field, LogicalType
from app.ingest.text import shapes
from app.ingest.text.types import ColumnType

LOOKED_AT_ROWS = 20_000
MOST_CATEGORIES = 12
_BATCH_COLUMNS = 256
_NAMED = 10
_CODE = re.compile("[A-Z]{2,5}")
_MIXED = re.compile("[A-Z][A-Z0-9]+|[0-9]+[A-Z]+")
_MARKS = re.compile(r"[^\w\s]+")


def tokens_of(kinds: Sequence[ColumnType]) -> tuple[str, ...]:
    """The words without which some column would be text."""
    return tuple(sorted({token for kind in kinds if not kind.is_text for token in kind.tokens}))


def in_texts(connection: duckdb.DuckDBPyConnection, cells: Cells, kinds: Sequence[ColumnType]) -> list[ColumnType]:
    """The types, where those of text know which of the file's words mean 'absent' in them.

    Who writes NA for a number that is missing writes it for a name that is missing. It stays a text only where it may be
    one of the column's values.
    """
    tokens = tokens_of(kinds)
    if not tokens or cells.null_tokens is not None:
        return list(kinds)
    found = list(kinds)
    texts = [index for index, kind in enumerate(kinds) if kind.is_text and not kind.empty]
    for start in range(0, len(texts), _BATCH_COLUMNS):
        batch = texts[start : start + _BATCH_COLUMNS]
        values = _values(connection, cells, batch)
        for index in batch:
            absent = tuple(token for token in tokens if not is_plausible(token, values.get(index, ())))
            found[index] = replace(kinds[index], tokens=absent)
    return found


def _values(connection: duckdb.DuckDBPyConnection, cells: Cells, columns: Sequence[int]) -> dict[int, list[str]]:
    """Different values of each column, cut behind what can be judged."""
    texts = ", ".join(f"left(trim({cells.column(index)}, ' '), 12)" for index in columns)
    indexes = ", ".join(str(index) for index in columns)
    rows = connection.execute(
        f"SELECT i, list(DISTINCT x) FROM (SELECT unnest([{texts}]) AS x, unnest([{indexes}]) AS i"
        f" FROM (SELECT * FROM {cells.relation} LIMIT {LOOKED_AT_ROWS})) WHERE x <> '' GROUP BY i"
    ).fetchall()
    return dict(rows)


def is_plausible(word: str, values: Collection[str]) -> bool:
    """Whether the word may be a value of a column of text that has these: Namibia's NA beside DE and FR."""
    others = [value for value in values if value not in shapes.TOKEN_BITS]
    if word in ("NA", "NAN"):
        codes = [value for value in others if _CODE.fullmatch(value) or (len(value) == len(word) and _MIXED.fullmatch(value))]
        lengths = {len(code) for code in codes}
        return len(codes) * 2 > len(others) and (len(word) in lengths or len(lengths) > 1)
    if word == "None":
        return 0 < len(others) <= MOST_CATEGORIES
    if word in ("-", "--", "?", "."):
        # The strands + and -, answers ! and ?.
        return any(_MARKS.fullmatch(value) for value in others)
    return False


def warnings(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    kinds: Sequence[ColumnType],
    names: Sequence[str | None],
    fields: Sequence[Field],
) -> list[str]:
    """What was read as absent in columns of text, and how to choose otherwise.

    Args:
        cells: the table as text, which `kinds` and `names` belong to.
        fields: the table as stored.
    """
    with_nulls = {field.field_path for field in fields if field.nullable}
    concerned = [
        (index, kind.tokens)
        for index, (kind, name) in enumerate(zip(kinds, names, strict=True))
        if kind.is_text and kind.tokens and name in with_nulls
    ]
    met: dict[str, list[str]] = {}
    for start in range(0, len(concerned), _BATCH_COLUMNS):
        pairs = [(index, token) for index, tokens in concerned[start : start + _BATCH_COLUMNS] for token in tokens]
        tests = ", ".join(
            f"coalesce(bool_or(trim({cells.column(index)}, ' ') = {shapes.quoted(token)}), false)" for index, token in pairs
        )
        row = connection.execute(f"SELECT {tests} FROM {cells.relation}").fetchall()[0]
        for (index, token), is_met in zip(pairs, row, strict=True):
            if is_met:
                met.setdefault(token, []).append(str(names[index]))
    return [
        say(
            "TOKENS_ABSENT_IN_TEXT",
            "{token} means 'absent' in columns of numbers or dates, and was read as absent in {count} text {count:column|columns} too: "
            "{names}. Where it is a value, give the column's type as STRING in the options, and it stays.",
            token=token,
            count=len(columns),
            names=", ".join(f"'{name}'" for name in columns[:_NAMED]) + (" ..." if len(columns) > _NAMED else ""),
        )
        for token, columns in met.items()
    ]


def kept_warnings(
    connection: duckdb.DuckDBPyConnection, table_path: str, kinds: Sequence[ColumnType], fields: Sequence[Field]
) -> list[str]:
    """Columns of text that hold what means 'absent' in others: kept, because NA may be Namibia, but said."""
    tokens = tokens_of(kinds)
    texts = [field.field_path for field in fields if field.logical_type is LogicalType.STRING]
    if not tokens or not texts or len(texts) > wide.WIDE_COLUMNS:
        return []
    wanted = ", ".join(literal(token) for token in tokens)
    counts = ", ".join(f"count(*) FILTER (WHERE {quoted(name)} IN ({wanted}))" for name in texts)
    found = connection.execute(f"SELECT {counts} FROM read_parquet({literal(table_path)})").fetchone()
    warnings: list[str] = [
        say(
            "TOKENS_KEPT",
            "'{name}' keeps {count:,} {count:cell|cells} as text that {count:is|are} {tokens}, which is read as absent in other columns. To read it as absent everywhere, give it as a null token.",
            name=name,
            count=count,
            tokens=" or ".join(tokens),
        )
        for name, count in zip(texts, found or (), strict=False)
        if count
    ]
    return warnings[:20]
