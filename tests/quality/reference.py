"""Every rule type again, in plain Python and slowly: what the engine is compared with."""

import itertools
import json
import math
import re
import statistics
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.quality.spec import RuleSpec
from tests.quality.tables import Rows, Value

Found = tuple[float | None, list[int] | None]
"""Value, and the numbers (from 1) of failed rows; None where rows cannot fail."""
Numbered = list[tuple[int, dict[str, Value]]]


def _bad(spec: RuleSpec, rows: Numbered, fails: Callable[[Value], bool]) -> Found:
    """Rows whose value is there and fails."""
    (path,) = spec.field_paths
    failed = [number for number, row in rows if row[path] is not None and fails(row[path])]
    return _count(spec, rows, failed)


def _count(spec: RuleSpec, rows: Numbered, failed: list[int]) -> Found:
    if spec.parameters.get("unit") == "FRACTION":
        return (len(failed) / len(rows) if rows else 0.0), failed
    return len(failed), failed


def _repeats(rows: Numbered, paths: tuple[str, ...], *, absent_too: bool) -> list[int]:
    seen: set[tuple[object, ...]] = set()
    failed = []
    for number, row in rows:
        key = tuple("nan" if isinstance(row[path], float) and math.isnan(row[path]) else row[path] for path in paths)  # type: ignore[arg-type]
        if None in key and not absent_too:
            continue
        if key in seen:
            failed.append(number)
        seen.add(key)
    return failed


def nulls(spec: RuleSpec, rows: Numbered) -> Found:
    return _count(spec, rows, [number for number, row in rows if row[spec.field_paths[0]] is None])


def missing(spec: RuleSpec, rows: Numbered) -> Found:
    tokens = spec.parameters.get("tokens", ["", "-", "--", "?", "n/a", "na", "nan", "nil", "none", "null", "unknown"])
    assert isinstance(tokens, list)
    lowered = {str(token).strip(" ").lower() for token in tokens}
    values = [(number, row[spec.field_paths[0]]) for number, row in rows]
    failed = [
        number for number, value in values if value is None or (isinstance(value, str) and value.strip(" ").lower() in lowered)
    ]
    return _count(spec, rows, failed)


def unique(spec: RuleSpec, rows: Numbered) -> Found:
    return _count(spec, rows, _repeats(rows, spec.field_paths, absent_too=False))


def duplicate_rows(spec: RuleSpec, rows: Numbered) -> Found:
    paths = spec.field_paths or (tuple(rows[0][1]) if rows else ())
    return _count(spec, rows, _repeats(rows, paths, absent_too=True))


def primary_key(spec: RuleSpec, rows: Numbered) -> Found:
    absent = [number for number, row in rows if any(row[path] is None for path in spec.field_paths)]
    return _count(spec, rows, sorted(absent + _repeats(rows, spec.field_paths, absent_too=False)))


def distinct_count(spec: RuleSpec, rows: Numbered) -> Found:
    there = [pair for pair in rows if pair[1][spec.field_paths[0]] is not None]
    return len(there) - len(_repeats(there, spec.field_paths, absent_too=False)), None


def row_count(spec: RuleSpec, rows: Numbered) -> Found:
    return len(rows), None


def _listed(spec: RuleSpec) -> set[object]:
    values = spec.parameters["values"]
    assert isinstance(values, list)
    return {Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value for value in values}


def _comparable(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


def in_set(spec: RuleSpec, rows: Numbered) -> Found:
    listed = _listed(spec)
    return _bad(spec, rows, lambda value: _comparable(value) not in listed)


def not_in_set(spec: RuleSpec, rows: Numbered) -> Found:
    listed = _listed(spec)
    return _bad(spec, rows, lambda value: _comparable(value) in listed)


def regex(spec: RuleSpec, rows: Numbered) -> Found:
    pattern = re.compile(str(spec.parameters["pattern"]))
    match = pattern.fullmatch if spec.parameters.get("wholeValue", True) else pattern.search
    return _bad(spec, rows, lambda value: not match(str(value)))


def not_regex(spec: RuleSpec, rows: Numbered) -> Found:
    pattern = re.compile(str(spec.parameters["pattern"]))
    match = pattern.fullmatch if spec.parameters.get("wholeValue", False) else pattern.search
    return _bad(spec, rows, lambda value: bool(match(str(value))))


def range_(spec: RuleSpec, rows: Numbered) -> Found:
    low, high = spec.parameters.get("min"), spec.parameters.get("max")

    def fails(value: Value) -> bool:
        if isinstance(value, float) and math.isnan(value):
            return True
        assert isinstance(value, int | float | Decimal)
        # The ends as they are written: a decimal 0.10 is not below 0.1, as it would be below the double that is nearest to 0.1.
        exact = value if isinstance(value, float) else Decimal(value)
        least, most = (
            end if isinstance(value, float) or not isinstance(end, int | float) else Decimal(str(end)) for end in (low, high)
        )
        below = least is not None and (exact < least or (exact == least and spec.parameters.get("exclusiveMin") is True))  # type: ignore[operator]
        above = most is not None and (exact > most or (exact == most and spec.parameters.get("exclusiveMax") is True))  # type: ignore[operator]
        return below or above

    return _bad(spec, rows, fails)


def date_range(spec: RuleSpec, rows: Numbered) -> Found:
    low, high = spec.parameters.get("min"), spec.parameters.get("max")

    def fails(value: Value) -> bool:
        assert isinstance(value, date)
        text = value.isoformat()
        return (isinstance(low, str) and text < low) or (isinstance(high, str) and text > high)

    return _bad(spec, rows, fails)


def length(spec: RuleSpec, rows: Numbered) -> Found:
    low, high = spec.parameters.get("min"), spec.parameters.get("max")

    def fails(value: Value) -> bool:
        characters = len(str(value))
        return (isinstance(low, int) and characters < low) or (isinstance(high, int) and characters > high)

    return _bad(spec, rows, fails)


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def json_(spec: RuleSpec, rows: Numbered) -> Found:
    def fails(value: Value) -> bool:
        try:
            json.loads(str(value), parse_constant=_refused)
        except ValueError:
            return True
        return False

    return _bad(spec, rows, fails)


def castable(spec: RuleSpec, rows: Numbered) -> Found:
    kind = spec.parameters["type"]

    def fails(value: Value) -> bool:
        text = str(value).strip(" ")
        if kind == "INTEGER":
            return not (re.fullmatch(r"[+-]?[0-9]+", text) and -(2**63) <= int(text) < 2**63)
        if kind == "BOOLEAN":
            return text.lower() not in ("true", "false")
        if kind == "DATE":
            try:
                return not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) or not date.fromisoformat(text)
            except ValueError:
                return True
        try:
            return not re.fullmatch(r"[-+0-9.eE]+", text) or not math.isfinite(float(text))
        except ValueError:
            return True

    return _bad(spec, rows, fails)


