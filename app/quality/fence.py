"""What SQL of a user may be: one condition, or one SELECT on the table; known functions only.

DuckDB's own parser reads it, so that what is judged is what will run. Refused when a rule is saved and again when it runs;
behind this fence stand a database that reaches nothing but files for failed rows (engine room: `sandbox`) and a process with
limits.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import orjson

from app.core.phrases import say
from app.quality.allowed import FUNCTIONS
from app.quality.problems import RuleProblem

TABLE = "data"
"""The name by which a user's SELECT reads the table."""
MAX_CONDITION_CHARACTERS = 4_000
MAX_QUERY_CHARACTERS = 20_000
MAX_PATTERN_BYTES = 1_024
MAX_DEPTH = 200
"""Levels of the syntax tree."""

_EXPRESSIONS = frozenset(
    [
        "COLUMN_REF",
        "CONSTANT",
        "FUNCTION",
        "COMPARISON",
        "CONJUNCTION",
        "CASE",
        "CAST",
        "OPERATOR",
        "BETWEEN",
        "WINDOW",
        "STAR",
        "COLLATE",
        "LAMBDA",
        "SUBQUERY",
        "POSITIONAL_REFERENCE",
        "TYPE",
    ]
)
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
_TABLES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST"})

Node = dict[str, object]


@dataclass
class Reading:
    """What a piece of SQL mentions."""

    names: set[str] = field(default_factory=set)
    """Parts of names of columns, those that USING joins by too, in lower case."""
    last_names: set[str] = field(default_factory=set)
    """The last part of each reference, in lower case."""
    has_star: bool = False
    counts_columns: bool = False
    """Columns are told by their places, or by being in both of two tables: #1, data AS d(a, b), NATURAL JOIN."""
    has_subquery: bool = False
    tables: set[str] = field(default_factory=set)
    own_tables: set[str] = field(default_factory=set)
    """Names that WITH gives to queries."""
    relations: set[str] = field(default_factory=set)
    """Names and aliases of tables."""

    @property
    def needs_every_column(self) -> bool:
        """Whether the answer may depend on columns that are not among `names`."""
        # The name of a table, where a column's is expected, is the whole row: count(DISTINCT data).
        return self.has_star or self.counts_columns or bool(self.last_names & self.relations)


