"""Ids of other people's objects in every place that takes an id: nothing of them comes back, nothing of them changes."""

import random
import re

import pytest
from graphql import GraphQLInputObjectType, GraphQLInputType, GraphQLList, GraphQLNonNull, get_named_type, is_leaf_type

from app.api.policy import POLICY, Who
from app.api.schema import make_schema
from app.core.ids import uuid7
from app.schema.ids import from_id, to_id
from tests.access import throwaway
from tests.access.operations import Ids
from tests.access.world import CANARY, World
from tests.support.people import a_person

SCHEMA = make_schema()._schema
A_REQUEST = 9
"""Swaps of one request, as aliases; a document has at most ten root fields, and three for mutations."""
MUTATIONS = 3
QUERIES = {
    "dataset": "dataset(id: {0}) {{ id name metadata owner {{ id }} tags {{ name }} versions(first: 3) {{ edges {{ node {{ id label }} }} }} }}",
    "datasetVersion": "datasetVersion(id: {0}) {{ id label comment files {{ name downloadUrl }} rows(first: 1) {{ rows }} }}",
    "node": "node(id: {0}) {{ __typename id ... on Dataset {{ name slug }} ... on DatasetVersion {{ label }} ... on FileObject {{ name downloadUrl }} "
    "... on Upload {{ fileName parts {{ url }} }} ... on AccessGrant {{ level user {{ id }} }} }}",
    "upload": "upload(id: {0}) {{ id fileName parts {{ url }} }}",
    "ownerIds": "datasets(first: 5, filter: {{ownerIds: [{2}]}}) {{ edges {{ node {{ id name }} }} }}",
    "searched": 'searchDatasets(query: "", first: 5, filter: {{ownerIds: [{2}]}}) {{ totalCount edges {{ node {{ id name }} }} }}',
}

COMPARED = "{{ compareVersions(base: {0}, head: {1}) {{ rowCountChange schemaChanges {{ fieldPath }} }} }}"
"""By itself: what it refuses takes all of an answer away."""


def foreign(world: World, others: list[Ids]) -> list[str]:
    """Every id of the restricted datasets."""
    mine = [world.dataset, world.version, world.failed, world.upload, world.grant, *world.files]
    return mine + [one for on in others for one in (on.dataset, on.version, on.failed, on.upload, on.grant)]


def a_query(chance: random.Random, world: World, ids: list[str]) -> str:
    """Nine questions about ids of others, and by chance of the wrong type."""
    if chance.random() < 0.1:
        return COMPARED.format(f'"{chance.choice(ids)}"', f'"{chance.choice(ids)}"')
    owner = f'"{world.people["owner"].id}"'
    chosen = [QUERIES[chance.choice(list(QUERIES))] for _ in range(A_REQUEST)]
    fields = [one.format(f'"{chance.choice(ids)}"', f'"{chance.choice(ids)}"', owner) for one in chosen]
    return "{ " + " ".join(f"a{n}: {field}" for n, field in enumerate(fields)) + " }"


def literal(chance: random.Random, type_: GraphQLInputType, ids: list[str]) -> str:
    """A value of the type; every id in it is somebody else's."""
    if isinstance(type_, GraphQLNonNull):
        return literal(chance, type_.of_type, ids)
    if isinstance(type_, GraphQLList):
        return f"[{literal(chance, type_.of_type, ids)}]"
    if isinstance(type_, GraphQLInputObjectType):
        given = [
            (name, field.type)
            for name, field in type_.fields.items()
            if isinstance(field.type, GraphQLNonNull) or chance.random() < 0.3
        ]
        return "{" + ", ".join(f"{name}: {literal(chance, one, ids)}" for name, one in given) + "}"
    values = {
        "ID": f'"{chance.choice(ids)}"', "String": f'"x{chance.randrange(9)}"', "Int": "1", "BigInt": "10", "Boolean": "true",
        "Float": "0.5", "JSON": "{a: 1}", "DateTime": '"2999-01-01T00:00:00Z"',
    }  # fmt: skip
    named = get_named_type(type_)
    return values.get(named.name) or chance.choice(list(named.values))  # type: ignore[union-attr]


def with_ids() -> list[str]:
    """Mutations on datasets that take an id."""
    assert SCHEMA.mutation_type is not None
    needed = {Who.WATCHER, Who.WRITE, Who.MANAGE, Who.OWNER, Who.UPLOADER}
    return [name for name in SCHEMA.mutation_type.fields if POLICY["Mutation", name] in needed]


