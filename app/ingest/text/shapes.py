"""What a cell of text looks like: one bit a shape, so that a column's shapes are the OR of its cells', computed by DuckDB."""

from collections.abc import Iterable
from enum import IntFlag, auto


class Shape(IntFlag):
    """Shapes of cells; each cell of a column adds its own. The letters in comments are examples."""

    INT = auto()  # 42, -7: written as a machine would, within 64 bits
    LONG_INT = auto()  # beside INT: more digits than a double keeps
    BIG = auto()  # up to 38 digits
    NEGATIVE_ZERO = auto()  # -0: an integer would lose the sign
    DECIMAL = auto()  # 1.5, .5, -0.25: a double holds it exactly as far as it is written
    LONG_DECIMAL = auto()  # more digits than a double keeps
    DOT3 = auto()  # 1.234: a decimal, or a thousand two hundred thirty-four
    EXPONENT = auto()  # 1.5e10, 1e-05
    BARE_EXPONENT = auto()  # 1e5, 2E7: a number among numbers, an identifier among its like
    HUGE = auto()  # 1e400: no double holds it
    PLUS = auto()  # +7; +1.5 is PLUS and DECIMAL; +49301234567 and +07 are TEXT
    INFINITE = auto()  # inf, -Infinity
    COMMA = auto()  # 1,5: can only be a decimal comma
    COMMA3 = auto()  # 1,234: either
    GROUP_COMMA = auto()  # 1,234,567
    GROUP_DOT = auto()  # 1.234.567
    GROUP_SPACE = auto()  # 1 234
    GROUP_FIXED_SPACE = auto()  # the same with a space that does not break the line, which nobody types into codes
    GROUP_APOSTROPHE = auto()  # 1'234
    BOOLEAN = auto()  # true, False, TRUE
    DATE = auto()  # 2013-01-31
    TIMESTAMP = auto()  # 2013-01-31 05:15, 2013-01-31T05:15:00.123
    FAR = auto()  # beside TIMESTAMP: years that nanoseconds since 1970 do not reach in 64 bits
    NANOSECONDS = auto()  # beside TIMESTAMP or TIMESTAMP_ZONE: more than six digits of a second
    TIMESTAMP_ZONE = auto()  # 2013-01-31T05:15:00Z, ... +09:00
    TIME = auto()  # 05:15, 05:15:30.5
    SLASH_EITHER = auto()  # 01/02/2013
    SLASH_DAY_FIRST = auto()  # 31/01/2013
    SLASH_MONTH_FIRST = auto()  # 01/31/2013
    DASH_EITHER = auto()
    DASH_DAY_FIRST = auto()
    DASH_MONTH_FIRST = auto()
    DOT_DATE = auto()  # 31.1.2013
    SLASH_YEAR_FIRST = auto()  # 2013/01/31
    JAPANESE_DATE = auto()  # 2013年1月31日
    DAY_MONTH_NAME = auto()  # 31 Jan 2013, 31-Jan-2013
    MONTH_NAME_DAY = auto()  # Jan 31 2013, January 31, 2013
    WITH_TIME = auto()  # beside one of the dates above: a time of day follows
    WITHOUT_TIME = auto()
    NO_DATE = auto()  # 2020-02-30, 31.2.2020: written as a date, but no day of the calendar
    ZERO_PADDED = auto()  # 007 (only told apart from TEXT where a caller insists on a number)
    TEXT = auto()
    PADDED = auto()  # white space around a cell of another shape


NULL_TOKENS = (
    "NA", "N/A", "n/a", "#N/A", "null", "NULL", "Null", "None", "NaN", "nan", "NAN", "\\N", "-", "--", "?", ".", "nil", "<NA>",
)  # fmt: skip
"""Cells that mean 'absent' in columns whose other cells are no text."""
FIRST_TOKEN_BIT = len(Shape)
TOKEN_BITS = {token: 1 << (FIRST_TOKEN_BIT + index) for index, token in enumerate(NULL_TOKENS)}
SHAPES = (1 << FIRST_TOKEN_BIT) - 1
ALL = (1 << FIRST_TOKEN_BIT + len(NULL_TOKENS)) - 1

