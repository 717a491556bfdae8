"""One rule as an entry of `quality`, and back.

What the standard has a word for is written in its words (library metrics, sql); all else is `custom` with the engine 'datakura'.
What its words cannot say (warnings, filters ...) stands beside them, in a custom property that counts only as long as nobody
has changed the standard's words.
"""

import re
from dataclasses import dataclass

from app.core.phrases import say
from app.quality import catalogue
from app.quality.contracts import standard
from app.quality.contracts.document import Object, is_object, objects, text
from app.quality.contracts.standard import NotARule
from app.quality.spec import Operator, RuleSpec

ENGINE = "datakura"
PROPERTY = "datakuraRule"
_STABLE_ID = re.compile(r"[A-Za-z0-9_-]+")
"""What the standard allows as the id of an entry."""

_OWN_KEYS = {"id", "name", "description", "type", "metric", "rule", "arguments", "unit", "query", "engine", "implementation", "dimension",
             "severity", "customProperties", *standard.OPERATORS}  # fmt: skip
"""Keys of an entry that a rule decides; all others are kept as they are."""


@dataclass(frozen=True, kw_only=True)
class ContractRule:
    """A rule with what a contract says about it."""

    spec: RuleSpec
    name: str | None = None
    description: str | None = None
    blocks_publication: bool = True
    enabled: bool = True


def written(rule: ContractRule, *, in_property: bool) -> Object:
    """The rule as an entry. Reading it gives the rule again.

    Args:
        in_property: it stands below the property of its only field, which it then does not name.
    """
    entry: Object = {"id": rule.spec.id} if _STABLE_ID.fullmatch(rule.spec.id) else {}
    if rule.name is not None:
        entry["name"] = rule.name
    if rule.description is not None:
        entry["description"] = rule.description
    entry.update(standard.written(rule.spec, in_property=in_property) or _custom(rule.spec))
    kind = catalogue.types().get(rule.spec.type)
    if kind is not None:
        entry["dimension"] = kind.dimension.lower()
    entry["severity"] = rule.spec.severity.lower()
    entry["customProperties"] = [{"property": PROPERTY, "value": _whole(rule)}]
    return entry


def merged(old: Object, rule: ContractRule, *, in_property: bool) -> Object:
    """The rule as an entry that keeps what the old entry has beyond it."""
    new = written(rule, in_property=in_property)
    others = [one for one in _custom_properties(old) if one.get("property") != PROPERTY]
    listed = new["customProperties"]
    assert isinstance(listed, list)  # as written above
    new["customProperties"] = [*others, *listed]
    return {**new, **{key: value for key, value in old.items() if key not in _OWN_KEYS}}


def read(entry: Object, *, id: str, property_name: str | None, table_names: tuple[str, ...]) -> ContractRule | NotARule:
    """The rule of an entry.

    Args:
        id: for an entry that has none.
        property_name: of the property that it stands below.
        table_names: by which its SQL may call the table.
    """
    exact = _exact(entry, property_name)
    if exact is not None:
        return exact
    spec = _read_spec({**entry, "id": text(entry, "id") or id}, property_name, table_names)
    if isinstance(spec, NotARule):
        return spec
    own = entry.get("implementation")
    given = own if is_object(own) else {}
    return ContractRule(
        spec=spec,
        name=text(entry, "name"),
        description=text(entry, "description"),
        blocks_publication=given.get("blocksPublication") is not False,
        enabled=given.get("enabled") is not False,
    )


def _whole(rule: ContractRule) -> Object:
    """Every part of the rule that is not as it is by default."""
    spec = rule.spec
    own_id: Object = {} if _STABLE_ID.fullmatch(spec.id) else {"id": spec.id}
    whole: Object = {**own_id, "type": spec.type, "fieldPaths": list(spec.field_paths), "parameters": dict(spec.parameters)}
    optional: Object = {
        "operator": spec.operator,
        "threshold": spec.threshold,
        "upperThreshold": spec.upper_threshold,
        "warnThreshold": spec.warn_threshold,
        "warnUpperThreshold": spec.warn_upper_threshold,
        "filter": spec.filter,
    }
    whole.update(
        {key: str(value) if isinstance(value, Operator) else value for key, value in optional.items() if value is not None}
    )
    whole["blocksPublication"] = rule.blocks_publication
    if not rule.enabled:
        whole["enabled"] = False
    return whole


def _exact(entry: Object, property_name: str | None) -> ContractRule | None:
    """The rule of our own custom property, if the rest of the entry still says the same."""
    for one in _custom_properties(entry):
        value = one.get("value")
        if one.get("property") == PROPERTY and is_object(value):
            rule = _from_whole(entry, value)
            if rule is None:
                return None
            again = written(rule, in_property=property_name is not None)
            same = all(entry.get(key) == again.get(key) for key in _OWN_KEYS - {"customProperties"})
            return rule if same else None
    return None


def _from_whole(entry: Object, whole: Object) -> ContractRule | None:
    try:
        spec = RuleSpec(
            id=str(whole.get("id") or entry["id"]),
            type=str(whole["type"]),
            field_paths=standard.texts(whole.get("fieldPaths")),
            parameters=dict(whole["parameters"]) if is_object(whole.get("parameters")) else {},  # type: ignore[arg-type]
            operator=None if whole.get("operator") is None else Operator(str(whole["operator"])),
            threshold=standard.number(whole.get("threshold")),
            upper_threshold=standard.number(whole.get("upperThreshold")),
            warn_threshold=standard.number(whole.get("warnThreshold")),
            warn_upper_threshold=standard.number(whole.get("warnUpperThreshold")),
            severity=standard.severity(entry),
            filter=text(whole, "filter"),
        )
    except (KeyError, ValueError):
        return None
    return ContractRule(
        spec=spec,
        name=text(entry, "name"),
        description=text(entry, "description"),
        blocks_publication=whole.get("blocksPublication") is not False,
        enabled=whole.get("enabled") is not False,
    )


def _custom(spec: RuleSpec) -> Object:
    implementation = {key: value for key, value in _whole(ContractRule(spec=spec)).items() if key != "blocksPublication"}
    return {"type": "custom", "engine": ENGINE, "implementation": implementation}


def _custom_properties(entry: Object) -> list[Object]:
    return objects(entry, "customProperties")


def _read_spec(entry: Object, property_name: str | None, table_names: tuple[str, ...]) -> RuleSpec | NotARule:
    kind = text(entry, "type") or "library"
    if kind == "text":
        return NotARule(say("NOT_CHECKED_DESCRIPTION", "it is a description for people"), is_meant_so=True)
    if kind != "custom":
        return standard.read(entry, property_name, table_names)
    implementation = entry.get("implementation")
    engine = text(entry, "engine")
    if engine is not None and engine != ENGINE:
        return NotARule(say("NOT_CHECKED_ENGINE", "it is for the engine '{engine}'", engine=engine), is_meant_so=True)
    if engine is None:
        return NotARule(say("NOT_CHECKED_NO_ENGINE", "it does not say for which engine it is"))
    rule = _from_whole(entry, _of_property(implementation, property_name)) if is_object(implementation) else None
    return rule.spec if rule is not None else NotARule(say("NOT_CHECKED_IMPLEMENTATION", "its implementation is not a rule"))


def _of_property(implementation: Object, property_name: str | None) -> Object:
    """The implementation of an entry below a property: of that field, unless it names fields or its type takes none."""
    kind = catalogue.types().get(str(implementation.get("type")))
    if property_name is None or "fieldPaths" in implementation or kind is None or not kind.fields.suits(1):
        return implementation
    return {"fieldPaths": [property_name], **implementation}
