"""Contracts as YAML: read without surprises, written so that they read back the same."""

import re
from collections.abc import Iterator
from typing import TypeGuard

import yaml

from app.core.phrases import say
from app.quality.spec import Json

MAX_BYTES = 4 << 20
MAX_NODES = 200_000
"""Values of a document, shared ones counted each time: a small file may unfold into a very large one."""
MAX_DEPTH = 50

Object = dict[str, Json]


class ContractProblem(Exception):
    """A text is no contract that can be read; says where and what to do."""

    def __init__(self, message: str, *, where: str = "", line: int | None = None):
        super().__init__(message)
        self.message = message
        self.where = where
        """Like 'schema[0].properties[2]'; empty for the whole document."""
        self.line = line
        """From 1, where the YAML itself is broken."""


_TO_ESCAPE = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff]")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain values: dates stay text and 'no' is a word (Norway), as the standard's tools have it."""


_KEPT = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, no references."""

    def ignore_aliases(self, data: object) -> bool:
        """Nothing is written as a reference to an earlier place."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Readers fold or normalise these unless they are written as escapes.
    style = '"' if _TO_ESCAPE.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def load(text: str | bytes) -> Object:
    """The contract that the text holds.

    Raises:
        ContractProblem: it is no YAML, or no contract of ODCS 3.
    """
    if len(text) > MAX_BYTES:
        raise ContractProblem(say("CONTRACT_TOO_LARGE", "The contract has more than {most} MiB.", most=MAX_BYTES >> 20))
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractProblem(
            say("CONTRACT_YAML", "This is no YAML: {reason}.", reason=error.problem or error.context), line=line
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ContractProblem(say("CONTRACT_NO_YAML", "This is no YAML text.")) from error
    for count, (value, depth) in enumerate(_nodes(document)):
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise ContractProblem(say("CONTRACT_TOO_DEEP", "The contract is nested too deeply or unfolds into too many values."))
        if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
            raise ContractProblem(say("CONTRACT_NAME_TEXT", "A name in the contract is not text; put it in quotes."))
    if not is_object(document):
        raise ContractProblem(say("CONTRACT_NOT_NAMES", "A contract is a list of names with values; this is something else."))
    _check(document)
    return document


def dump(document: Object) -> str:
    """The contract as YAML; `load` gives the same document."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def is_object(value: object) -> TypeGuard[Object]:
    """Whether a value has names."""
    return isinstance(value, dict)


def objects(owner: Object, name: str) -> list[Object]:
    """The list of objects under a name; empty where there is none."""
    listed = owner.get(name)
    return [one for one in listed if is_object(one)] if isinstance(listed, list) else []


def text(owner: Object, name: str) -> str | None:
    """The text under a name; None where there is none."""
    value = owner.get(name)
    return value if isinstance(value, str) and value else None


def _check(document: Object) -> None:
    if document.get("kind") != "DataContract":
        raise ContractProblem(say("CONTRACT_KIND", "'kind' has to be DataContract."), where="kind")
    version = document.get("apiVersion")
    if not isinstance(version, str) or not version.lstrip("v").startswith("3."):
        raise ContractProblem(
            say(
                "CONTRACT_VERSION", "'apiVersion' is {version!r}; contracts of ODCS 3 (v3.1.0) can be read.", version=str(version)
            ),
            where="apiVersion",
        )
    schema = document.get("schema")
    if schema is None:
        return
    if not isinstance(schema, list):
        raise ContractProblem(say("CONTRACT_SCHEMA_LIST", "'schema' has to be a list."), where="schema")
    for at, one in enumerate(schema):
        if not is_object(one) or text(one, "name") is None:
            raise ContractProblem(say("CONTRACT_OBJECT_NAME", "An object of the schema needs a name."), where=f"schema[{at}]")
        for name in ("properties", "quality"):
            if not isinstance(one.get(name, []), list):
                raise ContractProblem(say("CONTRACT_LIST", "'{name}' has to be a list.", name=name), where=f"schema[{at}].{name}")
        for number, inner in enumerate(objects(one, "properties")):
            if text(inner, "name") is None:
                raise ContractProblem(
                    say("CONTRACT_PROPERTY_NAME", "A property needs a name."), where=f"schema[{at}].properties[{number}]"
                )


def _nodes(document: object) -> Iterator[tuple[object, int]]:
    waiting: list[tuple[object, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting.extend((one, depth + 1) for one in value.values())
        elif isinstance(value, list):
            waiting.extend((one, depth + 1) for one in value)
