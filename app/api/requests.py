"""A GraphQL request out of an HTTP body: everything that can be wrong with it gets its own sentence."""

import re
from dataclasses import dataclass
from typing import Protocol

import orjson
from starlette.requests import Request

_UNKNOWN_DOCUMENT = "No document here has this `documentId`: it may be of another version of the page. Send it as `query`."

MAX_BODY_BYTES = 262_144
MAX_JSON_DEPTH = 64
MAX_DIGITS = 40


class BadRequest(Exception):
    """No GraphQL request. `status` is the HTTP status to answer with, `code` what programs tell it by."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST"):
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


class Documents(Protocol):
    """What may be asked for by name."""

    def find(self, sha256: str) -> str | None:
        """The document with this hash."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One operation to execute."""

    query: str
    variables: dict[str, object]
    operation_name: str | None
    body: bytes


async def read_request(request: Request, documents: Documents) -> GraphQLRequest:
    """The request's operation.

    Args:
        documents: those that may be named by `documentId`, as `sha256:HEX`, instead of being sent.

    Raises:
        BadRequest: 415 for another content type, 413 for a body over 256 KiB, 400 for anything else.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BadRequest(415, "Send the operation as JSON: `Content-Type: application/json`.")
    body = await _body(request)
    check_nesting(body)
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The body is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from error
    if not isinstance(data, dict):
        raise BadRequest(400, 'The body has to be one JSON object, as {"query": "..."}; batches are not accepted.')
    query, variables, name = data.get("query"), data.get("variables"), data.get("operationName")
    if query is None and isinstance(data.get("documentId"), str):
        query = documents.find(data["documentId"].removeprefix("sha256:"))
        if query is None:
            raise BadRequest(400, _UNKNOWN_DOCUMENT, "DOCUMENT_NOT_FOUND")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "`query` has to be the text of an operation.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "`variables` has to be a JSON object.")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "`operationName` has to be a text.")
    extensions = data.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "`extensions` has to be a JSON object.")
    return GraphQLRequest(query, variables or {}, name or None, body)


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_BODY_BYTES:
            raise BadRequest(
                413, f"A request has at most {MAX_BODY_BYTES:,} bytes. Files go straight to object storage: startUpload."
            )
    return bytes(received)


def check_nesting(body: bytes) -> None:
    """Depth and length of numbers, before a parser sees them: what is quoted is taken out first, by one linear expression."""
    bare = _QUOTED.sub(b"", body)
    if _LONG_NUMBER.search(bare):
        raise BadRequest(400, f"Numbers have at most {MAX_DIGITS} digits.")
    if any(not -(2**63) <= int(number) < 2**64 for number in _LONG_WHOLE.findall(bare)):
        raise BadRequest(400, "A whole number of more than 64 bits would lose digits: send it as a text.")
    depth = 0
    for bracket in _BRACKETS.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_JSON_DEPTH:
            raise BadRequest(400, f"JSON here is at most {MAX_JSON_DEPTH} levels deep.")


# Possessive, and without its closing quote too: a text that never ends is read once, not once from each of its quotes
# (20,000 of them took 14 seconds).
_QUOTED = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.S)
_BRACKETS = re.compile(rb"[\[\]{}]")
# orjson would round it to the nearest double, silently. Fractions and exponents are doubles by their nature.
_LONG_WHOLE = re.compile(rb"(?<![0-9.eE+-])-?[0-9]{19,}(?![0-9]*[.eE])")
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
