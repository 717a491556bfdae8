"""Many aggregates by few statements; where a statement fails, those are found that make it fail."""

from collections.abc import Iterable, Sequence

import duckdb

from app.quality.measures import Over, Value

STATEMENT_AGGREGATES = 400
"""More go into further statements: planning time grows faster than their number."""

Found = dict[str | Over, Value | duckdb.Error]


def compute(connection: duckdb.DuckDBPyConnection, source: str, wanted: Iterable[Sequence[str | Over]]) -> Found:
    """Each aggregate's value, or why it has none.

    Args:
        source: the table expression of those that name no relation.
    """
    found: Found = {}
    relations: dict[str, dict[str, str | Over]] = {}
    for group in wanted:
        for one in group:
            relation, sql = (one.relation, one.sql) if isinstance(one, Over) else (source, one)
            relations.setdefault(relation, {})[sql] = one
    for relation, expressions in relations.items():
        listed = list(expressions)
        for start in range(0, len(listed), STATEMENT_AGGREGATES):
            for sql, value in _values(connection, relation, listed[start : start + STATEMENT_AGGREGATES]).items():
                found[expressions[sql]] = value
    for one in list(found):
        if isinstance(one, Over) and one.otherwise is not None and found[one] is None:
            found[one] = _values(connection, one.otherwise.relation, [one.otherwise.sql])[one.otherwise.sql]
    return found


def _values(connection: duckdb.DuckDBPyConnection, relation: str, expressions: list[str]) -> dict[str, Value | duckdb.Error]:
    try:
        row = connection.execute(f"SELECT {', '.join(expressions)} FROM {relation}").fetchall()[0]
    except duckdb.Error as error:
        if len(expressions) == 1:
            return {expressions[0]: error}
        middle = len(expressions) // 2
        return {
            **_values(connection, relation, expressions[:middle]),
            **_values(connection, relation, expressions[middle:]),
        }
    return dict(zip(expressions, row, strict=True))