DATE_FORMATS: dict[Shape, tuple[str, ...]] = {
    Shape.SLASH_DAY_FIRST: ("%d/%m/%Y",),
    Shape.SLASH_MONTH_FIRST: ("%m/%d/%Y",),
    Shape.DASH_DAY_FIRST: ("%d-%m-%Y",),
    Shape.DASH_MONTH_FIRST: ("%m-%d-%Y",),
    Shape.DOT_DATE: ("%d.%m.%Y",),
    Shape.SLASH_YEAR_FIRST: ("%Y/%m/%d",),
    Shape.JAPANESE_DATE: ("%Y年%m月%d日",),
    Shape.DAY_MONTH_NAME: ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%B-%Y"),
    Shape.MONTH_NAME_DAY: ("%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y"),
}
_CLOCK = "( [0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?"
_DATE_PATTERNS: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    ("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", (Shape.SLASH_DAY_FIRST, Shape.SLASH_MONTH_FIRST, Shape.SLASH_EITHER)),
    ("[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", (Shape.DASH_DAY_FIRST, Shape.DASH_MONTH_FIRST, Shape.DASH_EITHER)),
    ("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", (Shape.DOT_DATE,)),
    ("[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", (Shape.SLASH_YEAR_FIRST,)),
    ("[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日", (Shape.JAPANESE_DATE,)),
    ("[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{4}", (Shape.DAY_MONTH_NAME,)),
    ("[A-Za-z]{3,9} [0-9]{1,2},? [0-9]{4}", (Shape.MONTH_NAME_DAY,)),
)
_ISO_DATE_START = "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+ ?(Z|[+-][0-9:]+)?)?"
_DATE_START = "[0-9]{1,4}[-/.年 ].*|[A-Z][a-z]{2,8} [0-9].*"

FIXED_SPACES = "\u00a0\u202f\u2009"
"""No-break space, narrow no-break space, thin space: thousands in French, and in what follows ISO 31."""
INTEGER = "-?(0|[1-9][0-9]*)"
DECIMAL = "(-?(0|[1-9][0-9]*)[.][0-9]*|-?[.][0-9]+)"
EXPONENT = "-?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)[eE][+-]?[0-9]+"
_BARE_EXPONENT = "-?[0-9]+[eE][0-9]+"
INFINITE = "-?(inf|Inf|INF|Infinity)"
PLUS_INTEGER = "[+](0|[1-9][0-9]{0,6})"
"""Seven digits at most: longer ones are telephone numbers."""
PLUS = f"({PLUS_INTEGER}|[+](((0|[1-9][0-9]*)[.][0-9]*|[.][0-9]+)|{EXPONENT.removeprefix('-?')}))"
EXACT_DIGITS = 15
"""Every decimal number of so many digits comes back from a double as it went."""
ISO_NANOSECONDS = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{7,9}"
ISO_TIMESTAMP = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?"
ISO_ZONE = " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
TIME = "([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)?"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


BOOLEANS = ("true", "false", "True", "False", "TRUE", "FALSE")


def one_of(x: str, texts: Iterable[str]) -> str:
    """SQL that is true where `x` is one of the texts.

    Not `IN (...)`: of a longer list DuckDB 2.0 makes a join, and a COPY behind a join writes rows in any order
    (its plan then says 'Copy To File' where it said 'Batch Copy To File').
    """
    return f"CASE {x} " + " ".join(f"WHEN {quoted(text)} THEN true" for text in texts) + " ELSE false END"


def matches(x: str, pattern: str) -> str:
    return f"regexp_full_match({x}, {quoted(pattern)})"


def formats(shape: Shape, *, with_time: bool) -> str:
    """DuckDB's list of strptime formats for a date shape."""
    clocks = (" %H:%M:%S", " %H:%M", " %H:%M:%S.%f") if with_time else ("",)
    return "[" + ", ".join(quoted(date + clock) for date in DATE_FORMATS[shape] for clock in clocks) + "]"


def shape_sql(x: str, bare: str) -> str:
    """An SQL expression: the shape bits (UBIGINT) of the text `x`, 0 where it is NULL.

    Args:
        bare: a column that holds trim(x, ' ').
    """
    padded = int(Shape.PADDED)
    return (
        f"(CASE WHEN {x} IS NULL THEN 0::UBIGINT WHEN {bare} = '' THEN {padded}::UBIGINT ELSE {_bare_shape_sql(bare)} "
        f"| CASE WHEN {bare} = {x} THEN 0::UBIGINT ELSE {padded}::UBIGINT END END)"
    )


def digits_sql(x: str) -> str:
    """Significant digits of a plain decimal."""
    return f"length(ltrim(replace(replace({x}, '-', ''), '.', ''), '0'))"


