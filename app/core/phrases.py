"""Sentences for people that a page can also say in another language: English text that knows its code and the values in it.

`say("FILE_EMPTY", "The file is empty: {size:,} bytes.", size=0)` is the English sentence, a `str` like any other, with
`.code` and `.params`. `python -m app.api.export_codes` collects every call into `codes.json`, which is why code and sentence
are literals where they are said, and why one code always stands for one sentence.

In a sentence `{name}` is the value as it is, `{name!r}` the same in quotes, `{name:,}` a whole number, `{name:n}` a measured
number, `{name:.0%}` a fraction as percentage, `{name:bytes}` a size and `{name:row|rows}` a word for one and one for all other
numbers. Cutting or joining a phrase makes a plain text of it: what is part of another sentence is given to it as a value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from string import Formatter
from typing import Annotated, Any, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Number = int | float | Decimal
Value = None | bool | int | float | Decimal | str | tuple[str, ...]
"""What a sentence says beside its words: a phrase is a `str`, too; several are read with commas between them."""
Json = dict[str, object]

_SAFE_INTEGER = 2**53 - 1


class Phrase(str):
    """A sentence, or a part of one, in English."""

    __slots__ = ("code", "params")

    code: str
    """The same for ever; `docs/errors.md` says how they are kept."""
    params: Mapping[str, Value]

    @staticmethod
    def of(text: str, code: str, params: Mapping[str, Value]) -> "Phrase":
        """A phrase that was said before."""
        phrase = Phrase(text)
        phrase.code, phrase.params = code, params
        return phrase


class Said(Exception):
    """One sentence, for whoever is concerned: `str(error)` would forget its code."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def say(code: str, sentence: str, /, **params: Value) -> Phrase:
    """The sentence with its values filled in.

    Args:
        code: upper case, a literal.
        sentence: a literal with the names of `params` in braces.
    """
    return Phrase.of("".join([part(params) for part in _parts(sentence)]), code, params)


def listed(texts: Sequence[str], most: int = 5) -> Phrase:
    """The first of them with commas, and how many more there are."""
    if len(texts) <= most:
        return say("LIST", "{texts}", texts=tuple(texts))
    return say("LIST_AND_MORE", "{texts} and {count} more", texts=tuple(texts[:most]), count=len(texts) - most)


def number(value: Number) -> str:
    """For people: 1,234,567 and 0.05, no 3.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else f"{value:,}"


def size(size_bytes: int) -> str:
    """1.5 GiB, 200 bytes."""
    for unit, factor in (("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} bytes"


def to_json(text: str) -> Json | None:
    """`{code, params}` of a phrase, for JSON and JSONB; None for a plain text."""
    if not isinstance(text, Phrase):
        return None
    return {"code": text.code, "params": {name: _json_value(value) for name, value in text.params.items()}}


def whole_json(text: str) -> str | Json:
    """`{message, code, params}` of a phrase; a plain text stays one."""
    told = to_json(text)
    return str(text) if told is None else {"message": str(text), **told}


def from_json(text: str, told: object) -> str:
    """The phrase that `to_json` told of, or the plain text where it told None."""
    if not isinstance(told, dict):
        return text
    return Phrase.of(text, str(told["code"]), {name: _value(value) for name, value in told["params"].items()})


def from_whole_json(told: object) -> str:
    """What `whole_json` told of."""
    if isinstance(told, dict) and isinstance(told.get("message"), str):
        return from_json(told["message"], told)
    if isinstance(told, str):
        return told
    raise ValueError("a sentence is a text, or {message, code, params}")


def orjson_default(value: object) -> object:
    """For `orjson.dumps(..., option=orjson.OPT_PASSTHROUGH_SUBCLASS)`: phrases keep their codes."""
    if isinstance(value, str):
        return whole_json(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


class _Codec:
    """Reads what `whole_json` writes where a dataclass has a text."""

    def __get_pydantic_core_schema__(self, source: type[object], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(from_whole_json)


Sentence = Annotated[str, _Codec()]
"""A text for people that crosses a pipe."""


def _json_value(value: Value) -> object:
    if isinstance(value, Phrase):
        return whole_json(value)
    if isinstance(value, str):
        # JSONB holds no NUL.
        return value.replace("\0", "\ufffd")
    if isinstance(value, tuple):
        return [_json_value(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    # Readers with doubles would round a larger one.
    return str(value) if isinstance(value, int) and abs(value) > _SAFE_INTEGER else value


def _value(told: object) -> Value:
    if isinstance(told, list):
        return tuple(from_whole_json(one) for one in told)
    return from_whole_json(told) if isinstance(told, dict) else cast(Value, told)


_Part = Callable[[Mapping[str, Value]], str]


@cache
def _parts(sentence: str) -> list[_Part]:
    parts: list[_Part] = []
    for words, name, form, conversion in Formatter().parse(sentence):
        if words:
            parts.append(lambda params, words=words: words)  # type: ignore[misc]
        if name is not None:
            parts.append(_shown(name, form or "", conversion))
    return parts


def _shown(name: str, form: str, conversion: str | None) -> _Part:
    if conversion == "r":
        return lambda params: repr(_plain(params[name]))
    if form == "n":
        return lambda params: number(cast(Number, params[name]))
    if form == "bytes":
        return lambda params: size(cast(int, params[name]))
    if "|" in form:
        one, other = form.split("|")
        return lambda params: one if params[name] == 1 else other
    if form:
        return lambda params: format(cast(Any, params[name]), form)
    return lambda params: _text(params[name])


def _plain(value: Value) -> Value:
    return str(value) if isinstance(value, str) else value


def _text(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
