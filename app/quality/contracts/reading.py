"""A contract's fields and rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.phrases import say
from app.ingest.job import LogicalType
from app.quality.contracts import entries
from app.quality.contracts.document import ContractProblem, Object, is_object, objects, text
from app.quality.contracts.entries import ContractRule
from app.quality.contracts.standard import NotARule
from app.quality.spec import Json, RuleSpec

SCHEMA_RULE = "schema"
OMITTED = "datakuraOmittedRules"
"""Custom property of a table: ids of rules that would follow from its schema, but that the dataset does not have."""


@dataclass(frozen=True, kw_only=True)
class ContractField:
    """A property of the contract's table."""

    field_path: str
    """Its physical name where it has one: what the column is called."""
    logical_type: LogicalType | None = None
    description: str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a contract says of one table."""

    object_name: str
    fields: tuple[ContractField, ...]
    rules: tuple[ContractRule, ...]
    """Of its `quality` entries."""
    implied: tuple[ContractRule, ...]
    """That follow from its schema: fields and their types, `required`, `unique`, `primaryKey`, `logicalTypeOptions`."""
    notes: tuple[str, ...]
    """One sentence for each entry that is kept but cannot be checked."""
    unreadable: tuple[tuple[ContractRule, str], ...] = ()
    """Those of them that are meant to be checked: what can be told of the rule, and its note."""


def object_of(document: Object, name: str | None = None) -> Object:
    """The object of the schema that describes the table: the one of that name, or the only one.

    Raises:
        ContractProblem: there is none, or more than one.
    """
    found = objects(document, "schema")
    names = ", ".join(f"'{text(one, 'name')}'" for one in found)
    if name is not None:
        for one in found:
            if name in (text(one, "name"), text(one, "physicalName")):
                return one
        raise ContractProblem(
            say(
                "CONTRACT_NO_TABLE",
                "The contract describes no '{name}'; it describes {names}.",
                name=name,
                names=names or say("NO_TABLE", "no table"),
            ),
            where="schema",
        )
    if len(found) != 1:
        what = (
            say("SEVERAL_TABLES", "several tables ({names}): name one of them", names=names)
            if found
            else say("NO_TABLE", "no table")
        )
        raise ContractProblem(say("CONTRACT_DESCRIBES", "The contract describes {what}.", what=what), where="schema")
    return found[0]


def read(document: Object, object_name: str | None = None) -> Contract:
    """Fields and rules of one table of a contract (see `document.load`).

    Raises:
        ContractProblem: the table is not there, or two of its rules have the same id.
    """
    table = object_of(document, object_name)
    rules: dict[str, ContractRule] = {}
    notes: list[str] = []
    unreadable: list[tuple[ContractRule, str]] = []
    for place, entry, found in quality(table):
        if isinstance(found, NotARule):
            name = text(entry, "name") or text(entry, "id") or place
            notes.append(say("NOT_CHECKED", "{rule}: not checked, because {reason}.", rule=name, reason=found.reason))
            if not found.is_meant_so:
                kind = text(entry, "metric") or text(entry, "rule") or text(entry, "type") or "library"
                unreadable.append((ContractRule(spec=RuleSpec(id=text(entry, "id") or place, type=kind), name=name), notes[-1]))
        elif found.spec.id in rules:
            raise ContractProblem(say("CONTRACT_SAME_ID", "Two rules have the id '{id}'.", id=found.spec.id), where=place)
        else:
            rules[found.spec.id] = found
    for place, reason in overlooked(table):
        notes.append(say("NOT_CHECKED", "{rule}: not checked, because {reason}.", rule=place, reason=reason))
        unreadable.append((ContractRule(spec=RuleSpec(id=place, type="entry"), name=place), notes[-1]))
    return Contract(
        object_name=text(table, "name") or "",
        fields=tuple(field_of(one) for one in objects(table, "properties")),
        rules=tuple(rules.values()),
        implied=tuple(one for one in implied(table) if one.spec.id not in rules and one.spec.id not in omitted(table)),
        notes=tuple(notes),
        unreadable=tuple(unreadable),
    )


def overlooked(table: Object) -> Iterator[tuple[str, str]]:
    """What is meant to be checked and stands where no rule can: where, and why it is not checked."""
    no_entry = say("NOT_CHECKED_NO_ENTRY", "it is no entry with names and values")
    for owner, place in [
        (table, text(table, "name") or ""),
        *((one, field_of(one).field_path) for one in objects(table, "properties")),
    ]:
        for name in ("quality", *(["properties"] if owner is table else [])):
            listed = owner.get(name, [])
            for at, one in enumerate(listed if isinstance(listed, list) else [listed]):
                if not is_object(one) or not isinstance(listed, list):
                    yield f"{place}.{name}[{at}]", no_entry
    for one in objects(table, "properties"):
        yield from _nested(one, field_of(one).field_path)


def _nested(owner: Object, path: str) -> Iterator[tuple[str, str]]:
    """Conditions below a property: of the parts of an object, or of the members of a list."""
    items = owner.get("items")
    inner = [*((part, f"{path}.{text(part, 'name') or '?'}") for part in objects(owner, "properties"))]
    inner += [(items, f"{path}[]")] if is_object(items) else []
    for part, place in inner:
        asked = any(part.get(name) is True for name in ("required", "unique", "primaryKey"))
        if asked or part.get("quality") or part.get("logicalTypeOptions"):
            yield place, say("NOT_CHECKED_NESTED", "it is a part of another column, and rules look at whole columns")
        yield from _nested(part, place)


def quality(table: Object) -> Iterator[tuple[str, Object, ContractRule | NotARule]]:
    """Every quality entry of a table and its properties: where it stands, the entry, the rule."""
    names = tuple(name for name in (text(table, "name"), text(table, "physicalName")) if name)
    owners: list[tuple[str | None, Object]] = [(None, table)]
    owners += [(field_of(one).field_path, one) for one in objects(table, "properties")]
    for property_name, owner in owners:
        for at, entry in enumerate(objects(owner, "quality")):
            place = f"{property_name or names[0]}.quality[{at}]"
            yield place, entry, entries.read(entry, id=place, property_name=property_name, table_names=names)


def field_of(one: Object) -> ContractField:
    """A property as a field."""
    kind = (text(one, "logicalType") or "").upper()
    return ContractField(
        field_path=text(one, "physicalName") or text(one, "name") or "",
        logical_type=LogicalType(kind) if kind in LogicalType.__members__ else None,
        description=text(one, "description"),
        required=one.get("required") is True,
        unique=one.get("unique") is True,
        primary_key=one.get("primaryKey") is True,
    )


def omitted(table: Object) -> frozenset[str]:
    """Ids of rules that follow from the schema and shall not."""
    values = [one.get("value") for one in objects(table, "customProperties") if one.get("property") == OMITTED]
    return frozenset(one for value in values if isinstance(value, list) for one in value if isinstance(one, str))


def implied(table: Object) -> Iterator[ContractRule]:
    """The rules that follow from a table's schema, those that are omitted too."""
    properties = objects(table, "properties")
    if not properties:
        return
    expected: list[Json] = []
    for one in properties:
        field = field_of(one)
        typed: Object = {} if field.logical_type is None else {"logicalType": field.logical_type.value}
        expected.append({"fieldPath": field.field_path, **typed})
    yield _rule(SCHEMA_RULE, "schema_match", (), fields=expected, mode="SUPERSET")
    keys = sorted((one for one in properties if one.get("primaryKey") is True), key=_key_position)
    if keys:
        yield _rule("primaryKey", "primary_key", tuple(field_of(one).field_path for one in keys))
    for one in properties:
        yield from _of_property(one, field_of(one), is_only_key=len(keys) == 1 and one is keys[0])


