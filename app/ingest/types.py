"""Which type a column of text has, decided from the shapes of all its cells, and how its cells are cast without loss."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.ingest import shapes
from app.ingest.job import LogicalType
from app.ingest.shapes import Shape

_PLAIN_NUMBERS = Shape.INT | Shape.BIG | Shape.DECIMAL | Shape.LONG_DECIMAL | Shape.DOT3 | Shape.EXPONENT | Shape.INFINITE
_DOT_NUMBERS = Shape.DECIMAL | Shape.LONG_DECIMAL | Shape.EXPONENT
_CLOCKS = Shape.WITH_TIME | Shape.WITHOUT_TIME
MAX_DIGITS = 38


@dataclass(frozen=True)
class NumberStyle:
    """Marks within numbers; '' means none."""

    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True)
class ColumnType:
    """What a column becomes."""

    logical: LogicalType
    native: str = "VARCHAR"
    tokens: tuple[str, ...] = ()
    """Cells that mean 'absent' here."""
    style: NumberStyle = NumberStyle()
    date: Shape | None = None
    """The shape of its dates where they are not ISO 8601."""
    padded: bool = False
    empty: bool = False
    """No cell holds anything."""
    insisted: bool = False
    """The caller wants this type: spellings that lose their form (007, +7, yes) are fine."""
    ambiguous: str | None = None
    """Why it stayed text although it looks like something else."""

    @property
    def is_text(self) -> bool:
        return self.native == "VARCHAR"


TEXT = ColumnType(LogicalType.STRING)


@dataclass(frozen=True)
class FileStyle:
    """What the numbers of the whole file say about their marks; None where the caller did not choose."""

    decimal: str | None = None
    thousands: str | None = None
    seen_dot: bool = False
    seen_comma: bool = False


def file_style(masks: Sequence[int], decimal: str | None, thousands: str | None) -> FileStyle:
    dot = comma = False
    for mask in masks:
        shape = Shape(mask & shapes.SHAPES)
        if shape & Shape.TEXT:
            continue
        dot = dot or (bool(shape & (_DOT_NUMBERS | Shape.GROUP_COMMA)) and not shape & Shape.COMMA)
        comma = comma or (bool(shape & Shape.COMMA) and not shape & _DOT_NUMBERS)
    return FileStyle(decimal, thousands, dot, comma)


def decide(mask: int, style: FileStyle) -> ColumnType:
    """The type that holds every cell of a column without loss, from the OR of their shapes."""
    tokens = tuple(token for token, bit in shapes.TOKEN_BITS.items() if mask & bit)
    found = Shape(mask & shapes.SHAPES)
    padded = bool(found & Shape.PADDED)
    bare = found & ~Shape.PADDED
    if not bare:
        return ColumnType(LogicalType.STRING, empty=not tokens and not padded)
    if bare & Shape.TEXT:
        return TEXT
    kind = _single_kind(bare) or _dates(bare) or _number(bare, style)
    if kind.is_text:
        return kind
    return ColumnType(kind.logical, kind.native, tokens, kind.style, kind.date, padded)


def _single_kind(bare: Shape) -> ColumnType | None:
    match bare:
        case Shape.BOOLEAN:
            return ColumnType(LogicalType.BOOLEAN, "BOOLEAN")
        case Shape.INT:
            return ColumnType(LogicalType.INTEGER, "BIGINT")
        case Shape.DATE:
            return ColumnType(LogicalType.DATE, "DATE")
        case Shape.TIMESTAMP:
            return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP")
        case Shape.TIMESTAMP_ZONE:
            return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP WITH TIME ZONE")
        case Shape.TIME:
            return ColumnType(LogicalType.TIME, "TIME")
    return None


def _dates(bare: Shape) -> ColumnType | None:
    clocks, days = bare & _CLOCKS, bare & ~_CLOCKS
    if not clocks:
        return None
    for either, day_first, month_first in (
        (Shape.SLASH_EITHER, Shape.SLASH_DAY_FIRST, Shape.SLASH_MONTH_FIRST),
        (Shape.DASH_EITHER, Shape.DASH_DAY_FIRST, Shape.DASH_MONTH_FIRST),
    ):
        if days == either:
            return ColumnType(LogicalType.STRING, ambiguous="its dates can be read day first or month first")
        for certain in (day_first, month_first):
            if days | either == either | certain:
                days = certain
    if days not in shapes.DATE_FORMATS:
        return ColumnType(LogicalType.STRING)
    if clocks == _CLOCKS:
        return ColumnType(LogicalType.STRING, ambiguous="only some of its dates have a time of day")
    if clocks == Shape.WITH_TIME:
        return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP", date=days)
    return ColumnType(LogicalType.DATE, "DATE", date=days)


def _number(bare: Shape, style: FileStyle) -> ColumnType:
    marks = _marks(bare, style)
    if isinstance(marks, str):
        return ColumnType(LogicalType.STRING, ambiguous=marks or None)
    fractions = Shape.DECIMAL | Shape.LONG_DECIMAL | Shape.EXPONENT | Shape.INFINITE
    if marks.thousands != ".":
        fractions |= Shape.DOT3
    if marks.decimal == ",":
        fractions |= Shape.COMMA | Shape.COMMA3
    if not bare & fractions:
        return ColumnType(LogicalType.INTEGER, "DECIMAL(38,0)" if bare & Shape.BIG else "BIGINT", style=marks)
    if bare & (Shape.LONG_DECIMAL | Shape.BIG):
        if bare & (Shape.EXPONENT | Shape.INFINITE):
            return ColumnType(LogicalType.STRING, ambiguous="its numbers have more digits than a number type holds")
        return ColumnType(LogicalType.NUMBER, "DECIMAL", style=marks)
    return ColumnType(LogicalType.NUMBER, "DOUBLE", style=marks)


def _marks(bare: Shape, style: FileStyle) -> NumberStyle | str:
    """The marks of a column's numbers, or why they are uncertain ('' = it is no column of numbers)."""
    grouped = bare & (Shape.GROUP_SPACE | Shape.GROUP_APOSTROPHE)
    if bare & ~(_PLAIN_NUMBERS | Shape.COMMA | Shape.COMMA3 | Shape.GROUP_COMMA | Shape.GROUP_DOT | grouped):
        return ""
    if bare & (Shape.GROUP_SPACE) and bare & Shape.GROUP_APOSTROPHE:
        return ""
    if grouped and not bare & (Shape.COMMA | Shape.DECIMAL) and style.thousands is None:
        return "its groups of digits may be numbers or codes"
    mark = " " if bare & Shape.GROUP_SPACE else "'" if bare & Shape.GROUP_APOSTROPHE else ""
    comma_decimal = _comma_is_decimal(bare, style)
    if comma_decimal is None:
        return "1,234 can be a thousand or a fraction here"
    if comma_decimal:
        return _comma_marks(bare, style, mark)
    if bare & (Shape.COMMA | Shape.GROUP_DOT) or (style.decimal == "," and bare & _DOT_NUMBERS):
        return ""
    if bare & (Shape.COMMA3 | Shape.GROUP_COMMA):
        return NumberStyle(".", ",") if not mark and style.thousands in (None, ",") else ""
    return NumberStyle(".", mark) if style.thousands in (None, mark, "") or not mark else ""


