"""The pages on security name files that exist and limits that hold."""

import re
from pathlib import Path

from app.api import admission, documents, requests, validation, websocket
from app.core.settings import Settings
from app.main import MAX_FRAME_BYTES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_file_that_the_pages_name_exists() -> None:
    pages = [(ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("security", "access", "accounts", "asvs")]
    named = re.findall(r"`((?:tests|app|docs|migrations)/[\w/.-]+)(?:::\w+)?`", "\n".join(pages))
    assert len(named) > 200
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    settings = Settings()
    for sentence in (
        f"{requests.MAX_BODY_BYTES >> 10} KiB; {MAX_FRAME_BYTES >> 10} KiB",
        f"{requests.MAX_JSON_DEPTH} levels, numbers of {requests.MAX_DIGITS} digits",
        f"{documents.MAX_TOKENS:,} tokens, {admission.MAX_DEPTH} levels, {admission.MAX_ALIASES} aliases, {admission.MAX_DIRECTIVES} directives, ",
        f"{documents.MAX_REPEATS} repeated fields, {admission.MAX_INTROSPECTION_DEPTH} levels of introspection",
        f"{documents.MAX_LENGTH:,} characters, {documents.MAX_OPERATIONS} operations; {validation.MAX_COMPARISONS:,} steps",
        f"{settings.sockets_per_account} of one account, {settings.sockets_per_address:,} of one address",
        f"costs {admission.READING_COST} and one\nfor each {admission.READING_CHARACTERS} characters on top",
        f"{documents.REMEMBERED_BYTES >> 20} MiB of those of people and programs that are signed in, and {documents.REMEMBERED_BYTES_ANONYMOUS >> 20} MiB",
        f"WebSocket costs {websocket.SOCKET_COST}.",
        f"{admission.MAX_QUERY_FIELDS} in a query, {admission.MAX_MUTATION_FIELDS} in a mutation",
        f"| {admission.MAX_NODES:,}, fragments",
        f"{documents.MAX_LIST_INPUT} values; {documents.MAX_STRING:,} characters",
        f"{settings.operation_timeout_seconds:g} s an operation, {settings.statement_timeout_seconds:g} s a statement",
        f"{websocket.OPERATIONS_PER_SOCKET} operations, {websocket.INIT_SECONDS} s to introduce itself, {settings.socket_stall_seconds:g} s without reading",
        f"{admission.MUTATION_COST} for each root field of a mutation; one that is refused costs {admission.REFUSED_COST}",
    ):
        assert sentence in PAGE, sentence
