"""Values of sensitive columns, and what quotes or is made of them, are kept from those who may only READ."""

import json

import pytest

from app.core.ids import uuid7
from app.schema.ids import from_id, to_id
from tests.access.world import CANARY, FIELD, PHRASE, SENSITIVE, World

MASKED = "Shown to those who may WRITE: a column of this dataset is sensitive."
VALUES = """query V($id: ID!) { datasetVersion(id: $id) {
    rows(first: 2) { columns { name masked } rows totalCount }
    only: rows(first: 2, fieldPaths: ["email"]) { columns { name masked } rows firstRowNumber pageInfo { hasNextPage } }
    end: rows(first: 5, startRow: 31, fieldPaths: ["email"]) { rows pageInfo { hasNextPage } }
    profile { fieldProfiles { fieldPath masked nullCount distinctCount min max mean median stddev minLength maxLength
        histogram { count } topValues { value } } }
    files { role downloadUrl } warnings rejectedRows { line reason fieldPath text }
    schemaFields { fieldPath sensitive description tags } } }"""
FAILURE = "query F($id: ID!) { datasetVersion(id: $id) { error { code message hint line } } }"


async def test_a_reader_sees_rows_without_the_sensitive_column(world: World) -> None:
    seen = (await world.give("reader", VALUES, id=world.version))["datasetVersion"]
    columns = [{"name": "id", "masked": False}, {"name": "email", "masked": True}, {"name": "age", "masked": False}]
    assert seen["rows"] == {"columns": columns, "rows": [[1, None, "21"], [2, None, "22"]], "totalCount": 31}
    assert seen["only"] == {
        "columns": columns[1:2], "rows": [[None], [None]], "firstRowNumber": 1, "pageInfo": {"hasNextPage": True},
    }  # fmt: skip
    assert seen["end"] == {"rows": [[None]], "pageInfo": {"hasNextPage": False}}


async def test_a_writer_sees_every_value(world: World) -> None:
    for principal in ("writer", "owner", "admin"):
        seen = (await world.give(principal, VALUES, id=world.version))["datasetVersion"]
        assert seen["rows"]["rows"] == [[1, "canary1@example.com", "21"], [2, "canary2@example.com", "22"]]
        assert seen["end"]["rows"] == [["canary31@example.com"]]
        assert [column["masked"] for column in seen["rows"]["columns"]] == [False, False, False]
        assert [profile["masked"] for profile in seen["profile"]["fieldProfiles"]] == [False, False, False]
        assert seen["profile"]["fieldProfiles"][1]["min"] == "canary10@example.com"
        assert seen["warnings"] == [f"Cells as {CANARY} kept a column text."]
        assert seen["rejectedRows"][0]["text"] == f"{CANARY},x"
        assert all(file["downloadUrl"].startswith("http") for file in seen["files"])


@pytest.mark.parametrize(
    "arguments",
    ['orderBy: [{fieldPath: "email"}]', 'filter: {fieldPath: "email", startsWith: "canary1"}',
     'filter: {or: [{fieldPath: "id", eq: 1}, {fieldPath: "email", isNull: false}]}'],
)  # fmt: skip
async def test_a_reader_can_neither_sort_nor_filter_by_the_sensitive_column(world: World, arguments: str) -> None:
    query = f"query V($id: ID!) {{ datasetVersion(id: $id) {{ rows(first: 2, {arguments}) {{ rows totalCount rowNumbers }} }} }}"
    refused = (await world.people["reader"].post(query, {"id": world.version})).json()
    assert refused["data"] == {"datasetVersion": {"rows": None}}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert refused["errors"][0]["extensions"]["path"][-1] == "fieldPath"
    assert "canary" not in str(refused).lower()
    assert len((await world.give("writer", query, id=world.version))["datasetVersion"]["rows"]["rows"]) == 2


async def test_a_reader_sorts_by_other_columns_and_the_sensitive_one_stays_masked(world: World) -> None:
    query = """query V($id: ID!) { datasetVersion(id: $id) {
        rows(first: 1, orderBy: [{fieldPath: "id", direction: DESC}]) { rows rowNumbers } } }"""
    assert (await world.give("reader", query, id=world.version))["datasetVersion"]["rows"] == {
        "rows": [[31, None, "canary"]],
        "rowNumbers": [31],
    }


async def test_a_reader_gets_counts_of_the_sensitive_column_and_nothing_made_of_its_values(world: World) -> None:
    seen = (await world.give("reader", VALUES, id=world.version))["datasetVersion"]
    whole = (await world.give("owner", VALUES, id=world.version))["datasetVersion"]
    profiles, all_profiles = seen["profile"]["fieldProfiles"], whole["profile"]["fieldProfiles"]
    assert [profiles[0], profiles[2]] == [all_profiles[0], all_profiles[2]]
    assert profiles[1] == {
        "fieldPath": "email", "masked": True, "nullCount": 0, "distinctCount": 31, "min": None, "max": None, "mean": None,
        "median": None, "stddev": None, "minLength": None, "maxLength": None, "histogram": [], "topValues": [],
    }  # fmt: skip