def compare_fields(spec: RuleSpec, rows: Numbered) -> Found:
    left, right = spec.field_paths
    signs: dict[str, Callable[[float, float], bool]] = {
        "LESS_OR_EQUAL": lambda a, b: a <= b,
        "EQUAL": lambda a, b: a == b,
        "GREATER_THAN": lambda a, b: a > b,
    }
    holds = signs[str(spec.parameters["comparison"])]
    failed = [
        number
        for number, row in rows
        if row[left] is not None and row[right] is not None and not holds(row[left], row[right])  # type: ignore[arg-type]
    ]
    return _count(spec, rows, failed)


def sequential(spec: RuleSpec, rows: Numbered) -> Found:
    path = spec.field_paths[0]
    there = [(number, row[path]) for number, row in rows if row[path] is not None]
    failed = []
    for (_, before), (number, value) in itertools.pairwise(there):
        if "step" in spec.parameters:
            follows = value == before + spec.parameters["step"]  # type: ignore[operator]
        else:
            follows = {"INCREASING": value > before, "NOT_INCREASING": value <= before}[str(spec.parameters["direction"])]  # type: ignore[operator]
        if not follows:
            failed.append(number)
    if spec.parameters.get("unit") == "FRACTION":
        return (len(failed) / len(there) if there else 0.0), failed
    return len(failed), failed


def aggregate(spec: RuleSpec, rows: Numbered) -> Found:
    values = [row[spec.field_paths[0]] for _, row in rows if row[spec.field_paths[0]] is not None]
    if not values:
        return None, None
    exact = [Fraction(value) for value in values]  # type: ignore[arg-type]
    match spec.parameters["function"]:
        case "MIN":
            return float(min(exact)), None
        case "MAX":
            return float(max(exact)), None
        case "SUM":
            return float(sum(exact)), None
        case "MEAN":
            return float(sum(exact) / len(exact)), None
        case "STDDEV":
            return (statistics.stdev(exact) if len(exact) > 1 else None), None
        case "MEDIAN":
            return float(statistics.median(exact)), None
    ordered = sorted(exact)
    place = Fraction(str(spec.parameters["quantile"])) * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below)), None


def outliers(spec: RuleSpec, rows: Numbered) -> Found:
    path, factor = spec.field_paths[0], float(spec.parameters["factor"])  # type: ignore[arg-type]
    values = [(number, float(row[path])) for number, row in rows if row[path] is not None]  # type: ignore[arg-type]
    finite = [value for _, value in values]
    if not finite:
        return _count(spec, rows, [])
    if spec.parameters["method"] == "ZSCORE":
        if len(finite) < 2:
            return _count(spec, rows, [])
        spread = factor * statistics.stdev(finite)
        low, high = statistics.fmean(finite) - spread, statistics.fmean(finite) + spread
    else:
        first, third = (_quantile(finite, part) for part in (0.25, 0.75))
        low, high = first - factor * (third - first), third + factor * (third - first)
    return _count(spec, rows, [number for number, value in values if not low <= value <= high])


def _quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    below = math.floor(place)
    return ordered[below] + (ordered[min(below + 1, len(ordered) - 1)] - ordered[below]) * (place - below)


RULES: dict[str, Callable[[RuleSpec, Numbered], Found]] = {
    name.rstrip("_"): function
    for name, function in list(globals().items())
    if callable(function) and not name.startswith("_") and getattr(function, "__module__", "") == __name__ and name.islower()
}


def found(spec: RuleSpec, rows: Rows, keeps: Callable[[dict[str, Value]], bool] | None = None) -> Found:
    """What the rule finds in the rows that `keeps` keeps."""
    numbered = [(number, dict(row)) for number, row in enumerate(rows, 1) if keeps is None or keeps(dict(row))]
    return RULES[spec.type](spec, numbered)
