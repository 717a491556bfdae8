"""Which type a column of text has, decided from the shapes of all its cells, and how its cells are cast without loss."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from app.core.phrases import say
from app.ingest.job import LogicalType
from app.ingest.text import shapes
from app.ingest.text.shapes import Shape

_EXPONENTS = Shape.EXPONENT | Shape.BARE_EXPONENT
_INTEGERS = Shape.INT | Shape.LONG_INT | Shape.BIG
_DOT_NUMBERS = Shape.DECIMAL | Shape.LONG_DECIMAL | _EXPONENTS
_PLAIN_NUMBERS = _INTEGERS | _DOT_NUMBERS | Shape.DOT3 | Shape.INFINITE
_CLOCKS = Shape.WITH_TIME | Shape.WITHOUT_TIME
_TIMESTAMPS = Shape.TIMESTAMP | Shape.TIMESTAMP_ZONE | Shape.NANOSECONDS | Shape.FAR
_EITHER = Shape.SLASH_EITHER | Shape.DASH_EITHER
_MOMENTS = reduce(or_, shapes.DATE_FORMATS, Shape.DATE | _TIMESTAMPS | _EITHER | _CLOCKS)
MAX_DIGITS = 38
_TOO_MANY_DIGITS = say("AMBIGUOUS_DIGITS", "its numbers have more digits than a number type holds")


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
    plus: bool = False
    """Some of its numbers have a plus sign."""
    empty: bool = False
    """No cell holds anything."""
    insisted: bool = False
    """The caller wants this type: spellings that lose their form (007, +7, yes) are fine."""
    ambiguous: str | None = None
    """Why it stayed text although it looks like something else."""
    seen: int | None = None
    """The shapes by which a sample could not tell it from text; a cell of another shape may."""

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
    comma_delimits: bool = False
    """A comma within a number then had to be quoted, which those who write decimals with it do not do to themselves."""


def file_style(masks: Sequence[int], decimal: str | None, thousands: str | None, delimiter: str | None = None) -> FileStyle:
    dot = comma = False
    for mask in masks:
        shape = Shape(mask & shapes.SHAPES)
        if shape & Shape.TEXT:
            continue
        dot = dot or (bool(shape & (_DOT_NUMBERS | Shape.GROUP_COMMA)) and not shape & Shape.COMMA)
        comma = comma or (bool(shape & Shape.COMMA) and not shape & _DOT_NUMBERS)
    return FileStyle(decimal, thousands, dot, comma, delimiter == ",")


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
    kind = (
        _single_kind(bare)
        or _moments(bare)
        or _dates(bare)
        or _mixed_moments(bare)
        or _extreme(bare, style)
        or _number(bare, style)
    )
    if kind.is_text:
        return kind
    return replace(kind, tokens=tokens, padded=padded)


def _single_kind(bare: Shape) -> ColumnType | None:
    if not bare & ~(Shape.INT | Shape.LONG_INT):
        return ColumnType(LogicalType.INTEGER, "BIGINT")
    match bare:
        case Shape.BOOLEAN:
            return ColumnType(LogicalType.BOOLEAN, "BOOLEAN")
        case Shape.DATE:
            return ColumnType(LogicalType.DATE, "DATE")
        case Shape.TIMESTAMP:
            return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP")
        case Shape.TIMESTAMP_ZONE:
            return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP WITH TIME ZONE")
        case Shape.TIME:
            return ColumnType(LogicalType.TIME, "TIME")
    return None


def _moments(bare: Shape) -> ColumnType | None:
    """Timestamps beside which some are finer or farther away."""
    if bare & ~Shape.FAR == Shape.TIMESTAMP:
        return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP")
    if not bare & Shape.NANOSECONDS or bare & ~(Shape.NANOSECONDS | Shape.FAR | Shape.TIMESTAMP | Shape.TIMESTAMP_ZONE):
        return None
    if bare & Shape.TIMESTAMP_ZONE:
        return ColumnType(
            LogicalType.STRING,
            ambiguous=say("AMBIGUOUS_NANOSECONDS_ZONE", "its times have nanoseconds and a zone, of which a type keeps one"),
        )
    if bare & Shape.FAR:
        return ColumnType(
            LogicalType.STRING,
            ambiguous=say("AMBIGUOUS_NANOSECONDS", "with nanoseconds, years before 1678 or after 2261 cannot be kept"),
        )
    return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP_NS")


def _extreme(bare: Shape, style: FileStyle) -> ColumnType | None:
    """Numbers some of which their type would not hold as they are written."""
    extreme = bare & (Shape.NEGATIVE_ZERO | Shape.HUGE)
    rest = bare & ~extreme
    if not extreme:
        return None
    kind = (_single_kind(rest) or _number(rest, style)) if rest else ColumnType(LogicalType.INTEGER, "BIGINT")
    if kind.logical not in (LogicalType.INTEGER, LogicalType.NUMBER) and kind.ambiguous is None:
        return TEXT
    if extreme & Shape.HUGE:
        return ColumnType(
            LogicalType.STRING, ambiguous=say("AMBIGUOUS_LARGE", "cells like 1e400 are beyond what a number type holds")
        )
    return ColumnType(LogicalType.STRING, ambiguous=say("AMBIGUOUS_SIGN", "cells like -0 would lose their sign as numbers"))


def _dates(bare: Shape) -> ColumnType | None:
    clocks, days = bare & _CLOCKS, bare & ~_CLOCKS
    if not clocks:
        return None
    for either, day_first, month_first in (
        (Shape.SLASH_EITHER, Shape.SLASH_DAY_FIRST, Shape.SLASH_MONTH_FIRST),
        (Shape.DASH_EITHER, Shape.DASH_DAY_FIRST, Shape.DASH_MONTH_FIRST),
    ):
        if days == either:
            return ColumnType(
                LogicalType.STRING, ambiguous=say("AMBIGUOUS_DAY_MONTH", "its dates can be read day first or month first")
            )
        for certain in (day_first, month_first):
            if days | either == either | certain:
                days = certain
    if days not in shapes.DATE_FORMATS:
        return _mixed_moments(bare) or ColumnType(LogicalType.STRING)
    if clocks == _CLOCKS:
        return ColumnType(LogicalType.STRING, ambiguous=say("AMBIGUOUS_TIME_OF_DAY", "only some of its dates have a time of day"))
    if clocks == Shape.WITH_TIME:
        return ColumnType(LogicalType.TIMESTAMP, "TIMESTAMP", date=days)
    return ColumnType(LogicalType.DATE, "DATE", date=days)


def is_moments(mask: int) -> bool:
    """Whether all cells are written as dates or times of some form."""
    bare = Shape(mask & shapes.SHAPES) & ~Shape.PADDED
    return bool(bare) and not bare & ~(_MOMENTS | Shape.NO_DATE)


def _mixed_moments(bare: Shape) -> ColumnType | None:
    """Dates and times of more than one kind, which no type holds as they are written."""
    rest = bare & ~Shape.NO_DATE
    if not rest or rest & ~_MOMENTS:
        return None
    if rest != bare:
        reason = say("AMBIGUOUS_NO_DAY", "some of its dates, like 2020-02-30, are no days of the calendar")
    elif bare & Shape.TIMESTAMP_ZONE and bare & Shape.TIMESTAMP:
        reason = say("AMBIGUOUS_ZONE", "only some of its times have a time zone")
    elif not bare & ~(_TIMESTAMPS | Shape.DATE):
        reason = say("AMBIGUOUS_TIME_OF_DAY", "only some of its dates have a time of day")
    else:
        reason = say("AMBIGUOUS_DATE_FORMS", "its dates are written in more than one way")
    return ColumnType(LogicalType.STRING, ambiguous=reason)


def _number(bare: Shape, style: FileStyle) -> ColumnType:
    plus = bool(bare & Shape.PLUS)
    bare &= ~Shape.PLUS
    if not bare:
        return ColumnType(LogicalType.STRING, ambiguous=say("AMBIGUOUS_PLUS", "cells like +7 may be numbers or codes"))
    if bare == Shape.BARE_EXPONENT:
        return ColumnType(LogicalType.STRING, ambiguous=say("AMBIGUOUS_EXPONENT", "cells like 1e5 may be numbers or identifiers"))
    marks = _marks(bare, style)
    if isinstance(marks, str):
        return ColumnType(LogicalType.STRING, ambiguous=marks or None)
    if (marks.thousands or marks.decimal == ",") and (plus or bare & (_EXPONENTS | Shape.INFINITE)):
        return ColumnType(LogicalType.STRING)
    kind = _sized(bare, marks)
    if plus and kind.native.startswith("DECIMAL"):
        return ColumnType(LogicalType.STRING, ambiguous=_TOO_MANY_DIGITS)
    return replace(kind, plus=plus)


def _sized(bare: Shape, marks: NumberStyle) -> ColumnType:
    """The type of numbers of these shapes and marks that keeps all of their digits."""
    fractions = Shape.DECIMAL | Shape.LONG_DECIMAL | _EXPONENTS | Shape.INFINITE
    if marks.thousands != ".":
        fractions |= Shape.DOT3
    if marks.decimal == ",":
        fractions |= Shape.COMMA | Shape.COMMA3
    if not bare & fractions:
        return ColumnType(LogicalType.INTEGER, "DECIMAL(38,0)" if bare & Shape.BIG else "BIGINT", style=marks)
    if bare & (Shape.LONG_DECIMAL | Shape.LONG_INT | Shape.BIG):
        if bare & (_EXPONENTS | Shape.INFINITE):
            return ColumnType(LogicalType.STRING, ambiguous=_TOO_MANY_DIGITS)
        return ColumnType(LogicalType.NUMBER, "DECIMAL", style=marks)
    return ColumnType(LogicalType.NUMBER, "DOUBLE", style=marks)


def _marks(bare: Shape, style: FileStyle) -> NumberStyle | str:
    """The marks of a column's numbers, or why they are uncertain ('' = it is no column of numbers)."""
    spaces = Shape.GROUP_SPACE | Shape.GROUP_FIXED_SPACE
    grouped = bare & (spaces | Shape.GROUP_APOSTROPHE)
    if bare & ~(_PLAIN_NUMBERS | Shape.COMMA | Shape.COMMA3 | Shape.GROUP_COMMA | Shape.GROUP_DOT | grouped):
        return ""
    if bare & spaces and bare & Shape.GROUP_APOSTROPHE:
        return ""
    if grouped and not bare & (Shape.COMMA | Shape.DECIMAL | Shape.GROUP_FIXED_SPACE) and style.thousands is None:
        return say("AMBIGUOUS_GROUPS", "its groups of digits may be numbers or codes")
    mark = " " if bare & spaces else "'" if bare & Shape.GROUP_APOSTROPHE else ""
    comma_decimal = _comma_is_decimal(bare, style)
    if comma_decimal is None:
        return say("AMBIGUOUS_THOUSAND", "1,234 can be a thousand or a fraction here")
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
        if style.seen_comma and not style.seen_dot:
            return True
        return False if style.comma_delimits and not style.seen_comma and style.thousands is None else None
    return bool(bare & Shape.DOT3) and style.seen_comma and not style.seen_dot


def _comma_marks(bare: Shape, style: FileStyle, mark: str) -> NumberStyle | str:
    if bare & (_DOT_NUMBERS | Shape.GROUP_COMMA):
        return ""
    if bare & (Shape.GROUP_DOT | Shape.DOT3):
        if mark or style.thousands not in (None, "."):
            return ""
        mark = "."
    return NumberStyle(",", mark)


def sized_decimal(kind: ColumnType, whole: int, fraction: int) -> ColumnType:
    """The DECIMAL that holds so many digits, or text where none does."""
    if whole + fraction > MAX_DIGITS:
        return ColumnType(LogicalType.STRING, ambiguous=_TOO_MANY_DIGITS)
    return replace(kind, native=f"DECIMAL({max(whole + fraction, 1)},{fraction})")
