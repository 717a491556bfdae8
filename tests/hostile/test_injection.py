"""Texts in every place of the schema that takes one: nothing breaks, nothing is told, nothing takes long, nothing is changed."""

import asyncio
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


async def test_texts_of_two_sorts_break_nothing_in_any_place(person: Person) -> None:
    slots, sorts = asyncio.Semaphore(4), short_texts()

    async def tried(place: str, text: str) -> None:
        async with slots:
            await harmless(person, place, text)

    # The sorts take turns, so that each comes to many places.
    chosen = [(place, sorts[(number * 2 + turn) % len(sorts)]) for number, place in enumerate(PLACES) for turn in (0, 1)]
    await asyncio.gather(*(tried(place, text) for place, text in chosen))


@pytest.mark.full
@pytest.mark.timeout(1_800)
async def test_five_hundred_texts_break_nothing_in_any_place(person: Person) -> None:
    slots = asyncio.Semaphore(2)  # ten root fields each: more would wait for connections of the database

    async def tried(place: str, some: list[str]) -> None:
        async with slots:
            await harmless(person, place, *some)

    for place, document in PLACES.items():
        if place.startswith(COUNTED):
            await asyncio.gather(*(tried(place, [text]) for text in short_texts()))
            continue
        # As many at once as a document may have root fields; long texts one by one, for bodies have a limit too.
        size = MAX_QUERY_FIELDS if document.startswith("query") else MAX_MUTATION_FIELDS
        short = [text for text in texts() if len(text) < 1_000]
        groups = [short[start : start + size] for start in range(0, len(short), size)]
        groups += [[text] for text in texts() if len(text) >= 1_000]
        await asyncio.gather(*(tried(place, group) for group in groups))


async def test_no_text_changes_a_search_into_another(person: Person) -> None:
    """A condition that was put into a text finds what holds the text, and no more."""
    await person.create(f"Plain {person.email}")
    query = "query($t: String) { datasets(first: 100, filter: {nameContains: $t}) { edges { node { name } } } }"
    for text in ("' OR '1'='1", "%", "_", "\\", "') OR ('1'='1", "' OR 1=1 --", "*", ".*", "[a-z]"):
        edges = (await person.run(query, t=text))["datasets"]["edges"]
        assert [edge["node"]["name"] for edge in edges if text not in edge["node"]["name"]] == [], text