def _comma_is_decimal(bare: Shape, style: FileStyle) -> bool | None:
    if style.decimal is not None:
        return style.decimal == ","
    if bare & Shape.COMMA or bare & Shape.GROUP_DOT:
        return True
    if bare & (_DOT_NUMBERS | Shape.GROUP_COMMA):
        return False
    if bare & Shape.COMMA3:
        if style.thousands == "," or (style.seen_dot and not style.seen_comma):
            return False
        return True if style.seen_comma and not style.seen_dot else None
    return bool(bare & Shape.DOT3) and style.seen_comma and not style.seen_dot


def _comma_marks(bare: Shape, style: FileStyle, mark: str) -> NumberStyle | str:
    if bare & (_DOT_NUMBERS | Shape.GROUP_COMMA):
        return ""
    if bare & (Shape.GROUP_DOT | Shape.DOT3):
        if mark or style.thousands not in (None, "."):
            return ""
        mark = "."
    return NumberStyle(",", mark)


def value_sql(x: str, kind: ColumnType, *, misfit: str) -> str:
    """SQL for the value of the text `x` in its type; `misfit` is the SQL for a cell that would lose something."""
    if kind.is_text:
        return x
    bare = _bare(x, kind)
    return f"CASE WHEN {_absent(x, kind)} THEN NULL {_fits(bare, kind)} ELSE {misfit} END"


def misfit_sql(x: str, kind: ColumnType) -> str:
    """SQL that is true where the text `x` is neither absent nor fits the type."""
    return f"CASE WHEN {_absent(x, kind)} THEN false ELSE {value_sql(x, kind, misfit='NULL')} IS NULL END"


def _bare(x: str, kind: ColumnType) -> str:
    return f"trim({x}, ' ')" if kind.padded else x


def _absent(x: str, kind: ColumnType) -> str:
    bare = _bare(x, kind)
    absent = f"{x} IS NULL"
    if kind.tokens:
        absent += f" OR {bare} IN ({', '.join(shapes.quoted(token) for token in kind.tokens)})"
    if kind.padded:
        absent += f" OR {bare} = ''"
    return absent


def _fits(x: str, kind: ColumnType) -> str:
    """The WHEN branches of the cells that fit."""
    if kind.insisted:
        return _insisted_fits(x, kind)
    if kind.date is not None:
        parsed = f"try_strptime({x}, {shapes.formats(kind.date, with_time=kind.native == 'TIMESTAMP')})"
        return f"WHEN {parsed} IS NOT NULL THEN {parsed}::{kind.native}"
    cast = f"TRY_CAST({x} AS {kind.native})"
    match kind.native:
        case "BOOLEAN":
            return f"WHEN {x} IN ('true', 'false', 'True', 'False', 'TRUE', 'FALSE') THEN {cast}"
        # The way back is a cheap and complete test: '007', '+7', '2013-02-30' do not come back as they went.
        case "DATE":
            return f"WHEN {cast}::VARCHAR = {x} THEN {cast}"
        case "TIMESTAMP":
            return _checked(x, shapes.ISO_TIMESTAMP, cast)
        case "TIMESTAMP WITH TIME ZONE":
            return _checked(x, shapes.ISO_TIMESTAMP + shapes.ISO_ZONE, cast)
        case "TIME":
            return _checked(x, shapes.TIME, cast)
    return _number_fits(x, kind, cast)


