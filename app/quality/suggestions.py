"""Rules that a profile suggests, each with its reason. A person accepts them one by one."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.phrases import say
from app.ingest.job import Field, FieldProfile, LogicalType, TableProfile
from app.quality import formats
from app.quality.formats import Format
from app.quality.spec import Json, Operator, RuleSpec

LEAST_ROWS = 20
"""Fewer say nothing about the rows to come."""
FEW_VALUES = 10
"""As many as a profile lists: all values of the column are known."""
TIMES_EACH = 10
"""A list of values is suggested where they occur so often on average."""
RARELY_ABSENT = 0.05
MARGIN = 0.1
"""Of the span between the least and the greatest value, on each side."""
LEAST_TEXTS = 3
_CUT = 200
_FORMS = (Format.UUID, Format.EMAIL, Format.URL, Format.IPV4, Format.IPV6, Format.TIMESTAMP, Format.DATE, Format.HEX_COLOUR)
"""Those that hardly any other text has by chance."""


@dataclass(frozen=True)
class Suggestion:
    """A rule and why it would make sense. The id of its spec is made of type and field."""

    spec: RuleSpec
    reason: str
    failing_row_count: int | None
    """Of the profiled table, as the profile knows it; None: it does not, or the rule is one of no rows."""


def suggest(profile: TableProfile, fields: Sequence[Field]) -> list[Suggestion]:
    """The rules that the profiled table itself satisfies and that later ones probably should."""
    rows = profile.row_count
    if rows < LEAST_ROWS:
        return []
    low, high = rows // 2, rows * 2
    band = RuleSpec(id="row_count", type="row_count", operator=Operator.BETWEEN, threshold=low, upper_threshold=high)
    found = [
        Suggestion(
            band, say("SUGGESTED_ROW_COUNT", "There are {rows:,} rows; half or twice as many would be unusual.", rows=rows), None
        )
    ]
    kinds = {field.field_path: field.logical_type for field in fields}
    for one in profile.field_profiles:
        found.extend(_of_field(one, kinds[one.field_path], rows))
    return found


def _of_field(one: FieldProfile, kind: LogicalType, rows: int) -> Iterator[Suggestion]:
    present = rows - one.null_count
    if present == 0:
        return
    yield from _absent(one, rows)
    if _is_unique(one, kind, present):
        yield _suggestion(one, "unique", say("SUGGESTED_UNIQUE", "All {present:,} values differ.", present=present))
        if kind is LogicalType.STRING:
            yield from _texts(one)
        return
    if kind in (LogicalType.INTEGER, LogicalType.NUMBER):
        yield from _range(one, kind)
    elif kind is LogicalType.STRING:
        listed = tuple(top.value for top in one.top_values)
        complete = sum(top.count for top in one.top_values) == present and len(listed) == one.distinct_count
        if complete and len(listed) <= FEW_VALUES and present >= TIMES_EACH * len(listed) and max(map(len, listed)) < _CUT:
            values: list[Json] = sorted(listed)  # type: ignore[assignment]
            yield _suggestion(
                one, "in_set", say("SUGGESTED_IN_SET", "Only {count} different values occur.", count=len(listed)), values=values
            )
        else:
            yield from _texts(one)


def _absent(one: FieldProfile, rows: int) -> Iterator[Suggestion]:
    if one.null_count == 0:
        yield _suggestion(one, "nulls", say("SUGGESTED_NO_NULLS", "None of {rows:,} values is absent.", rows=rows))
    elif one.null_fraction <= RARELY_ABSENT:
        # Twice the part that is absent now, rounded up to a whole percent.
        most = math.ceil(200 * one.null_fraction) / 100
        spec = RuleSpec(
            id=f"nulls:{one.field_path}", type="nulls", field_paths=(one.field_path,), parameters={"unit": "FRACTION"},
            operator=Operator.LESS_OR_EQUAL, threshold=most,
        )  # fmt: skip
        yield Suggestion(
            spec,
            say(
                "SUGGESTED_FEW_NULLS",
                "{null_count:,} of {rows:,} values are absent ({null_fraction:.2%}).",
                null_count=one.null_count,
                rows=rows,
                null_fraction=one.null_fraction,
            ),
            one.null_count,
        )


def _is_unique(one: FieldProfile, kind: LogicalType, present: int) -> bool:
    keys = (LogicalType.INTEGER, LogicalType.STRING)
    return kind in keys and one.distinct_count == present and not one.distinct_is_approximate and present >= LEAST_ROWS


def _range(one: FieldProfile, kind: LogicalType) -> Iterator[Suggestion]:
    try:
        low, high = float(one.min or ""), float(one.max or "")
    except ValueError:
        return
    if not (math.isfinite(low) and math.isfinite(high)) or max(abs(low), abs(high)) >= 2**53:
        return
    reason = say("SUGGESTED_RANGE", "The values reach from {min} to {max}.", min=one.min, max=one.max)
    margin = MARGIN * (high - low)
    if low >= 0 and high <= 1 and kind is LogicalType.NUMBER:
        least, greatest = 0.0, 1.0
    else:
        least = max(0.0, low - margin) if low >= 0 else low - margin
        greatest = min(0.0, high + margin) if high <= 0 else high + margin
    if kind is LogicalType.INTEGER:
        yield _suggestion(one, "range", reason, min=math.floor(least), max=math.ceil(greatest))
    else:
        yield _suggestion(one, "range", reason, min=_rounded(least, margin), max=_rounded(greatest, margin))


def _rounded(number: float, margin: float) -> float:
    """With as many digits as the margin makes sense of; never past the values themselves, which are a margin away."""
    if margin == 0 or number == 0:
        return number
    return round(number, max(0, 1 - math.floor(math.log10(margin))))


def _texts(one: FieldProfile) -> Iterator[Suggestion]:
    known = {top.value for top in one.top_values} | {end for end in (one.min, one.max) if end is not None}
    whole = {text for text in known if len(text) < _CUT}
    if len(whole) >= LEAST_TEXTS and len(whole) == len(known):
        for form in _FORMS:
            if all(re.fullmatch(formats.pattern(form), text) for text in whole):
                yield _suggestion(
                    one,
                    "format",
                    say("SUGGESTED_FORMAT", "The known values are of the form {format}.", format=form),
                    format=form.value,
                )
                return
    if one.min_length == one.max_length and one.min_length:
        yield _suggestion(
            one,
            "length",
            say("SUGGESTED_LENGTH", "All texts have {min_length} characters.", min_length=one.min_length),
            min=one.min_length,
            max=one.max_length,
        )


def _suggestion(one: FieldProfile, type: str, reason: str, **parameters: Json) -> Suggestion:
    spec = RuleSpec(id=f"{type}:{one.field_path}", type=type, field_paths=(one.field_path,), parameters=parameters)
    # Of a form only the known values were tried; a number that is none (NaN) is neither least nor greatest.
    unknown = type == "format" or (type == "range" and isinstance(parameters.get("min"), float))
    return Suggestion(spec, reason, None if unknown else 0)
