"""JSON records checked one by one and written as lines of strict JSON objects."""

import json
import re
from collections.abc import Iterable, Iterator, KeysView
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import orjson

from app.core.phrases import Said, say
from app.ingest.job import IngestError, IngestErrorCode
from app.ingest.json.elements import Element
from app.ingest.text.rejects import RejectLog

VALUE = "value"
"""The column of records that are no objects."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_VALUE_ALONE: KeysView[str] = {VALUE: None}.keys()
_NOT_NUMBERS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?\bInfinity\b|\bNaN\b', re.DOTALL)


@dataclass
class Records:
    """What was written."""

    path: Path
    count: int = 0
    longest_bytes: int = 0
    not_numbers: int = 0
    """Records with NaN or Infinity, which JSON does not have; they became null."""
    keys: tuple[str, ...] = ()
    """Keys in the order of their first appearance."""


class _Bad(Said):
    """Why a record is rejected."""


def write(elements: Iterable[Element], target: Path, rejects: RejectLog, *, max_columns: int) -> Records:
    """Write every good record as one line: an object; values of another kind as the object {"value": ...}.

    Raises:
        IngestError: TOO_MANY_COLUMNS.
    """
    records = Records(target)
    keys: dict[str, None] = {}
    with target.open("wb") as out:
        for element in elements:
            try:
                text, found, changed = _checked(element.text)
            except _Bad as error:
                rejects.add(element.line, error.message, element.text)
                continue
            if not found <= keys.keys():
                keys.update(dict.fromkeys(found))
                if len(keys) > max_columns:
                    raise _too_many(element.line, max_columns)
            out.write(text)
            records.count += 1
            records.not_numbers += changed
            records.longest_bytes = max(records.longest_bytes, len(text))
    records.keys = tuple(keys)
    return records


def good(elements: Iterable[Element]) -> Iterator[Element]:
    """The elements that `write` would write."""
    for element in elements:
        try:
            _checked(element.text)
        except _Bad:
            continue
        yield element


def _checked(text: bytes) -> tuple[bytes, KeysView[str], bool]:
    """The record as a line, its keys, and whether something that is no number became null."""
    changed = False
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        plain = _NOT_NUMBERS.sub(lambda match: match[0] if match[0].startswith(b'"') else b"null", text)
        changed = plain != text
        try:
            value = orjson.loads(plain) if changed else _explained(text, error)
        except orjson.JSONDecodeError as again:
            _explained(text, again)
        text = plain
    if b"\\u0000" in text and _NUL.search(text):
        raise _Bad(say("RECORD_NUL_CHARACTER", "it holds a NUL character"))
    if b"\n" in text or b"\r" in text:
        text = text.replace(b"\r", b" ").replace(b"\n", b" ")
    if isinstance(value, dict):
        _refuse_repeated_keys(text, value)
        return text + b"\n", value.keys(), changed
    return b'{"value":' + text + b"}\n", _VALUE_ALONE, changed


def _refuse_repeated_keys(text: bytes, value: dict[str, object]) -> None:
    # Every key is followed by a colon: as many colons as keys leave no room for a repeated one.
    if text.count(b":") == len(value):
        return
    if len(set(pairs := _top_keys(text))) != len(pairs):
        repeated = next(key for index, key in enumerate(pairs) if key in pairs[:index])
        raise _Bad(say("KEY_REPEATED", "the key '{key}' appears twice", key=repeated[:100]))


def _top_keys(text: bytes) -> list[str]:
    """Keys of the outermost object as often as they are written. The hook sees inner objects first, so the last wins."""
    seen: list[str] = []

    def pairs(found: list[tuple[str, object]]) -> None:
        seen[:] = [key for key, _ in found]

    json.loads(text, object_pairs_hook=pairs)
    return seen


def _explained(text: bytes, error: orjson.JSONDecodeError) -> Never:
    if "depth limit" in error.msg:
        raise _Bad(say("RECORD_TOO_DEEP", "it is nested too deeply")) from error
    if "infinity when parsed" in error.msg:
        raise _Bad(
            say(
                "RECORD_LARGE_NUMBER",
                "it holds a number that is too large to be kept (at character {position}); write it as text",
                position=error.pos + 1,
            )
        ) from error
    if not text:
        raise _Bad(say("RECORD_NOTHING", "there is nothing between two commas")) from error
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as flaw:
        raise _Bad(
            say(
                "RECORD_NOT_UTF8", "it holds bytes that are not UTF-8 (at byte {position} of the record)", position=flaw.start + 1
            )
        ) from error
    raise _Bad(
        say(
            "RECORD_NOT_JSON", "it is not valid JSON ({reason} at character {position})", reason=error.msg, position=error.pos + 1
        )
    ) from error


def _too_many(line: int, max_columns: int) -> IngestError:
    return IngestError(
        IngestErrorCode.TOO_MANY_COLUMNS,
        say("TOO_MANY_KEYS", "The records have more than {max_columns:,} different keys.", max_columns=max_columns),
        hint=say("HINT_KEYS_ARE_DATA", "Keys that are data (dates, identifiers) belong in a value: turn them into rows."),
        line=line,
    )