async def test_a_reader_gets_no_file_and_no_text_that_may_quote_a_cell(world: World) -> None:
    seen = (await world.give("reader", VALUES, id=world.version))["datasetVersion"]
    assert [file["downloadUrl"] for file in seen["files"]] == [None, None]
    assert seen["warnings"] == [MASKED]
    assert seen["rejectedRows"] == [{"line": 7, "reason": MASKED, "fieldPath": "age", "text": ""}]
    failure = (await world.give("reader", FAILURE, id=world.failed))["datasetVersion"]["error"]
    assert failure == {"code": "INVALID_JSON", "message": MASKED, "hint": None, "line": 1}
    failure = (await world.give("writer", FAILURE, id=world.failed))["datasetVersion"]["error"]
    assert failure == {"code": "INVALID_JSON", "message": f"'{CANARY}' is no JSON", "hint": CANARY, "line": 1}


async def test_a_phrase_is_masked_with_its_sentence(world: World) -> None:
    """Code and values of a sentence quote what the sentence quotes."""
    query = """query P($id: ID!, $failed: ID!) {
        datasetVersion(id: $id) { warningPhrases { ...P } rejectedRows { reasonPhrase { ...P } } }
        failed: datasetVersion(id: $failed) { error { messagePhrase { ...P } hintPhrase { ...P } } }
    } fragment P on Phrase { message code params }"""
    masked = {"message": MASKED, "code": "MASKED", "params": {}}
    assert await world.give("reader", query, id=world.version, failed=world.failed) == {
        "datasetVersion": {"warningPhrases": [masked], "rejectedRows": [{"reasonPhrase": masked}]},
        "failed": {"error": {"messagePhrase": masked, "hintPhrase": None}},
    }
    seen = await world.give("writer", query, id=world.version, failed=world.failed)
    assert seen["datasetVersion"]["warningPhrases"] == [{"message": f"Cells as {CANARY} kept a column text.", **PHRASE}]
    assert seen["failed"]["error"]["hintPhrase"] == {"message": CANARY, **PHRASE}


async def test_a_file_asked_for_by_its_id_is_kept_too(world: World) -> None:
    files = (await world.give("owner", "query F($id: ID!) { datasetVersion(id: $id) { files { id } } }", id=world.version))[
        "datasetVersion"
    ]["files"]
    for file in files:
        query = "query N($id: ID!) { node(id: $id) { ... on FileObject { downloadUrl } } }"
        assert await world.give("reader", query, id=file["id"]) == {"node": {"downloadUrl": None}}
        assert (await world.give("writer", query, id=file["id"]))["node"]["downloadUrl"].startswith("http")


async def test_measurements_of_the_sensitive_column_are_kept(world: World) -> None:
    query = "query D($id: ID!) { dataset(id: $id) { latestQualityMetrics { metricName fieldPath } } }"
    rows = {"metricName": "canary rows", "fieldPath": None}
    assert (await world.give("reader", query, id=world.dataset))["dataset"]["latestQualityMetrics"] == [rows]
    both = (await world.give("writer", query, id=world.dataset))["dataset"]["latestQualityMetrics"]
    assert sorted(both, key=lambda one: one["metricName"]) == [{"metricName": "canary mean", "fieldPath": SENSITIVE}, rows]


async def test_failed_rows_are_shown_without_the_sensitive_column(world: World) -> None:
    run = uuid7()
    values = json.dumps([{"row": 1, "values": {SENSITIVE: CANARY, "id": 1, "age": None}}])
    async with world.database() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger, started_at, finished_at, rows_scanned) "
            "SELECT $1, dataset_id, version_id, 'FAILED', 'DRY_RUN', now(), now(), 31 FROM quality_runs WHERE id = $2",
            run, from_id(world.run, "QualityRun"),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO quality_results (id, run_id, position, dataset_id, version_id, rule_revision, counts, rule_name, rule_type, "
            "field_paths, severity, status, metric_name, failed_row_count, failed_rows_sample, rows_scanned, duration_ms, message, "
            "partial) SELECT $1, id, 0, dataset_id, version_id, 0, false, 'Other', 'nulls', $3, 'ERROR', 'FAIL', 'null_count', 1, $4, "
            "31, 1, '', false FROM quality_runs WHERE id = $2",
            uuid7(), run, ["age"], values,
        )  # fmt: skip
    query = "query R($id: ID!) { qualityRun(id: $id) { results { failedRowsSample } } }"
    seen = {}
    try:
        for name in ("reader", "writer"):
            (result,) = (await world.give(name, query, id=to_id("QualityRun", run)))["qualityRun"]["results"]
            (row,) = result["failedRowsSample"]
            seen[name] = [*row["values"].items()]
    finally:
        async with world.database() as connection:
            await connection.execute("DELETE FROM quality_runs WHERE id = $1", run)
    # The rule's own column first, then those of the table.
    assert seen["reader"] == [("age", None), ("id", 1)]
    assert seen["writer"] == [("age", None), ("id", 1), (SENSITIVE, CANARY)]


