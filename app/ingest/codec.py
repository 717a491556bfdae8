"""Dataclasses of the ingest vocabulary as JSON and back: what crosses the pipe between worker and child, and what is stored."""

from typing import Annotated, TypeVar, cast

import orjson
from pydantic import Field, TypeAdapter

from app.core.phrases import orjson_default
from app.ingest.job import IngestFailure, IngestJob, IngestResult, Progress, TableWritten

Message = Progress | TableWritten | IngestResult | IngestFailure
T = TypeVar("T")

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])

_adapters: dict[type, TypeAdapter[object]] = {}


def dump(value: Message | IngestJob) -> bytes:
    """One line of JSON without its line end."""
    return orjson.dumps(value, orjson_default, orjson.OPT_PASSTHROUGH_SUBCLASS)


def load_message(line: bytes) -> Message:
    """The message of one line of the child's standard output.

    Raises:
        pydantic.ValidationError: the line is no such message.
    """
    return _MESSAGE.validate_json(line, strict=True)


def load(kind: type[T], text: bytes) -> T:
    """The dataclass that `text` holds, checked strictly: no number from a string, every field of its type.

    Raises:
        pydantic.ValidationError: names the field that does not fit.
    """
    adapter = _adapters.get(kind)
    if adapter is None:
        # Building one takes 40 ms.
        adapter = _adapters[kind] = TypeAdapter(kind)
    return cast(T, adapter.validate_json(text, strict=True))