def _checked(x: str, pattern: str, cast: str) -> str:
    return f"WHEN CASE WHEN {shapes.matches(x, pattern)} THEN {cast} IS NOT NULL ELSE false END THEN {cast}"


def _number_fits(x: str, kind: ColumnType, cast: str) -> str:
    if kind.style.thousands or kind.style.decimal == ",":
        plain = x
        if kind.style.thousands:
            plain = f"replace({plain}, {shapes.quoted(kind.style.thousands)}, '')"
        if kind.style.decimal == ",":
            plain = f"replace({plain}, ',', '.')"
        return _checked(x, _marked_pattern(kind.style), f"TRY_CAST({plain} AS {kind.native})")
    if kind.native == "BIGINT":
        return f"WHEN {cast}::VARCHAR = {x} THEN {cast}"
    if kind.native == "DOUBLE":
        # 16 characters hold at most 15 digits and a point: exact. Longer ones must survive the way back.
        number = f"({shapes.INTEGER}|{shapes.DECIMAL}|{shapes.EXPONENT}|-?(inf|Inf|INF|Infinity))"
        exact = (
            f"CASE WHEN length({x}) <= 16 THEN true WHEN {cast}::VARCHAR = {x} THEN true "
            f"WHEN {shapes.matches(x, shapes.EXPONENT)} THEN true ELSE {shapes.digits_sql(x)} <= 15 END"
        )
        return f"WHEN CASE WHEN {shapes.matches(x, number)} THEN {exact} ELSE false END THEN {cast}"
    return _checked(x, f"({shapes.INTEGER}|{shapes.DECIMAL})", cast)


def _marked_pattern(style: NumberStyle) -> str:
    decimal = "[.]" if style.decimal == "." else ","
    whole = "(0|[1-9][0-9]*)"
    if style.thousands:
        mark = "[.]" if style.thousands == "." else style.thousands
        whole = f"(0|[1-9][0-9]*|[1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+)"
    return f"-?{whole}?({decimal}[0-9]*)?"


def _insisted_fits(x: str, kind: ColumnType) -> str:
    cast = f"TRY_CAST({x} AS {kind.native})"
    match kind.logical:
        case LogicalType.BOOLEAN:
            yes, no = "('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')"
            return f"WHEN lower({x}) IN {yes} THEN true WHEN lower({x}) IN {no} THEN false"
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return _insisted_number(x, kind)
        case LogicalType.DATE | LogicalType.TIMESTAMP if kind.date is not None:
            forms = shapes.formats(kind.date, with_time=False)
            if kind.logical is LogicalType.TIMESTAMP:
                forms = f"list_concat({forms}, {shapes.formats(kind.date, with_time=True)})"
            parsed = f"try_strptime({x}, {forms})"
            return f"WHEN {cast} IS NOT NULL THEN {cast} WHEN {parsed} IS NOT NULL THEN {parsed}::{kind.native}"
        case LogicalType.DATE:
            # A cast alone would cut the time of day off a timestamp.
            return _checked(x, "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", cast)
    return f"WHEN {cast} IS NOT NULL THEN {cast}"


def _insisted_number(x: str, kind: ColumnType) -> str:
    plain = x
    if kind.style.thousands:
        plain = f"replace({plain}, {shapes.quoted(kind.style.thousands)}, '')"
    if kind.style.decimal == ",":
        plain = f"replace({plain}, ',', '.')"
    pattern = "[-+]?[0-9]+" if kind.logical is LogicalType.INTEGER else "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
    return _checked(plain, pattern, f"TRY_CAST({plain} AS {kind.native})")


def digit_lengths_sql(x: str, kind: ColumnType) -> tuple[str, str]:
    """SQL for the digits before and behind the decimal mark of a cell."""
    bare = _bare(x, kind)
    value = f"CASE WHEN {_absent(x, kind)} THEN '0' ELSE replace({bare}, '-', '') END"
    if kind.style.thousands:
        value = f"replace({value}, {shapes.quoted(kind.style.thousands)}, '')"
    mark = shapes.quoted(kind.style.decimal)
    return f"length(split_part({value}, {mark}, 1))", f"length(split_part({value}, {mark}, 2))"


def sized_decimal(kind: ColumnType, whole: int, fraction: int) -> ColumnType:
    """The DECIMAL that holds so many digits, or text where none does."""
    if whole + fraction > MAX_DIGITS:
        return ColumnType(LogicalType.STRING, ambiguous="its numbers have more digits than a number type holds")
    return replace(kind, native=f"DECIMAL({max(whole + fraction, 1)},{fraction})")
