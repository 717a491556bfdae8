"""What people and programs write, as it is kept: names, addresses, tags, comments, JSON."""

import re
import unicodedata
from collections.abc import Sequence

import orjson

from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.phrases import say

MAX_NAME = 255
MAX_JSON_BYTES = 65_536
MAX_TAGS = 50
_TAG = re.compile(r"[\w][\w.:/-]{0,63}\Z")
_INVISIBLE = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"}
# The escape itself, not a backslash that somebody wrote before "u0000".
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def slugify(name: str) -> str:
    """Lower-case letters and digits of any script with their marks, joined by hyphens; 1-120 characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else "-" for c in folded)
    slug = re.sub(r"-+", "-", kept).strip("-")[:120].rstrip("-")
    return slug if any(map(str.isalnum, slug)) else "dataset-" + uuid7().hex[-8:]


_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates of the bidirectional algorithm: a name must not look like another one."""


def clean_name(name: str) -> str:
    """The name without outer white space.

    Raises:
        InvalidInput: empty, too long, or with control characters.
    """
    clean = unicodedata.normalize("NFC", name).strip()
    if all(unicodedata.category(character) in _INVISIBLE for character in clean):
        raise InvalidInput(say("DATASET_NAME", "Give the dataset a name."), path=("name",))
    if len(clean) > MAX_NAME:
        raise InvalidInput(
            say(
                "DATASET_NAME_LENGTH",
                "A name has at most {most} characters; this one has {length}.",
                most=MAX_NAME,
                length=len(clean),
            ),
            path=("name",),
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in clean):
        raise InvalidInput(say("NAME_CONTROL", "A name cannot hold control characters or line breaks."), path=("name",))
    if _REORDERING.search(clean):
        raise InvalidInput(
            say("NAME_REORDERS", "A name cannot hold characters that reorder the text around them."), path=("name",)
        )
    return clean


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags in lower case, without repeats, in their order.

    Raises:
        InvalidInput: more than 50, or one that is no single word.
    """
    clean = list(dict.fromkeys(unicodedata.normalize("NFKC", tag).strip().casefold() for tag in tags))
    if len(clean) > MAX_TAGS:
        raise InvalidInput(say("MOST_TAGS", "A dataset has at most {most} tags.", most=MAX_TAGS), path=("tags",))
    for tag in clean:
        if not _TAG.match(tag):
            message = say(
                "TAG_ONE_WORD",
                "The tag {tag!r} is no single word: letters, digits and . : / - only, at most 64 characters.",
                tag=tag[:70],
            )
            raise InvalidInput(message, path=("tags",))
    return clean


def reject_nul(text: str, field: str) -> str:
    """`text`, unless it holds a NUL character, which PostgreSQL cannot store."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput(
            say("TEXT_CHARACTER", "This text holds a character that cannot be stored (NUL or half a surrogate pair)."),
            path=(field,),
        )
    return text


def clean_text(text: str | None, field: str, longest: int) -> str | None:
    """What a person writes on a version; None for nothing but blanks.

    Raises:
        InvalidInput: too long, or with characters that cannot be stored.
    """
    if text is None:
        return None
    if len(text) > longest:
        raise InvalidInput(say("TEXT_LENGTH", "At most {most:,} characters.", most=longest), path=(field,))
    return reject_nul(text, field).strip() or None


def check_json(value: object, *, path: tuple[str, ...], max_bytes: int = MAX_JSON_BYTES) -> object:
    """`value`, a JSON value that PostgreSQL can store.

    Raises:
        InvalidInput: too large, with a NUL character, or with a number beyond 64 bits or a double.
    """
    try:
        encoded = orjson.dumps(value)
    except TypeError:  # a whole number of more than 64 bits
        encoded = b""
    if len(encoded) > max_bytes:
        raise InvalidInput(
            say(
                "JSON_VALUE_SIZE",
                "This value has {length:,} bytes as JSON; at most {most:,} are stored.",
                length=len(encoded),
                most=max_bytes,
            ),
            path=path,
        )
    if not encoded or orjson.loads(encoded) != value:  # infinity would become null
        raise InvalidInput(
            say("JSON_VALUE_NUMBER", "This JSON holds a number that cannot be stored exactly. Send it as a text."), path=path
        )
    if _NUL.search(encoded):
        raise InvalidInput(say("JSON_VALUE_NUL", "JSON with a NUL character (\\u0000) cannot be stored."), path=path)
    return value