def _bare_shape_sql(x: str) -> str:
    tokens = " ".join(f"WHEN {quoted(token)} THEN {bit}::UBIGINT" for token, bit in TOKEN_BITS.items())
    group = "[1-9][0-9]{0,2}"
    branches = (
        (
            f"TRY_CAST({x} AS BIGINT)::VARCHAR = {x}",
            f"CASE WHEN length({x}) > {EXACT_DIGITS} + starts_with({x}, '-')::INT THEN {int(Shape.INT | Shape.LONG_INT)} ELSE {int(Shape.INT)} END",
        ),
        (f"length({x}) > 60 AND NOT {matches(x, '[-0-9.eE+]+')}", Shape.TEXT),
        (
            f"{matches(x, INTEGER)} AND {x} <> '-0'",
            f"CASE WHEN length(ltrim({x}, '-')) <= 38 THEN {int(Shape.BIG)} ELSE {int(Shape.TEXT)} END",
        ),
        (matches(x, f"-?{group}[.][0-9]{{3}}"), Shape.DOT3),
        (
            matches(x, DECIMAL),
            (
                f"CASE WHEN {digits_sql(x)} <= {EXACT_DIGITS} OR TRY_CAST({x} AS DOUBLE)::VARCHAR = {x} "
                f"THEN {int(Shape.DECIMAL)} ELSE {int(Shape.LONG_DECIMAL)} END"
            ),
        ),
        (f"{x} = '-0'", Shape.NEGATIVE_ZERO),
        (one_of(x, BOOLEANS), Shape.BOOLEAN),
        (f"length({x}) = 10 AND TRY_CAST({x} AS DATE)::VARCHAR = {x}", Shape.DATE),
        (
            f"{matches(x, ISO_TIMESTAMP)} AND TRY_CAST({x} AS TIMESTAMP) IS NOT NULL",
            f"CASE WHEN {x} < '1678' OR {x} >= '2262' THEN {int(Shape.TIMESTAMP | Shape.FAR)} ELSE {int(Shape.TIMESTAMP)} END",
        ),
        (f"{matches(x, ISO_TIMESTAMP + ISO_ZONE)} AND TRY_CAST({x} AS TIMESTAMPTZ) IS NOT NULL", Shape.TIMESTAMP_ZONE),
        (f"{matches(x, ISO_NANOSECONDS + f'({ISO_ZONE})?')}", _nanoseconds_sql(x)),
        (f"{matches(x, TIME)} AND TRY_CAST({x} AS TIME) IS NOT NULL", Shape.TIME),
        (
            matches(x, EXPONENT),
            f"CASE WHEN isfinite(TRY_CAST({x} AS DOUBLE)) THEN {_exponent_sql(x)} ELSE {int(Shape.HUGE)} END",
        ),
        (f"starts_with({x}, '+')", _plus_sql(x, f"substr({x}, 2)")),
        (matches(x, INFINITE), Shape.INFINITE),
        (matches(x, f"-?{group}(,[0-9]{{3}}){{2,}}"), Shape.GROUP_COMMA),
        (matches(x, f"-?{group}(,[0-9]{{3}})+[.][0-9]+"), Shape.GROUP_COMMA | Shape.DECIMAL),
        (matches(x, f"-?{group},[0-9]{{3}}"), Shape.COMMA3),
        (matches(x, "-?(0|[1-9][0-9]*),[0-9]+|-?,[0-9]+"), Shape.COMMA),
        (matches(x, f"-?{group}([.][0-9]{{3}})+,[0-9]+"), Shape.COMMA | Shape.GROUP_DOT),
        (matches(x, f"-?{group}([.][0-9]{{3}}){{2,}}"), Shape.GROUP_DOT),
        (matches(x, f"-?{group}( [0-9]{{3}})+"), Shape.GROUP_SPACE),
        (matches(x, f"-?{group}( [0-9]{{3}})+,[0-9]+"), Shape.GROUP_SPACE | Shape.COMMA),
        (matches(x, f"-?{group}( [0-9]{{3}})+[.][0-9]+"), Shape.GROUP_SPACE | Shape.DECIMAL),
        (matches(x, f"-?{group}([{FIXED_SPACES}][0-9]{{3}})+([.,][0-9]+)?"), _fixed_space_sql(x)),
        (matches(x, f"-?{group}(''[0-9]{{3}})+".replace("''", "'")), Shape.GROUP_APOSTROPHE),
        (matches(x, f"-?{group}('[0-9]{{3}})+[.][0-9]+"), Shape.GROUP_APOSTROPHE | Shape.DECIMAL),
        (matches(x, f"-?{group}('[0-9]{{3}})+,[0-9]+"), Shape.GROUP_APOSTROPHE | Shape.COMMA),
        (f"NOT {matches(x, _DATE_START)}", f"CASE {x} {tokens} ELSE {int(Shape.TEXT)} END"),
        *((f"{matches(x, pattern + _CLOCK)}", _date_sql(x, shapes)) for pattern, shapes in _DATE_PATTERNS),
        (f"{matches(x, _ISO_DATE_START)} AND TRY_CAST(left({x}, 10) AS DATE) IS NULL", Shape.NO_DATE),
    )
    body = " ".join(
        f"WHEN {condition} THEN ({int(result) if isinstance(result, int) else result})::UBIGINT" for condition, result in branches
    )
    return f"(CASE {body} ELSE {int(Shape.TEXT)}::UBIGINT END)"


