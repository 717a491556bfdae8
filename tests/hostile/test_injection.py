"""Texts in every place of the schema that takes one: nothing breaks, nothing is told, nothing takes long, nothing is changed."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from app.api.admission import MAX_MUTATION_FIELDS, MAX_QUERY_FIELDS
from app.api.schema import make_schema
from tests.hostile.injection import many, operations, short_texts, texts
from tests.support.people import Person, a_person
from tests.support.system import System

PLACES = dict(operations(make_schema()._schema))
# Signing in is counted, and hashing passwords takes its time: few texts for each of these.
COUNTED = (
    "signIn",
    "verifyTotp",
    "requestPasswordReset",
    "resetPassword",
    "acceptInvitation",
    "stepUp",
    "changePassword",
    "confirmTotp",
    "createUser",
    "completeOidc",
)
SHORT = [text for text in texts() if len(text) < 1_000]
LONG = [text for text in texts() if len(text) >= 1_000]
"""Bodies have a limit too: one in a request."""
CALLERS = {
    "BAD_REQUEST", "INVALID_INPUT", "NOT_FOUND", "UNAUTHENTICATED", "DOCUMENT_REFUSED", "CONFLICT", "FORBIDDEN", "INVALID_CREDENTIALS",
    "RATE_LIMITED", "STEP_UP_REQUIRED", "LIMIT_EXCEEDED",
}  # fmt: skip
LEAKS = ("Traceback", "asyncpg", "sqlalchemy", "SELECT ", "psycopg", "/site-packages/", "app/services", "127.0.0.1:")


@pytest.fixture(scope="module")
async def person(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "EDITOR") as made:
        yield made


async def harmless(person: Person, place: str, *tried: str) -> None:
    """The texts were refused for what they mean, or kept as they are."""
    variables = {"t": tried[0]} if len(tried) == 1 else {f"t{number}": text for number, text in enumerate(tried)}
    document = PLACES[place] if len(tried) == 1 else many(PLACES[place], len(tried))
    answer = await person.post(document, variables)
    where = f"{[text[:60] for text in tried]} in {place}"
    assert answer.status_code in (200, 429), where
    body = answer.json()
    codes = [error["extensions"]["code"] for error in body.get("errors", ())]
    for payload in (body.get("data") or {}).values():
        if isinstance(payload, dict):
            codes += [error["code"] for error in payload.get("errors", ())]
    assert set(codes) <= CALLERS, (where, codes, answer.text[:500])
    # What was sent may come back in the sentence that refuses it; nothing of ours may.
    told = answer.text
    for text in tried:
        told = told.replace(text, "") if text else told
    assert not [leak for leak in LEAKS if leak in told and not any(leak in text for text in tried)], (where, told[:500])


def test_every_kind_of_place_is_reached() -> None:
    assert len(texts()) >= 500
    assert len(PLACES) > 80
    assert {"datasets.filter.tags[]", "setMetadata.input.entries[].value", "node.id", "signIn.input.password"} <= set(PLACES)


async def test_each_text_is_tried_somewhere_and_each_place_takes_several(person: Person) -> None:
    """All five hundred in turns, as many at each place as a document may have root fields; long ones one by one."""
    slots, waiting, tried_at = asyncio.Semaphore(4), itertools.cycle(SHORT), dict[str, list[str]]()

    async def tried(place: str, some: list[str]) -> None:
        async with slots:
            await harmless(person, place, *some)

    for place in PLACES:
        tried_at[place] = list(itertools.islice(waiting, 1 if place.startswith(COUNTED) else at_once(place)))
    assert {text for some in tried_at.values() for text in some} == set(SHORT)
    long = list(zip(itertools.islice(PLACES, 0, None, len(PLACES) // len(LONG)), LONG, strict=False))
    assert len(long) == len(LONG)
    await asyncio.gather(
        *(tried(place, some) for place, some in tried_at.items()),
        *(tried(place, [text]) for place, text in long),
    )


def at_once(place: str) -> int:
    """Texts in one document."""
    return MAX_QUERY_FIELDS if PLACES[place].startswith("query") else MAX_MUTATION_FIELDS


PIECES = 16


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("piece", range(PIECES))
async def test_five_hundred_texts_break_nothing_in_any_place(person: Person, piece: int) -> None:
    slots = asyncio.Semaphore(2)  # ten root fields each: more would wait for connections of the database

    async def tried(place: str, some: list[str]) -> None:
        async with slots:
            await harmless(person, place, *some)

    for place in itertools.islice(PLACES, piece, None, PIECES):
        if place.startswith(COUNTED):
            await asyncio.gather(*(tried(place, [text]) for text in short_texts()))
            continue
        size = at_once(place)
        groups = [SHORT[start : start + size] for start in range(0, len(SHORT), size)] + [[text] for text in LONG]
        await asyncio.gather(*(tried(place, group) for group in groups))


async def test_no_text_changes_a_search_into_another(person: Person) -> None:
    """A condition that was put into a text finds what holds the text, and no more."""
    await person.create(f"Plain {person.email}")
    query = "query($t: String) { datasets(first: 100, filter: {nameContains: $t}) { edges { node { name } } } }"
    for text in ("' OR '1'='1", "%", "_", "\\", "') OR ('1'='1", "' OR 1=1 --", "*", ".*", "[a-z]"):
        edges = (await person.run(query, t=text))["datasets"]["edges"]
        assert [edge["node"]["name"] for edge in edges if text not in edge["node"]["name"]] == [], text
