"""Typed parameters of rule types: JSON in, checked values out, and the JSON Schema that forms are drawn from."""

import difflib
from enum import StrEnum
from typing import Annotated, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError
from pydantic.alias_generators import to_camel

from app.core.phrases import Phrase, say
from app.quality.problems import Problem
from app.quality.spec import Json, RuleSpec

P = TypeVar("P", bound="Parameters")

MAX_VALUES = 10_000
"""Values of one set."""

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
Scalars = Annotated[tuple[Scalar, ...], Field(min_length=1, max_length=MAX_VALUES)]


class Parameters(BaseModel):
    """Base of all; a type without parameters uses it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel, allow_inf_nan=False)


class Unit(StrEnum):
    """Whether bad rows are counted or taken as a fraction (0-1) of the rows that the rule sees."""

    COUNT = "COUNT"
    FRACTION = "FRACTION"


class RowParameters(Parameters):
    """Of types that look at each row."""

    unit: Unit = Field(
        default=Unit.COUNT, title="Unit", description="COUNT: number of rows. FRACTION: part of all rows, from 0 to 1."
    )


def parse(kind: type[P], spec: RuleSpec) -> P | list[Problem]:
    """The parameters, or all that is wrong with them."""
    try:
        return kind.model_validate_json(orjson.dumps(dict(spec.parameters)))
    except (orjson.JSONEncodeError, TypeError):
        return [Problem(("parameters",), say("PARAMETERS_NOT_JSON", "The parameters are not JSON."))]
    except ValidationError as error:
        found: dict[tuple[str, ...], Problem] = {}
        for one in error.errors(include_url=False, include_input=False):
            path = ("parameters", *_names(one["loc"]))
            # Of a value that may be of several types each type complains; the first complaint says enough.
            own = one.get("ctx", {}).get("error")
            sentence = _unknown(kind, path[1:]) if one["type"] == "extra_forbidden" else _sentence(one["msg"], own)
            found.setdefault(path, Problem(path, sentence))
        return list(found.values())


def _unknown(kind: type[Parameters], path: tuple[str, ...]) -> Phrase:
    """That there is no such parameter, and which one may have been meant."""
    name = path[-1]
    known = {to_camel(field).lower(): to_camel(field) for field in kind.model_fields} if len(path) == 1 else {}
    near = difflib.get_close_matches(name.replace("_", "").replace("-", "").lower(), known, n=1, cutoff=0.75)
    if near:
        return say("PARAMETER_MEANT", "There is no parameter '{name}'; did you mean '{meant}'?", name=name, meant=known[near[0]])
    return say("PARAMETER_UNKNOWN", "There is no parameter '{name}'.", name=name)


def _sentence(message: str, error: object) -> Phrase:
    """What pydantic says, or what one of our validators does."""
    own = error.args[0] if isinstance(error, ValueError) and error.args else None
    return say("PARAMETER_WRONG", "{reason}.", reason=own if isinstance(own, Phrase) else message.rstrip("."))


_MEMBERS = {"int", "float", "bool", "str"}


def _names(location: tuple[int | str, ...]) -> tuple[str, ...]:
    """Without the names of the types that a value may be of, which no user has written."""
    first, *others = location or ("",)
    return tuple(str(part) for part in (first, *(part for part in others if part not in _MEMBERS)) if part != "")


def schema(kind: type[Parameters]) -> dict[str, Json]:
    """JSON Schema (draft 2020-12) of the parameters, without references: each stands where it is used."""
    found = kind.model_json_schema(by_alias=True)
    definitions = found.pop("$defs", {})
    properties = {name: _inlined(one, definitions) for name, one in found["properties"].items()}
    for name, field in kind.model_fields.items():
        own = properties[field.alias or name]
        own["title"], own["description"] = field.title, field.description
    # The names and words of our classes are nothing to a reader of a form.
    rest = {key: value for key, value in found.items() if key not in ("title", "description")}
    return {**rest, "properties": properties}


def _inlined(one: dict[str, Json], definitions: dict[str, dict[str, Json]]) -> dict[str, Json]:
    """The schema with what its references refer to."""
    reference = one.get("$ref")
    if isinstance(reference, str):
        target = definitions[reference.rpartition("/")[2]]
        return _inlined({**target, **{key: value for key, value in one.items() if key != "$ref"}}, definitions)
    return {key: _inlined_value(value, definitions) for key, value in one.items()}


def _inlined_value(value: Json, definitions: dict[str, dict[str, Json]]) -> Json:
    if isinstance(value, dict):
        return _inlined(value, definitions)
    return [_inlined_value(inner, definitions) for inner in value] if isinstance(value, list) else value
