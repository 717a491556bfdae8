"""What ODCS has words for: library metrics, SQL, conditions, severity; each as part of a rule, and back."""

import re
from dataclasses import dataclass
from decimal import Decimal

from app.core.phrases import say
from app.ingest.columns import quoted
from app.quality import catalogue, fence
from app.quality.contracts.document import Object, is_object, text
from app.quality.spec import Json, Operator, RuleSpec, Severity

OPERATORS = {
    "mustBe": Operator.EQUAL,
    "mustNotBe": Operator.NOT_EQUAL,
    "mustBeGreaterThan": Operator.GREATER_THAN,
    "mustBeGreaterOrEqualTo": Operator.GREATER_OR_EQUAL,
    "mustBeLessThan": Operator.LESS_THAN,
    "mustBeLessOrEqualTo": Operator.LESS_OR_EQUAL,
    "mustBeBetween": Operator.BETWEEN,
    "mustNotBeBetween": Operator.NOT_BETWEEN,
}
_NAMES = {operator: name for name, operator in OPERATORS.items()}


@dataclass(frozen=True)
class NotARule:
    """An entry that is kept but cannot be checked, and why."""

    reason: str
    is_meant_so: bool = False
    """It is for people, or for another engine: nobody expects that it is checked here."""


def written(spec: RuleSpec, *, in_property: bool) -> Object | None:
    """The rule in the standard's words; None where it has none."""
    percent = spec.parameters.get("unit") == "FRACTION"
    operator, low, high = spec.operator, spec.threshold, spec.upper_threshold
    if operator is None and catalogue.find(spec).default is not None:
        operator, low = Operator.LESS_OR_EQUAL, 0.0
    if operator is None or low is None:
        return None
    ends = [low] if high is None else [low, high]
    given = [_plain(Decimal(repr(end)) * 100 if percent else Decimal(repr(end))) for end in ends]
    condition: Object = {_NAMES[operator]: given[0] if high is None else [*given]}
    unit: Object = {"unit": "percent"} if percent else {}
    metric = _metric(spec, in_property=in_property)
    if metric is not None:
        return {**metric, **condition, **unit}
    if spec.type == "sql_metric" and isinstance(spec.parameters.get("sql"), str) and not in_property:
        return {"type": "sql", "query": spec.parameters.get("sql"), **condition}
    return None


def _metric(spec: RuleSpec, *, in_property: bool) -> Object | None:
    given = spec.parameters
    if not in_property:
        if spec.type == "row_count":
            return {"metric": "rowCount"}
        if spec.type == "duplicate_rows" and spec.field_paths:
            return {"metric": "duplicateValues", "arguments": {"properties": list(spec.field_paths)}}
        return None
    match spec.type:
        case "nulls":
            return {"metric": "nullValues"}
        case "unique":
            return {"metric": "duplicateValues"}
        case "missing":
            tokens = given.get("tokens")
            return (
                {"metric": "missingValues", "arguments": {"missingValues": [None, *tokens]}} if isinstance(tokens, list) else None
            )
        case "in_set" if isinstance(given.get("values"), list):
            return {"metric": "invalidValues", "arguments": {"validValues": given["values"]}}
        case "regex" if isinstance(given.get("pattern"), str):
            whole = given.get("wholeValue", True) is True
            pattern = f"^(?:{given['pattern']})$" if whole else given["pattern"]
            return {"metric": "invalidValues", "arguments": {"pattern": pattern}}
    return None


def read(entry: Object, property_name: str | None, table_names: tuple[str, ...]) -> RuleSpec | NotARule:
    """The rule of an entry that has an `id` and is of type library or sql."""
    rule_id, kind = str(entry["id"]), text(entry, "type") or "library"
    condition = _condition(entry)
    if isinstance(condition, NotARule):
        return condition
    operator, low, high = condition
    if kind == "sql":
        query = text(entry, "query")
        if query is None:
            return NotARule(say("NOT_CHECKED_NO_QUERY", "it has no query"))
        return RuleSpec(
            id=rule_id,
            type="sql_metric",
            parameters={"sql": _for_us(query, property_name, table_names)},
            operator=operator,
            threshold=low,
            upper_threshold=high,
            severity=severity(entry),
        )
    found = _read_metric(entry, property_name)
    if isinstance(found, NotARule):
        return found
    rule_type, field_paths, parameters = found
    if entry.get("unit") == "percent":
        if rule_type == "row_count":
            return NotARule(say("NOT_CHECKED_PERCENTAGE", "a number of rows is no percentage"))
        parameters = {**parameters, "unit": "FRACTION"}
        low, high = _hundredth(low), None if high is None else _hundredth(high)
    return RuleSpec(
        id=rule_id,
        type=rule_type,
        field_paths=field_paths,
        parameters=parameters,
        operator=operator,
        threshold=low,
        upper_threshold=high,
        severity=severity(entry),
    )