def _fixed_space_sql(x: str) -> str:
    comma, point = (int(Shape.GROUP_FIXED_SPACE | mark) for mark in (Shape.COMMA, Shape.DECIMAL))
    return (
        f"CASE WHEN contains({x}, ',') THEN {comma} WHEN contains({x}, '.') THEN {point} ELSE {int(Shape.GROUP_FIXED_SPACE)} END"
    )


def _nanoseconds_sql(x: str) -> str:
    zoned, plain = (int(Shape.NANOSECONDS | moment) for moment in (Shape.TIMESTAMP_ZONE, Shape.TIMESTAMP))
    return (
        f"CASE WHEN TRY_CAST({x} AS TIMESTAMP_NS) IS NOT NULL AND {matches(x, ISO_NANOSECONDS)} THEN {plain}"
        f" WHEN {matches(x, ISO_NANOSECONDS + ISO_ZONE)} AND TRY_CAST(left({x}, 19) AS TIMESTAMP) IS NOT NULL THEN {zoned}"
        f" ELSE {int(Shape.TEXT)} END"
    )


def _exponent_sql(x: str) -> str:
    return f"CASE WHEN {matches(x, _BARE_EXPONENT)} THEN {int(Shape.BARE_EXPONENT)} ELSE {int(Shape.EXPONENT)} END"


def _plus_sql(x: str, number: str) -> str:
    """The shape of `x`, a plus sign and `number`."""
    return (
        f"CASE WHEN NOT {matches(x, PLUS)} THEN {int(Shape.TEXT)} "
        f"WHEN {matches(number, EXPONENT)} THEN CASE WHEN isfinite(TRY_CAST({number} AS DOUBLE)) "
        f"THEN {int(Shape.PLUS)} | {_exponent_sql(number)} ELSE {int(Shape.TEXT)} END "
        f"WHEN NOT contains({x}, '.') THEN {int(Shape.PLUS)} "
        f"WHEN {matches(number, '[1-9][0-9]{0,2}[.][0-9]{3}')} THEN {int(Shape.PLUS | Shape.DOT3)} "
        f"WHEN {digits_sql(number)} <= {EXACT_DIGITS} THEN {int(Shape.PLUS | Shape.DECIMAL)} ELSE {int(Shape.TEXT)} END"
    )


def _date_sql(x: str, shapes: tuple[Shape, ...]) -> str:
    no_date = int(Shape.TEXT if shapes[0] in (Shape.DAY_MONTH_NAME, Shape.MONTH_NAME_DAY) else Shape.NO_DATE)
    clock = f"CASE WHEN contains({x}, ':') THEN {int(Shape.WITH_TIME)} ELSE {int(Shape.WITHOUT_TIME)} END"
    valid = [f"try_strptime({x}, {_all_formats(shape)}) IS NOT NULL" for shape in shapes if shape in DATE_FORMATS]
    if len(valid) == 1:
        found = f"CASE WHEN {valid[0]} THEN {int(shapes[0])} | ({clock}) ELSE {no_date} END"
    else:
        day_first, month_first, either = shapes
        found = (
            f"CASE WHEN {valid[0]} AND {valid[1]} THEN {int(either)} | ({clock}) WHEN {valid[0]} THEN {int(day_first)} | ({clock}) "
            f"WHEN {valid[1]} THEN {int(month_first)} | ({clock}) ELSE {no_date} END"
        )
    return found


def _all_formats(shape: Shape) -> str:
    return "list_concat(" + formats(shape, with_time=False) + ", " + formats(shape, with_time=True) + ")"
