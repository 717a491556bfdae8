"""Whether SQL of a user suits a table: its columns exist and their types fit. Tried on an empty table of the same columns."""

import functools

import duckdb

from app.core.phrases import say
from app.quality.fence import TABLE
from app.quality.problems import Code, RuleProblem
from app.quality.table import Table

_NUMBERS = ("INT", "DECIMAL", "FLOAT", "DOUBLE", "BIGNUM")


def condition(sql: str, table: Table, *path: str) -> None:
    """The condition, already fenced, is true or false for a row of the table.

    Raises:
        RuleProblem: a column is missing, or the types do not fit.
    """
    # As in the run, nothing but columns has a name: no table `data` (a whole row, data.price), no `rowid` of a stored one.
    row = "row"
    while row in sql.lower():
        row += "_"
    ((_, kind),) = _columns(f'SELECT (\n{sql}\n) FROM (SELECT * FROM {TABLE}) AS "{row}"', table, path)
    if kind not in ("BOOLEAN", '"NULL"', "NULL"):
        raise RuleProblem(
            say("CONDITION_GIVES", "This gives {kind}; a condition has to be true or false.", kind=kind),
            *path,
            code=Code.WRONG_TYPE,
        )


def number(sql: str, table: Table, *path: str) -> None:
    """The query, already fenced, gives one column of numbers.

    Raises:
        RuleProblem: it does not.
    """
    columns = _columns(sql, table, path)
    if len(columns) != 1 or not any(word in columns[0][1] for word in _NUMBERS) or "[" in columns[0][1]:
        given = ", ".join(f"{name} {kind}" for name, kind in columns[:10])
        raise RuleProblem(say("SQL_GIVES", "The SQL has to give one number; it gives {given}.", given=given), *path)


def rows(sql: str, table: Table, *path: str) -> None:
    """The query, already fenced, can be run on the table.

    Raises:
        RuleProblem: it cannot.
    """
    _columns(sql, table, path)


def _columns(sql: str, table: Table, path: tuple[str, ...]) -> list[tuple[str, str]]:
    database = _database(tuple((column.sql, column.native) for column in table.columns))
    try:
        described = database.cursor().execute(f"DESCRIBE {sql}").fetchall()
    except duckdb.Error as error:
        raise RuleProblem(
            say("SQL_DOES_NOT_SUIT", "The SQL does not suit the table: {reason}", reason=_words(error)), *path, code=_code(error)
        ) from error
    return [(str(name), str(kind)) for name, kind, *_ in described]


def _words(error: duckdb.Error) -> str:
    first = str(error).splitlines()[0]
    return first.partition("Error: ")[2] or first


def _code(error: duckdb.Error) -> Code:
    return Code.MISSING_FIELD if "not found" in str(error) else Code.WRONG_TYPE


@functools.lru_cache(maxsize=4)
def _database(columns: tuple[tuple[str, str], ...]) -> duckdb.DuckDBPyConnection:
    """An empty table `data` of these columns, and no way to anything else."""
    connection = duckdb.connect(config={"threads": "1", "memory_limit": "64MiB"})
    declared = ", ".join(f"{name} {kind}" for name, kind in columns)
    connection.execute(f"CREATE TABLE {TABLE} ({declared})").fetchall()
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
