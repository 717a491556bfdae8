"""Operations that schemathesis makes up from the schema: every root field, with whatever its types allow."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok

from tests.hostile.test_injection import CALLERS, LEAKS
from tests.support.people import Person, a_person
from tests.support.system import System

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
LEFT_OUT = {"signOut", "signOutEverywhere", "revokeSession"}
"""They would end the session by which all others are asked; each has tests of its own."""


@pytest.fixture(scope="module")
async def person(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "EDITOR") as made:
        yield made


@pytest.fixture
def askers(system: System, person: Person) -> Iterator[dict[str, httpx.Client]]:
    """Somebody with a session, and somebody without."""
    with ExitStack() as stack:
        named = {"editor": {"Authorization": f"Bearer {person.token}"}, "anonymous": dict[str, str]()}
        yield {
            who: stack.enter_context(httpx.Client(base_url=system.url, headers=headers, timeout=30))
            for who, headers in named.items()
        }


def answered_well(answer: httpx.Response, document: str) -> None:
    """The answer is one of GraphQL, in which only what a caller can act on went wrong, and nothing of ours is told."""
    assert answer.status_code in (200, 400, 429), (answer.status_code, document)
    body = answer.json()
    assert body.keys() <= {"data", "errors", "extensions"}, document
    payloads = [payload for payload in (body.get("data") or {}).values() if isinstance(payload, dict)]
    told = [error for payload in payloads for error in payload.get("errors") or () if "code" in error]
    told += body.get("errors", ())
    codes = {error.get("code") or error["extensions"]["code"] for error in told}
    assert codes <= CALLERS, (codes, document, answer.text[:500])
    said = str(told)  # what was asked for may speak of SELECT, an error may not
    assert not [leak for leak in LEAKS if leak in said and leak not in document], (document, said[:500])


def asked(askers: dict[str, httpx.Client], examples: int) -> dict[str, int]:
    """How many documents of each root field were answered well."""
    counts: dict[str, int] = {}
    for found in schemathesis.graphql.from_path(SCHEMA).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        field = operation.label.partition(".")[2]
        if field in LEFT_OUT:
            continue
        counts[field] = 0

        # Derandomized: the same documents today and tomorrow, so that what fails here fails everywhere.
        @settings(
            max_examples=examples, derandomize=True, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Case) -> None:
            for client in askers.values():
                answered_well(client.post("/graphql", json={"query": case.body}), str(case.body))
            counts[field] += 1  # noqa: B023  # called here and now

        ask()
    return counts


def test_whatever_the_schema_allows_is_answered(askers: dict[str, httpx.Client]) -> None:
    counts = asked(askers, 1)
    assert len(counts) > 75
    assert set(counts.values()) == {1}


@pytest.mark.full
@pytest.mark.timeout(1_800)
def test_whatever_the_schema_allows_is_answered_many_times(askers: dict[str, httpx.Client]) -> None:
    counts = asked(askers, 60)
    # Of a field without arguments and with few columns there are not so many different documents.
    assert sum(counts.values()) > 60 * 40