def _hundredth(percent: float) -> float:
    return float(Decimal(repr(percent)) / 100)


def _read_metric(entry: Object, property_name: str | None) -> tuple[str, tuple[str, ...], dict[str, Json]] | NotARule:
    metric = text(entry, "metric") or text(entry, "rule")
    arguments = entry.get("arguments")
    given = arguments if is_object(arguments) else {}
    if property_name is None:
        if metric == "rowCount":
            return "row_count", (), {}
        if metric == "duplicateValues":
            return "duplicate_rows", texts(given.get("properties")), {}
        return NotARule(say("NOT_CHECKED_TABLE_METRIC", "the metric '{metric}' is not known for a whole table", metric=metric))
    field_paths = (property_name,)
    match metric:
        case "nullValues":
            return "nulls", field_paths, {}
        case "duplicateValues":
            return "unique", field_paths, {}
        case "missingValues":
            tokens = given.get("missingValues")
            listed: list[Json] = [one for one in tokens if isinstance(one, str)] if isinstance(tokens, list) else []
            return "missing", field_paths, {"tokens": listed} if listed else {}
        case "invalidValues":
            values, pattern = given.get("validValues"), given.get("pattern")
            if isinstance(values, list):
                present: list[Json] = [one for one in values if one is not None]
                return (
                    ("in_set", field_paths, {"values": present})
                    if present
                    else NotARule(say("NOT_CHECKED_EMPTY_LIST", "its list of values is empty"))
                )
            if isinstance(pattern, str):
                return "regex", field_paths, {"pattern": pattern, "wholeValue": False}
            return NotARule(say("NOT_CHECKED_VALID_VALUES", "it says neither which values are valid nor a pattern"))
    return NotARule(say("NOT_CHECKED_METRIC", "the metric '{metric}' is not known", metric=metric))


def _condition(entry: Object) -> tuple[Operator, float, float | None] | NotARule:
    named = [(operator, entry[name]) for name, operator in OPERATORS.items() if name in entry]
    if len(named) != 1:
        return NotARule(
            say("NOT_CHECKED_NO_CONDITION", "it has no condition such as mustBe")
            if not named
            else say("NOT_CHECKED_CONDITIONS", "it has several conditions")
        )
    operator, value = named[0]
    if operator in (Operator.BETWEEN, Operator.NOT_BETWEEN):
        ends = [number(one) for one in value] if isinstance(value, list) else []
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            return operator, ends[0], ends[1]
        return NotARule(say("NOT_CHECKED_TWO_NUMBERS", "its condition needs two numbers"))
    low = number(value)
    return (operator, low, None) if low is not None else NotARule(say("NOT_CHECKED_NO_NUMBER", "its condition is not a number"))


def _for_us(query: str, property_name: str | None, table_names: tuple[str, ...]) -> str:
    """The query with our name for the table: the standard's placeholders, or the table's own names after FROM and JOIN."""
    query = re.sub(r"\$?\{(?:object|table|model)\}", fence.TABLE, query)
    if property_name is not None:
        query = re.sub(r"\$?\{(?:property|column|field)\}", lambda match: quoted(property_name), query)
    for name in table_names:
        query = re.sub(rf"(?i)\b(from|join)\s+\"?{re.escape(name)}\"?(?![\w.\"])", rf"\1 {fence.TABLE}", query)
    return query


def severity(entry: Object) -> Severity:
    """The entry's severity; what is not one of ours is an ERROR."""
    word = (text(entry, "severity") or "error").upper()
    return Severity(word) if word in Severity.__members__ else Severity.ERROR


def texts(value: Json | None) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def number(value: Json | None) -> float | None:
    """The number, if it is one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(given: Decimal) -> int | float:
    return int(given) if given == given.to_integral_value() else float(given)
