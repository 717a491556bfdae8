"""Reading a document has bounds that do not depend on how it is built: comparisons are counted here, not seconds."""

import gc
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest
from graphql import build_schema, parse, specified_rules, validate
from graphql.validation.rules import overlapping_fields_can_be_merged as graphql_core
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api import documents, schema, validation
from app.api.documents import MAX_OPERATIONS, Document, Remembered
from app.api.schema import make_schema
from app.api.validation import MAX_COMPARISONS
from benchmarks.documents import OTHERS, OVERLAPPING, chain
from tests.support.contract import operations
from tests.support.people import Person, a_person
from tests.support.served import served
from tests.support.system import System

SCHEMA = make_schema()._schema
OVERLAP = "The fragments of this document overlap or nest too often to be compared. Ask for each field in one place."


class Comparisons:
    """How many steps graphql-core has taken to compare fields."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.steps = 0
        spend = graphql_core.spend_complexity_budget

        def counted(context: graphql_core.RuleContext, cost: int) -> None:
            self.steps += cost
            spend(context, cost)

        monkeypatch.setattr(graphql_core, "spend_complexity_budget", counted)


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Comparisons:
    return Comparisons(monkeypatch)


def faults(query: str) -> list[str]:
    """Why the document is refused for what it is."""
    document = Document(query)
    if document.fault is not None:
        return [document.fault]
    return [error.message for error in document.faults(SCHEMA, specified_rules, suggestions=True)]


@pytest.mark.parametrize("name", OVERLAPPING)
def test_the_fields_of_no_document_are_compared_without_bound(comparisons: Comparisons, name: str) -> None:
    found = faults(OVERLAPPING[name])
    assert found == ([OVERLAP] if name.endswith("(refused)") else [])
    assert 900 < comparisons.steps <= MAX_COMPARISONS + 2


def test_what_the_clients_send_is_far_below_the_bound(comparisons: Comparisons) -> None:
    assert faults(chain(37, "owner{id}")) == []
    assert faults(chain(38, "owner{id}")) == [OVERLAP]
    comparisons.steps = 0
    assert {name: faults(query) for name, query in operations().items() if faults(query)} == {}
    assert comparisons.steps < MAX_COMPARISONS


SMALL = build_schema(
    "interface N{id:ID a:Int b:String n:N} type A implements N{id:ID a:Int b:String n:N x(i:Int):Int} "
    "type B implements N{id:ID a:Int b:String n:N x(i:Int):String} type Query{n:N a:A b:B}"
)
LEAVES = st.sampled_from(["id", "a", "b", "a:b", "b:a", "k:id", "k:a", "k:b", "__typename", "...F", "...G", "...H"])
ON_A = st.sampled_from(["x", "x(i:1)", "x(i:2)", "k:x(i:1)", "k:x"])


def _selections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    nested = st.one_of(
        inner.map(lambda text: f"n{{{text}}}"),
        inner.map(lambda text: f"m:n{{{text}}}"),
        st.tuples(inner, st.lists(ON_A, max_size=2)).map(lambda pair: f"...on A{{{pair[0]} {' '.join(pair[1])}}}"),
        st.tuples(inner, st.lists(ON_A, max_size=2)).map(lambda pair: f"...on B{{{pair[0]} {' '.join(pair[1])}}}"),
    )
    return st.lists(st.one_of(LEAVES, nested), min_size=1, max_size=4).map(" ".join)


SELECTIONS = st.recursive(st.lists(LEAVES, min_size=1, max_size=3).map(" ".join), _selections, max_leaves=8)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SELECTIONS, SELECTIONS, SELECTIONS, SELECTIONS)
def test_conflicts_are_told_as_graphql_core_tells_them(root: str, f: str, g: str, h: str) -> None:
    # Fragments spread only those after them: circles are refused before anything is compared.
    f, g = f.replace("...F", "id"), g.replace("...F", "id").replace("...G", "id")
    for name in ("...F", "...G", "...H"):
        h = h.replace(name, "id")
    text = f"{{n{{{root}}}}} fragment F on N{{{f}}} fragment G on N{{{g}}} fragment H on N{{{h}}}"
    document = parse(text)
    ours = [error.message for error in validation.faults(SMALL, document, specified_rules, suggestions=True)]
    theirs = [error.message for error in validate(SMALL, document)]
    assert ours[: validation.MAX_FAULTS] == theirs[: validation.MAX_FAULTS]
    assert bool(ours) is bool(theirs)


def test_a_document_has_ten_operations() -> None:
    def of(count: int) -> str:
        return " ".join(f"query q{number}{{viewer{{id}}}}" for number in range(count))

    assert faults(of(MAX_OPERATIONS)) == []
    assert faults(of(MAX_OPERATIONS + 1)) == ["A document holds at most 10 operations; send what you want to run."]


def test_few_faults_of_a_document_are_told() -> None:
    # Each of these prints the whole input.
    found = faults(OTHERS["480 unknown fields of an input (refused)"])
    assert len(found) == validation.MAX_FAULTS + 1
    assert found[-1] == "Too many validation errors, error limit reached. Validation aborted."


def test_documents_are_remembered_up_to_so_many_bytes() -> None:
    def unique(number: int) -> str:
        return chain(30, f"owner{{id}} a{number}:id")

    remembered = Remembered(3_000_000)
    gc.disable()  # what is forgotten does not wait for the collector
    tracemalloc.start()
    for number in range(60):
        remembered.keep(unique(number), Document(unique(number)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gc.enable()
    assert 2_500_000 < remembered.size_bytes <= 3_000_000
    assert held < 1.1 * remembered.size_bytes
    assert remembered.find(unique(0)) is None
    assert remembered.find(unique(59)) is not None


@pytest.fixture(scope="module")
async def person(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "VIEWER") as made:
        yield made


async def ask(client: httpx.AsyncClient, query: str, person: Person | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_new_documents_are_paid_for_before_they_are_read(
    system: System, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    class Counted(Document):
        def __init__(self, query: str):
            read.append(query)
            super().__init__(query)

    monkeypatch.setattr("app.api.admission.Document", Counted)
    query = "query Known{viewer{id}} #" + " " * 15_000
    async with served(system, cost_per_minute=10_000) as (_, client):
        answers = [await ask(client, query, person) for _ in range(40)]
        # 100 and one for 20 characters, once; then it is known, and nothing but itself is paid for.
        assert {answer.status_code for answer in answers} == {200}
        assert len(read) == 1
        answers = [await ask(client, f"query New{number}{{viewer{{id}}}} #" + " " * 15_000, person) for number in range(40)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(refused) > 20
        assert len(read) == 1 + 40 - len(refused)
        assert refused[-1].json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert refused[-1].json()["errors"][0]["message"].startswith("This operation costs 851, and ")


async def test_documents_of_strangers_push_out_nobody_elses(
    system: System, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "REMEMBERED_BYTES", 1_000_000)
    monkeypatch.setattr(schema, "REMEMBERED_BYTES_ANONYMOUS", 1_000_000)
    read: list[str] = []
    parse_one = documents.parse

    def counted(query: str, **options: int) -> object:
        read.append(query)
        return parse_one(query, **options)

    monkeypatch.setattr(documents, "parse", counted)
    async with served(system) as (_, client):
        assert (await ask(client, "query Mine{viewer{id}}", person)).status_code == 200
        for number in range(12):
            assert (await ask(client, chain(30, f"owner{{id}} a{number}:id"))).status_code == 200
        assert (await ask(client, "query Mine{viewer{id}}", person)).status_code == 200
        assert (read.count("query Mine{viewer{id}}"), len(read)) == (1, 13)
