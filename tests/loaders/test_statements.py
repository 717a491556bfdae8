"""How many SQL statements an operation takes: as many for fifty objects as for one."""

import itertools
import re
from dataclasses import replace

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_list_type

from app.api.admission import MAX_LIST_INPUT
from app.core.ids import uuid7
from app.core.viewer import Role
from app.loaders import Loaders
from app.loaders.versions import VersionsKey
from app.schema.ids import parse_id, to_id
from tests.loaders.conftest import SCHEMA, Counted
from tests.support.contract import operations

OPERATIONS = operations()
EVERYTHING = """query Everything($first: Int!, $filter: DatasetFilter) { datasets(first: $first, filter: $filter) { edges { node {
    id tags { name } owner { id } metadataEntries { key updatedBy { id } } currentVersion { id }
    versions(first: 2) { edges { node { id createdBy { id } dataset { id } files { name } schemaFields { fieldPath } profile { rowCount
        fieldProfiles { fieldPath } } } } } } } } }"""

FILTERED = {
    "DatasetFilter": [
        "query Listed($filter: DatasetFilter) { datasets(first: 2, filter: $filter) { edges { node { id } } } }",
        'query Found($filter: DatasetFilter) { searchDatasets(query: "a", first: 2, filter: $filter) { totalCount } }',
    ],
    "IncidentFilter": [
        "query Incidents($filter: IncidentFilter) { incidents(first: 2, filter: $filter) { edges { node { id } } } }"
    ],
    "TaskFilter": ["query Tasks($filter: TaskFilter) { tasks(first: 2, filter: $filter) { edges { node { id } } } }"],
}
"""Queries by the filter that they take. That of `rows` is asked of DuckDB."""


@pytest.mark.parametrize(("query", "statements"), [(OPERATIONS["Datasets"], 4), (EVERYTHING, 9)], ids=["Datasets", "Everything"])
async def test_a_bigger_page_takes_no_more_statements(counted: Counted, query: str, statements: int) -> None:
    owners = {"ownerIds": [to_id("User", counted.viewer.id)]}
    for first in (1, 10, 50):
        data, seen = await counted.run(query, first=first, filter=owners)
        assert len(data["datasets"]["edges"]) == first
        assert len(seen) == statements, "\n".join(seen)


async def test_many_root_fields_share_one_statement(counted: Counted) -> None:
    data, _ = await counted.run(OPERATIONS["Datasets"], first=10, filter={"ownerIds": [to_id("User", counted.viewer.id)]})
    ids = [edge["node"]["id"] for edge in data["datasets"]["edges"]]
    query = "{" + " ".join(f'd{n}: dataset(id: "{one}") {{ id }}' for n, one in enumerate(ids)) + "}"
    data, seen = await counted.run(query)
    assert [value["id"] for value in data.values()] == ids
    assert len(seen) == 1


async def test_each_loader_reads_a_batch_with_one_statement_and_keeps_the_order_of_its_keys(counted: Counted) -> None:
    owners = {"ownerIds": [to_id("User", counted.viewer.id)]}
    data, _ = await counted.run(EVERYTHING, first=20, filter=owners)
    nodes = [edge["node"] for edge in data["datasets"]["edges"]]
    parsed = [parse_id(node["id"]) for node in nodes]
    datasets = [one[1] for one in parsed if one is not None]
    found = [parse_id(node["versions"]["edges"][0]["node"]["id"]) for node in nodes]
    versions = [one[1] for one in found if one is not None]
    missing = uuid7()
    loaders = Loaders(counted.resources.db, counted.viewer)
    keys = [VersionsKey(one, 1, None) for one in datasets]
    for loader, wanted in (
        (loaders.dataset_by_id, [*datasets, missing]),
        (loaders.user_by_id, [counted.viewer.id, missing]),
        (loaders.tags_by_dataset, datasets),
        (loaders.metadata_entries_by_dataset, datasets),
        (loaders.latest_metrics_by_dataset, datasets),
        (loaders.versions_by_dataset, keys),
        (loaders.version_by_id, [*versions, missing]),
        (loaders.tasks_ahead_by_version, versions),
        (loaders.files_by_version, versions),
        (loaders.schema_fields_by_version, versions),
        (loaders.profile_by_version, versions),
        (loaders.field_profiles_by_version, versions),
    ):
        with counted.statements() as seen:
            rows = await loader.load_many(wanted)
        assert len(seen) == 1, seen
        assert len(rows) == len(wanted)
        if missing in wanted:
            assert [row and row.id for row in rows] == [*wanted[:-1], None]
        with counted.statements() as seen:
            assert await loader.load_many(wanted) == rows
        assert seen == []
    newest = await loaders.versions_by_dataset.load_many(keys)
    assert [[(row.dataset_id, row.number) for row in rows] for rows in newest] == [[(one, 3), (one, 2)] for one in datasets]


@pytest.mark.parametrize("name", FILTERED)
async def test_a_statement_names_no_more_tables_for_more_values_of_a_filter(counted: Counted, name: str) -> None:
    """How long PostgreSQL plans grows with the square of the tables, and more: 250 of them take it over 5 s."""
    counted.viewer = replace(counted.viewer, role=Role.ADMIN)  # who may see tasks
    given = SCHEMA._schema.type_map[name]
    assert isinstance(given, GraphQLInputObjectType)
    lists = [(key, get_named_type(field.type)) for key, field in given.fields.items() if is_list_type(field.type)]
    assert lists
    for (key, kind), query in itertools.product(lists, FILTERED[name]):
        tables = []
        for many in (10, MAX_LIST_INPUT):
            if isinstance(kind, GraphQLEnumType):
                values = list(itertools.islice(itertools.cycle(kind.values), many))
            else:
                values = [f"t{n}" if kind.name == "String" else to_id("User", uuid7()) for n in range(many)]
            _, seen = await counted.run(query, filter={key: values})
            tables.append([len(re.findall(r"\b(?:FROM|JOIN)\b", one)) for one in seen])
        assert tables[0] == tables[1], key
