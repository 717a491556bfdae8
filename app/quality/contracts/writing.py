"""A dataset's schema and rules as a contract, within the contract that they came from where there is one."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from app.ingest.job import LogicalType
from app.quality.contracts import entries, reading
from app.quality.contracts.document import Object, is_object, objects, text
from app.quality.contracts.entries import ContractRule
from app.quality.contracts.reading import ContractField
from app.quality.contracts.standard import NotARule
from app.quality.spec import Json

API_VERSION = "v3.1.0"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What a contract says of itself."""

    id: str
    name: str
    version: str
    status: str
    """ODCS: proposed, draft, active, deprecated, retired."""
    description: str | None = None


def write(
    heading: Heading,
    fields: Sequence[ContractField],
    rules: Sequence[ContractRule],
    base: Object | None = None,
    object_name: str | None = None,
) -> Object:
    """The contract, valid against ODCS 3.1. Reading it gives the same rules.

    Args:
        base: the contract to change. What is not about these fields and rules stays as it is; so do properties that the
            dataset lacks and entries that are no rules of ours. A rule that follows from its schema is not written again;
            one that would follow and that the dataset does not have is named as omitted.
        object_name: which of its tables; None: the one of the heading's name, or the only one.
    """
    document: Object = copy.deepcopy(base) if base is not None else {"kind": "DataContract"}
    document.update({"apiVersion": API_VERSION, "kind": "DataContract", "id": heading.id, "name": heading.name,
                     "version": heading.version, "status": heading.status})  # fmt: skip
    if heading.description is not None and "description" not in document:
        document["description"] = {"purpose": heading.description}
    table = _table(document, object_name or heading.name)
    properties = objects(table, "properties")
    known = {reading.field_of(one).field_path: one for one in properties}
    for field in fields:
        if field.field_path not in known:
            known[field.field_path] = {"name": field.field_path}
            properties.append(known[field.field_path])
        _describe(known[field.field_path], field)
    if properties:
        table["properties"] = [*properties]
    implied = {one.spec.id: one for one in reading.implied(table)}
    wanted = {one.spec.id: one for one in rules if implied.get(one.spec.id) != one}
    _omit(table, sorted(implied.keys() - {one.spec.id for one in rules}))
    _keep_rules(table, wanted)
    for rule in wanted.values():
        paths = rule.spec.field_paths
        owner = known.get(paths[0]) if len(paths) == 1 else None
        listed = objects(owner if owner is not None else table, "quality")
        new: list[Json] = [*listed, entries.written(rule, in_property=owner is not None)]
        (owner if owner is not None else table)["quality"] = new
    return document


def _omit(table: Object, ids: list[str]) -> None:
    others: list[Json] = [one for one in objects(table, "customProperties") if one.get("property") != reading.OMITTED]
    if ids:
        others.append({"property": reading.OMITTED, "value": [*ids]})
    if others or "customProperties" in table:
        table["customProperties"] = others
    if not others:
        table.pop("customProperties", None)


def _table(document: Object, name: str) -> Object:
    """The object of the schema that is the dataset's: the one of its name, or the only one, or a new one."""
    found = objects(document, "schema")
    for one in found:
        if text(one, "name") == name or len(found) == 1:
            return one
    table: Object = {"name": name, "logicalType": "object", "physicalType": "table"}
    document["schema"] = [*found, table]
    return table


def _keep_rules(table: Object, wanted: dict[str, ContractRule]) -> None:
    """Entries of rules that still are stay in their places, in their new form where they have changed; others go.

    What was written is taken out of `wanted`.
    """
    found = list(reading.quality(table))
    for owner, in_property in [(table, False), *((one, True) for one in objects(table, "properties"))]:
        kept: list[Json] = []
        entries_here = objects(owner, "quality")
        listed = owner.get("quality")
        # What is no entry was not read as one, and is not ours to take away.
        kept += [one for one in listed if not is_object(one)] if isinstance(listed, list) else []
        for _place, entry, rule in found:
            if not any(entry is one for one in entries_here):
                continue
            if isinstance(rule, NotARule):
                kept.append(entry)
            elif rule.spec.id in wanted:
                new = wanted.pop(rule.spec.id)
                kept.append(entry if new == rule else entries.merged(entry, new, in_property=in_property))
        if kept or "quality" in owner:
            owner["quality"] = kept
        if not kept:
            owner.pop("quality", None)


def _describe(owner: Object, field: ContractField) -> None:
    """The property says what the field is; nothing is taken away from it."""
    if field.logical_type is not None and _differs(owner, field.logical_type):
        owner["logicalType"] = field.logical_type.lower()
        # Options belong to the type that they were written for.
        owner.pop("logicalTypeOptions", None)
    if field.description is not None:
        owner["description"] = field.description
    for name, value in (("required", field.required), ("unique", field.unique), ("primaryKey", field.primary_key)):
        if value:
            owner[name] = True


def _differs(owner: Object, actual: LogicalType) -> bool:
    said = (text(owner, "logicalType") or "").upper()
    # A whole number is a number: the contract may ask for less than the data has.
    return said != actual and not (said == LogicalType.NUMBER and actual is LogicalType.INTEGER)