async def test_nothing_of_the_values_is_searched(world: World) -> None:
    """The word stands in cells, in top values and in names: only the dataset's own words make a document."""
    async with world.database() as connection:
        body = await connection.fetchval(
            "SELECT body FROM search_documents JOIN datasets ON datasets.id = dataset_id WHERE slug = $1", world.slug
        )
    assert "email" in body
    assert "example.com" not in body


@pytest.fixture
async def described(world: World) -> str:
    """Another dataset with the same column, READY twice, readable by everybody."""
    owner = world.people["owner"]
    dataset_id = await owner.create("Described twice")
    versions = [await owner.upload(dataset_id, content) for content in (b"email,n\na@b.c,1\n", b"email,n\nd@e.f,2\ng@h.i,3\n")]
    for version in versions:
        assert (await owner.finished(version))["status"] == "READY"
    return " ".join([dataset_id, *versions])


async def test_a_mark_holds_for_every_version_older_ones_too_and_manage_takes_it_away(world: World, described: str) -> None:
    dataset_id, first, second = described.split()
    owner, people = world.people["owner"], world.people
    compare = """query C($base: ID!, $head: ID!) { compareVersions(base: $base, head: $head) {
        profileChanges { fieldPath statistic before after } } }"""

    async def changed(principal: str) -> list[tuple[str, str]]:
        found = await world.give(principal, compare, base=first, head=second)
        return [(one["fieldPath"], one["statistic"]) for one in found["compareVersions"]["profileChanges"]]

    everything = await changed("viewer")
    assert ("email", "min") in everything
    refused = await people["viewer"].mutate(FIELD, versionId=second, fieldPath="email", sensitive=True)
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert (await owner.mutate(FIELD, versionId=second, fieldPath="email", sensitive=True, description="Where to write")) == {
        "schemaField": {"sensitive": True}, "errors": [],
    }  # fmt: skip
    for version in (first, second):
        seen = (await world.give("viewer", VALUES, id=version))["datasetVersion"]
        assert seen["schemaFields"][0] == {"fieldPath": "email", "sensitive": True, "description": "Where to write", "tags": []}
        assert {row[0] for row in seen["rows"]["rows"]} == {None}
    assert await changed("viewer") == [one for one in everything if one[0] != "email" or one[1] in ("nulls", "distinct")]
    assert await changed("owner") == everything

    grant = "mutation G($input: GrantAccessInput!) { grantAccess(input: $input) { errors { code } } }"
    assert await owner.mutate(grant, datasetId=dataset_id, userId=people["writer"].id, level="WRITE") == {"errors": []}
    shown = await people["writer"].mutate(FIELD, versionId=first, fieldPath="email", sensitive=False)
    assert [error["code"] for error in shown["errors"]] == ["FORBIDDEN"]
    assert (await world.give("viewer", VALUES, id=first))["datasetVersion"]["rows"]["rows"] == [[None, 1]]
    assert (await owner.mutate(FIELD, versionId=first, fieldPath="email", sensitive=False))["errors"] == []
    assert (await world.give("viewer", VALUES, id=first))["datasetVersion"]["rows"]["rows"] == [["a@b.c", 1]]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"fieldPath": "nope"}, "NOT_FOUND", ["input", "fieldPath"]),
        ({"fieldPath": "a\x00b"}, "NOT_FOUND", ["input", "fieldPath"]),
        ({"fieldPath": "age", "description": "x" * 10_001}, "INVALID_INPUT", ["input", "description"]),
        ({"fieldPath": "age", "description": "\x00"}, "INVALID_INPUT", ["input", "description"]),
        ({"fieldPath": "age", "tags": ["two words"]}, "INVALID_INPUT", ["input", "tags"]),
        ({"fieldPath": "age", "semanticType": "x" * 65}, "INVALID_INPUT", ["input", "semanticType"]),
    ],
)
async def test_a_description_that_cannot_be_kept_changes_nothing(world: World, given: dict, code: str, path: list[str]) -> None:
    mutation = "mutation F($input: UpdateSchemaFieldInput!) { updateSchemaField(input: $input) { schemaField { tags } errors { code path } } }"
    payload = await world.people["owner"].mutate(mutation, versionId=world.version, **given)
    assert payload == {"schemaField": None, "errors": [{"code": code, "path": path}]}
    fields = (await world.give("owner", VALUES, id=world.version))["datasetVersion"]["schemaFields"]
    assert [field["description"] for field in fields] == [None, CANARY, None]