def _of_property(one: Object, field: ContractField, *, is_only_key: bool) -> Iterator[ContractRule]:
    path = field.field_path
    if field.required and not is_only_key:
        yield _rule(f"{path}.required", "nulls", (path,))
    if field.unique and not is_only_key:
        yield _rule(f"{path}.unique", "unique", (path,))
    options = one.get("logicalTypeOptions")
    given = options if is_object(options) else {}
    if field.logical_type is LogicalType.STRING:
        lengths: Object = {
            ours: given[theirs] for ours, theirs in (("min", "minLength"), ("max", "maxLength")) if theirs in given
        }
        if lengths:
            yield _rule(f"{path}.length", "length", (path,), **lengths)
        if isinstance(given.get("pattern"), str):
            yield _rule(f"{path}.pattern", "regex", (path,), pattern=given["pattern"], wholeValue=False)
        form = _FORMATS.get(str(given.get("format")))
        if form:
            yield _rule(f"{path}.format", "format", (path,), format=form)
    elif field.logical_type in (LogicalType.NUMBER, LogicalType.INTEGER):
        ends = _ends(given)
        if ends:
            yield _rule(f"{path}.range", "range", (path,), **ends)
    elif field.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP):
        dates: Object = {ours: given[theirs] for ours, theirs in (("min", "minimum"), ("max", "maximum")) if theirs in given}
        if dates:
            yield _rule(f"{path}.range", "date_range", (path,), **dates)


_FORMATS = {"email": "EMAIL", "uuid": "UUID", "uri": "URL", "hostname": "HOSTNAME", "ipv4": "IPV4", "ipv6": "IPV6"}


def _ends(given: Object) -> Object:
    ends: Object = {}
    for ours, theirs, strict in (("min", "minimum", "exclusiveMinimum"), ("max", "maximum", "exclusiveMaximum")):
        if isinstance(given.get(strict), int | float) and not isinstance(given.get(strict), bool):
            ends |= {ours: given[strict], "exclusiveMin" if ours == "min" else "exclusiveMax": True}
        elif isinstance(given.get(theirs), int | float):
            ends[ours] = given[theirs]
    return ends


def _key_position(one: Object) -> int:
    position = one.get("primaryKeyPosition")
    return position if isinstance(position, int) and position > 0 else 1 << 30


def _rule(id: str, type: str, field_paths: tuple[str, ...], **parameters: Json) -> ContractRule:
    return ContractRule(spec=RuleSpec(id=id, type=type, field_paths=field_paths, parameters=parameters))