class _Parser:
    """One database without data, for parsing; made when first needed, safe in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._connection is None:
                self._connection = duckdb.connect(
                    config={
                        "threads": "1",
                        "memory_limit": "64MiB",
                        "enable_external_access": "false",
                        "autoinstall_known_extensions": "false",
                        "autoload_known_extensions": "false",
                        "lock_configuration": "true",
                    }
                )
            return self._connection.cursor()


_parser = _Parser()


def condition(sql: str, *path: str) -> Reading:
    """The SQL is one condition on columns: no query, no aggregate over rows, no unknown function.

    Raises:
        RuleProblem: it is something else.
    """
    _short(sql, MAX_CONDITION_CHARACTERS, path)
    alone = _statement(f"SELECT {sql}", path)
    listed = alone.get("select_list")
    bare = alone.get("type") == "SELECT_NODE" and isinstance(listed, list) and len(listed) == 1 and not listed[0].get("alias")
    table = alone.get("from_table")
    plain = isinstance(table, dict) and table.get("type") == "EMPTY" and not alone.get("modifiers")
    rest = any(alone.get(part) for part in ("where_clause", "group_expressions", "having", "qualify", "sample"))
    if not bare or not plain or rest:
        raise RuleProblem(say("SQL_ONE_CONDITION", "This has to be one condition, like: price > 0 AND status = 'open'."), *path)
    # The same within brackets, as it will stand: a comment or a semicolon at its end shows only there.
    _statement(f"SELECT 1 FROM {TABLE} WHERE (\n{sql}\n)", path)
    reading = _read(alone, path)
    if reading.has_subquery or reading.has_star:
        raise RuleProblem(
            say("SQL_CONDITION_ROW", "A condition looks at the columns of one row: it has no SELECT and no * in it."), *path
        )
    aggregates = sorted(_functions(alone) & _aggregates())
    if aggregates or _has_window(alone):
        what = aggregates[0] if aggregates else "OVER"
        raise RuleProblem(
            say("CONDITION_SEVERAL_ROWS", "A condition looks at one row at a time: '{what}' needs several.", what=what), *path
        )
    return reading


def query(sql: str, *path: str) -> Reading:
    """The SQL is one SELECT on the table `data`, with known functions only.

    Raises:
        RuleProblem: it is something else.
    """
    _short(sql, MAX_QUERY_CHARACTERS, path)
    reading = _read(_statement(sql, path), path)
    strange = reading.tables - reading.own_tables - {TABLE}
    if strange:
        raise RuleProblem(
            say(
                "SQL_OTHER_TABLE", "The table is called '{table}' here; '{name}' cannot be read.", table=TABLE, name=min(strange)
            ),
            *path,
        )
    if TABLE in reading.own_tables:
        raise RuleProblem(
            say("SQL_WITH_NAME", "'{table}' is the name of the table; give the WITH query another one.", table=TABLE), *path
        )
    return reading


def pattern(text: str, *path: str) -> None:
    """The text is a regular expression of RE2 of at most 1 KiB.

    Raises:
        RuleProblem: it is none.
    """
    if len(text.encode()) > MAX_PATTERN_BYTES:
        raise RuleProblem(
            say(
                "PATTERN_TOO_LONG", "The pattern is longer than {max_pattern_bytes:,} bytes.", max_pattern_bytes=MAX_PATTERN_BYTES
            ),
            *path,
        )
    try:
        _parser.cursor().execute("SELECT regexp_matches('', $1)", [text]).fetchall()
    except duckdb.Error as error:
        reason = str(error).partition("Error: ")[2].splitlines()[0]
        raise RuleProblem(
            say(
                "PATTERN_INVALID",
                "The pattern cannot be used: {reason}. Patterns are those of RE2: no look-ahead, look-behind or back-references.",
                reason=reason,
            ),
            *path,
        ) from error


def _short(sql: str, limit: int, path: tuple[str, ...]) -> None:
    if not sql.strip():
        raise RuleProblem(say("SQL_EMPTY", "There is no SQL in it."), *path)
    if len(sql) > limit:
        raise RuleProblem(
            say("SQL_TOO_LONG", "The SQL has {length:,} characters; at most {limit:,} are read.", length=len(sql), limit=limit),
            *path,
        )
    if "\0" in sql:
        raise RuleProblem(say("SQL_NUL", "The SQL holds a NUL character."), *path)


def _statement(sql: str, path: tuple[str, ...]) -> Node:
    """The tree of the only statement, a SELECT."""
    try:
        (text,) = _parser.cursor().execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0]
        answer = orjson.loads(text)
    except (duckdb.Error, orjson.JSONDecodeError, RecursionError) as error:
        raise RuleProblem(say("SQL_MALFORMED", "The SQL cannot be read: it is nested too deeply or malformed."), *path) from error
    if answer["error"]:
        message = str(answer["error_message"]).splitlines()[0]
        if "Only SELECT" in message:
            raise RuleProblem(
                say("SQL_ONLY_READ", "Only a SELECT can be used here: nothing may be changed, created or read from elsewhere."),
                *path,
            )
        raise RuleProblem(say("SQL_UNREADABLE", "The SQL cannot be read: {reason}", reason=message), *path)
    statements = answer["statements"]
    if len(statements) != 1:
        raise RuleProblem(
            say("SQL_ONE_STATEMENT", "There are {count} statements; one SELECT is expected.", count=len(statements)), *path
        )
    node = statements[0]["node"]
    if not isinstance(node, dict):
        raise RuleProblem(say("SQL_ONLY_SELECT", "Only a SELECT can be used here."), *path)
    return node


def _read(tree: Node, path: tuple[str, ...]) -> Reading:
    reading = Reading()
    for node in _nodes(tree, path):
        kind = str(node.get("type", ""))
        if "class" in node:
            _expression(node, reading, path)
        elif kind.endswith("_NODE") and kind not in _QUERIES:
            raise RuleProblem(say("SQL_KIND", "This kind of query cannot be used in a rule."), *path)
        elif "column_name_alias" in node or ("alias" in node and kind in {*_TABLES, "TABLE_FUNCTION", "PIVOT", "SHOW_REF"}):
            _table(node, kind, reading, path)
        if isinstance(node.get("cte_map"), dict):
            reading.own_tables |= set(_cte_names(node["cte_map"]))
        if kind == "CTE_NODE":
            reading.own_tables.add(str(node.get("cte_name", "")).lower())
    return reading


def _expression(node: Node, reading: Reading, path: tuple[str, ...]) -> None:
    kind = str(node["class"])
    if kind not in _EXPRESSIONS:
        raise RuleProblem(say("SQL_EXPRESSION", "An expression of the kind {kind} cannot be used in a rule.", kind=kind), *path)
    if kind in ("FUNCTION", "WINDOW"):
        name = str(node.get("function_name", "")).lower()
        if name not in FUNCTIONS or node.get("schema") or node.get("catalog"):
            raise RuleProblem(say("SQL_FUNCTION", "The function '{name}' cannot be used in a rule.", name=name), *path)
    elif kind == "COLUMN_REF":
        names = _lowered(node.get("column_names"))
        reading.names |= set(names)
        reading.last_names |= set(names[-1:])
    elif kind == "STAR":
        reading.has_star = True
    elif kind == "POSITIONAL_REFERENCE":
        reading.counts_columns = True
    elif kind == "SUBQUERY":
        reading.has_subquery = True


def _table(node: Node, kind: str, reading: Reading, path: tuple[str, ...]) -> None:
    if kind not in _TABLES:
        raise RuleProblem(
            say("SQL_OTHER_TABLES", "A query in a rule reads the table '{table}' and nothing else.", table=TABLE), *path
        )
    reading.names |= set(_lowered(node.get("using_columns")))
    reading.counts_columns |= bool(node.get("column_name_alias")) or node.get("ref_type") == "NATURAL"
    reading.relations.add(str(node.get("alias", "")).lower())
    if kind == "BASE_TABLE":
        if node.get("schema_name") or node.get("catalog_name") or node.get("at_clause"):
            raise RuleProblem(
                say("SQL_OTHER_TABLES", "A query in a rule reads the table '{table}' and nothing else.", table=TABLE), *path
            )
        name = str(node.get("table_name", "")).lower()
        reading.tables.add(name)
        reading.relations.add(name)


def _lowered(names: object) -> list[str]:
    return [str(name).lower() for name in names] if isinstance(names, list) else []


def _cte_names(cte_map: object) -> Iterator[str]:
    entries = cte_map.get("map") if isinstance(cte_map, dict) else None
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            yield str(entry.get("key", "")).lower()


def _nodes(tree: object, path: tuple[str, ...]) -> Iterator[Node]:
    """Every object of the tree."""
    waiting: list[tuple[object, int]] = [(tree, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise RuleProblem(say("SQL_TOO_DEEP", "The SQL is nested too deeply."), *path)
        if isinstance(one, dict):
            yield one
            waiting.extend((child, depth + 1) for child in one.values())
        elif isinstance(one, list):
            waiting.extend((child, depth + 1) for child in one)


def _functions(tree: Node) -> set[str]:
    return {str(node.get("function_name", "")).lower() for node in _nodes(tree, ()) if node.get("class") == "FUNCTION"}


def _has_window(tree: Node) -> bool:
    return any(node.get("class") == "WINDOW" for node in _nodes(tree, ()))


def _aggregates() -> frozenset[str]:
    from app.quality.allowed import AGGREGATES

    return AGGREGATES
