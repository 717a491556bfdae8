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
    every = dict.fromkeys(one for group in wanted for one in group)
    first = {one: one.otherwise for one in every if isinstance(one, Over) and one.otherwise is not None}
    found = _computed(connection, source, first)
    # What has to be computed after all shares the statements of the others.
    undecided = {one: otherwise for one, otherwise in first.items() if found[one] is None}
    others = [one if one not in first else undecided[one] for one in every if one not in first or one in undecided]
    found |= _computed(connection, source, dict.fromkeys(others))
    return found | {one: found[otherwise] for one, otherwise in undecided.items()}


def _computed(connection: duckdb.DuckDBPyConnection, source: str, wanted: Iterable[str | Over]) -> Found:
    relations: dict[str, dict[str, list[str | Over]]] = {}
    for one in wanted:
        relation, sql = (one.relation, one.sql) if isinstance(one, Over) else (source, one)
        relations.setdefault(relation, {}).setdefault(sql, []).append(one)
    found: Found = {}
    for relation, expressions in relations.items():
        listed = list(expressions)
        for start in range(0, len(listed), STATEMENT_AGGREGATES):
            for sql, value in _values(connection, relation, listed[start : start + STATEMENT_AGGREGATES]).items():
                found |= dict.fromkeys(expressions[sql], value)
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
