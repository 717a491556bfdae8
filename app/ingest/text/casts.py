"""SQL that turns the text of a cell into a value of its column's type, and tells where it does not fit."""

from app.ingest.job import LogicalType
from app.ingest.text import shapes
from app.ingest.text.types import ColumnType, NumberStyle

_USUAL_NUMBER = "-?(0|[1-9][0-9]*)([.][0-9]+)?"


def value_sql(x: str, kind: ColumnType, *, misfit: str, converted: str | None = None) -> str:
    """SQL for the value of the text `x` in its type; `misfit` is the SQL for a cell that would lose something.

    Args:
        converted: a column that holds `conversion_sql(x, kind)`. The test and its outcome both need the conversion, and
            within a CASE DuckDB computes it anew each time: a pass over 1.1 GB took a quarter longer (2026-11).
    """
    if kind.is_text:
        absent = shapes.one_of(f"trim({x}, ' ')", kind.tokens)
        return f"CASE WHEN {absent} THEN NULL ELSE {x} END" if kind.tokens else x
    bare = _bare(x, kind)
    fits = _insisted_fits(bare, kind) if kind.insisted else _fits(bare, kind, converted or _conversion(bare, kind))
    return f"CASE WHEN {_absent(x, kind)} THEN NULL {fits} ELSE {misfit} END"


def conversion_sql(x: str, kind: ColumnType) -> str | None:
    """SQL for the text `x` in its type, NULL where that fails, unchecked otherwise; None where `value_sql` has no use for it."""
    return None if kind.is_text or kind.insisted or kind.native == "BOOLEAN" else _conversion(_bare(x, kind), kind)


def misfit_sql(x: str, kind: ColumnType) -> str:
    """SQL that is true where the text `x` is neither absent nor fits the type."""
    return f"CASE WHEN {_absent(x, kind)} THEN false ELSE {value_sql(x, kind, misfit='NULL')} IS NULL END"


def _bare(x: str, kind: ColumnType) -> str:
    return f"trim({x}, ' ')" if kind.padded else x


def _absent(x: str, kind: ColumnType) -> str:
    bare = _bare(x, kind)
    absent = f"{x} IS NULL"
    if kind.tokens:
        absent += f" OR {shapes.one_of(bare, kind.tokens)}"
    if kind.padded:
        absent += f" OR {bare} = ''"
    return absent


def _conversion(x: str, kind: ColumnType) -> str:
    if kind.date is not None:
        return f"try_strptime({x}, {shapes.formats(kind.date, with_time=kind.native == 'TIMESTAMP')})::{kind.native}"
    plain = _ungrouped(x, kind.style)
    if kind.style.decimal == ",":
        plain = f"replace({plain}, ',', '.')"
    return f"TRY_CAST({plain} AS {kind.native})"


def _ungrouped(x: str, style: NumberStyle) -> str:
    """SQL for the number `x` without the marks between its thousands; any space is one where a space is."""
    if style.thousands == " ":
        return f"translate({x}, ' {shapes.FIXED_SPACES}', '')"
    return f"replace({x}, {shapes.quoted(style.thousands)}, '')" if style.thousands else x


def _fits(x: str, kind: ColumnType, value: str) -> str:
    """The WHEN branches of the cells that fit, `value` being their conversion."""
    if kind.date is not None:
        return f"WHEN {value} IS NOT NULL THEN {value}"
    if kind.plus:
        return f"{_number_fits(x, kind, value)} {_plus_fits(x, kind, value)}"
    match kind.native:
        case "BOOLEAN":
            # Few spellings, so that comparing tells the value too: a cast beside it took twice the time (2026-11).
            return " ".join(f"WHEN {x} = {shapes.quoted(text)} THEN {text.casefold()}" for text in shapes.BOOLEANS)
        # The way back is a cheap and complete test: '007', '+7', '2013-02-30' do not come back as they went.
        case "DATE":
            # 'infinity' and '0044-03-15 (BC)' come back too, but are longer or shorter.
            return f"WHEN strlen({x}) = 10 AND {value}::VARCHAR = {x} THEN {value}"
        case "TIMESTAMP":
            # Only the usual form comes back in 19 bytes: 'infinity' and years '(BC)' or of five digits do not.
            usual = f"WHEN strlen({x}) = 19 AND {value}::VARCHAR = {x} THEN {value}"
            return f"{usual} " + _checked(x, shapes.ISO_TIMESTAMP, value)
        case "TIMESTAMP_NS":
            return _checked(x, f"({shapes.ISO_TIMESTAMP}|{shapes.ISO_NANOSECONDS})", value)
        case "TIMESTAMP WITH TIME ZONE":
            return _checked(x, shapes.ISO_TIMESTAMP + shapes.ISO_ZONE, value)
        case "TIME":
            return _checked(x, shapes.TIME, value)
    return _number_fits(x, kind, value)