def a_mutation(chance: random.Random, ids: list[str]) -> str:
    """Three changes of what belongs to others."""
    assert SCHEMA.mutation_type is not None
    fields = []
    for number in range(MUTATIONS):
        name = chance.choice(with_ids())
        field = SCHEMA.mutation_type.fields[name]
        parts = [
            key if is_leaf_type(get_named_type(one.type)) else "errors { code }" if key == "errors" else f"{key} {{ __typename }}"
            for key, one in get_named_type(field.type).fields.items()  # type: ignore[union-attr]
        ]
        given = literal(chance, field.args["input"].type, ids)
        fields.append(f"a{number}: {name}(input: {given}) {{ {' '.join(parts)} }}")
    return "mutation { " + " ".join(fields) + " }"


async def swap(world: World, swaps: int, seed: int) -> None:
    chance = random.Random(seed)
    others = await throwaway.make(world, 10)
    ids = (
        foreign(world, others)
        + [to_id(name, uuid7()) for name in ("Dataset", "DatasetVersion", "Upload", "AccessGrant")]
        + ["", "x", "d" * 23]
    )
    before = await fingerprint(world, others)
    done = 0
    async with a_person(world.system, "EDITOR") as stranger:
        while done < swaps:
            changes = chance.random() < 0.25
            query = a_mutation(chance, ids) if changes else a_query(chance, world, ids)
            answer = (
                await world.http.post("/graphql", json={"query": query}, headers={"Authorization": f"Bearer {stranger.token}"})
            ).json()
            data = answer.get("data")
            for value in (data or {}).values():
                refused(value, query)
            found = str(data)
            assert CANARY not in found, query
            assert [one for one in ids[:-3] if one in found] == [], query
            # Executed, and not refused as a document: every error is one of a field.
            assert [error for error in answer.get("errors", ()) if not error.get("path")] == [], (query, answer)
            assert data is not None or "compareVersions" in query, (query, answer)
            known = {"NOT_FOUND", "INVALID_INPUT", "CONFLICT"}
            assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= known, (query, answer)
            assert CANARY not in re.sub(r'"canary[^"]*"', "", str(answer.get("errors"))), (query, answer)
            done += MUTATIONS if changes else 2 if "compareVersions" in query else A_REQUEST
    assert await fingerprint(world, others) == before


def refused(value: object, query: str) -> None:
    """What an alias holds is nothing, or a list of nothing, or errors that say NOT_FOUND or that an input is wrong."""
    if not isinstance(value, dict):
        assert value is None, query
    elif "errors" in value:
        assert {error["code"] for error in value["errors"]} <= {"NOT_FOUND", "INVALID_INPUT"}, (query, value)
        assert value["errors"], query
        assert [one for key, one in value.items() if key != "errors" and one not in (None, [])] == [], query
    # Lists may hold what the whole organization sees; that no id of these is among them is checked on the answer as a whole.


async def fingerprint(world: World, others: list[Ids]) -> str:
    """Of all rows of these datasets."""
    owned = [from_id(one, "Dataset") for one in (world.dataset, *(on.dataset for on in others))]
    async with world.database() as connection:
        return await connection.fetchval(ROWS, owned)


ROWS = """SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
    SELECT d::text AS line FROM datasets d WHERE id = ANY($1) UNION ALL SELECT m::text FROM metadata m WHERE dataset_id = ANY($1)
    UNION ALL SELECT g::text FROM access_grants g WHERE dataset_id = ANY($1)
    UNION ALL SELECT v::text FROM dataset_versions v WHERE dataset_id = ANY($1)
    UNION ALL SELECT u::text FROM uploads u JOIN dataset_versions v ON v.id = u.version_id WHERE v.dataset_id = ANY($1)
    UNION ALL SELECT f::text FROM field_annotations f WHERE dataset_id = ANY($1)) AS lines"""


async def test_ids_of_others_give_nothing_and_change_nothing(world: World) -> None:
    await swap(world, 1_000, seed=20_261_123)


@pytest.mark.full
@pytest.mark.timeout(600)
async def test_ten_thousand_ids_of_others_give_nothing_and_change_nothing(world: World) -> None:
    await swap(world, 10_000, seed=7)