def _checked(x: str, pattern: str, value: str) -> str:
    return f"WHEN CASE WHEN {shapes.matches(x, pattern)} THEN {value} IS NOT NULL ELSE false END THEN {value}"


def _number_fits(x: str, kind: ColumnType, value: str) -> str:
    if kind.style.thousands or kind.style.decimal == ",":
        return _checked(x, _marked_pattern(kind.style), value)
    if kind.native == "BIGINT":
        return f"WHEN {value}::VARCHAR = {x} THEN {value}"
    if kind.native == "DOUBLE":
        return _double_fits(x, value)
    return _checked(x, f"({shapes.INTEGER}|{shapes.DECIMAL})", value)


def _double_fits(x: str, value: str) -> str:
    """15 characters hold at most 15 digits: exact, unless they say a number beyond all doubles. Longer ones must survive
    the way back."""
    # Most numbers are short and plain, which is told in half the time.
    usual = f"WHEN strlen({x}) <= {shapes.EXACT_DIGITS} AND {shapes.matches(x, _USUAL_NUMBER)} THEN {value}"
    number = f"({shapes.INTEGER}|{shapes.DECIMAL}|{shapes.EXPONENT}|{shapes.INFINITE})"
    exact = (
        f"CASE WHEN isinf({value}) THEN {shapes.matches(x, shapes.INFINITE)} WHEN length({x}) <= {shapes.EXACT_DIGITS} THEN true "
        f"WHEN {shapes.digits_sql(x)} <= {shapes.EXACT_DIGITS} OR {value}::VARCHAR = {x} THEN true "
        f"ELSE {shapes.matches(x, shapes.EXPONENT)} END"
    )
    return f"{usual} WHEN CASE WHEN {shapes.matches(x, number)} THEN {exact} ELSE false END THEN {value}"


def _plus_fits(x: str, kind: ColumnType, value: str) -> str:
    if kind.native == "BIGINT":
        # A cast alone would round +1.5.
        return _checked(x, shapes.PLUS_INTEGER, value)
    number = f"substr({x}, 2)"
    exact = f"({shapes.digits_sql(number)} <= {shapes.EXACT_DIGITS} OR {shapes.matches(number, shapes.EXPONENT)})"
    return _checked(x, shapes.PLUS, f"CASE WHEN isfinite({value}) AND {exact} THEN {value} END")


def _marked_pattern(style: NumberStyle) -> str:
    decimal = "[.]" if style.decimal == "." else ","
    whole = "(0|[1-9][0-9]*)"
    if style.thousands:
        mark = {".": "[.]", " ": f"[ {shapes.FIXED_SPACES}]"}.get(style.thousands, style.thousands)
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
    plain = _ungrouped(x, kind.style)
    if kind.style.decimal == ",":
        plain = f"replace({plain}, ',', '.')"
    pattern = "[-+]?[0-9]+" if kind.logical is LogicalType.INTEGER else "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
    return _checked(plain, pattern, f"TRY_CAST({plain} AS {kind.native})")


def digit_lengths_sql(x: str, kind: ColumnType) -> tuple[str, str]:
    """SQL for the digits before and behind the decimal mark of a cell."""
    bare = _bare(x, kind)
    value = f"CASE WHEN {_absent(x, kind)} THEN '0' ELSE replace({bare}, '-', '') END"
    value = _ungrouped(value, kind.style)
    mark = shapes.quoted(kind.style.decimal)
    return f"length(split_part({value}, {mark}, 1))", f"length(split_part({value}, {mark}, 2))"
