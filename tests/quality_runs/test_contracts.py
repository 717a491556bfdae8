"""Contracts through the API: shown before they are taken over, taken over, and written out again without a loss."""

import pytest

from app.core.ids import uuid7
from app.quality.contracts import document
from tests.quality.test_contracts import BASE, EXAMPLES, invalid
from tests.quality_runs.checking import UPDATE, rule, run_of, uploaded
from tests.support.people import People, Person

EXPORT = "query C($id: ID!) { dataContract(datasetId: $id) { yaml notes importedAt importedBy { id } } }"
IMPORT = """mutation I($input: ImportDataContractInput!) { importDataContract(input: $input) {
    changes { applied unchangedCount describedFields notes rules { kind key name type fieldPaths properties { name before after } } }
    errors { code message path } } }"""
RULES = "query R($id: ID!) { dataset(id: $id) { qualityRules(first: 100) { edges { node { id name contractKey enabled } } } } }"
DELETE = "mutation D($input: DeleteQualityRuleInput!) { deleteQualityRule(input: $input) { deletedId errors { code } } }"
NOTHING: dict[str, object] = {"applied": True, "describedFields": [], "rules": []}


async def taken(client: Person, dataset_id: str, yaml: str | list[str], **given: object) -> dict:
    """What an import changes."""
    payload = await client.mutate(IMPORT, datasetId=dataset_id, yaml=yaml, **given)
    assert payload["errors"] == [], payload
    return payload["changes"]


async def written(client: Person, dataset_id: str) -> str:
    """The contract of the dataset, valid against the standard."""
    yaml: str = (await client.run(EXPORT, id=dataset_id))["dataContract"]["yaml"]
    assert invalid(document.load(yaml)) == []
    return yaml


async def test_a_contract_is_shown_taken_over_changed_and_written_out(people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Contract {uuid7()}", visibility="RESTRICTED")
    await uploaded(owner, dataset_id, b"state,price\nNO,1\nyes,2\n")
    mine = await rule(owner, dataset_id, "nulls", name="Mine", fieldPath="price")
    told = await taken(owner, dataset_id, BASE, dryRun=True)
    assert (told["applied"], told["unchangedCount"], told["describedFields"]) == (False, 0, [])
    assert [(one["kind"], one["key"], one["type"], one["fieldPaths"]) for one in told["rules"]] == [
        ("ADDED", "known", "in_set", ["state"]), ("ADDED", "schema", "schema_match", []),
        ("REMOVED", told["rules"][2]["key"], "nulls", ["price"]),
    ]  # fmt: skip
    assert told["notes"] == ["soda: not checked, because it is for the engine 'soda'."]
    unchanged = [edge["node"]["name"] for edge in (await owner.run(RULES, id=dataset_id))["dataset"]["qualityRules"]["edges"]]
    assert unchanged == ["Mine"]

    assert {**told, "applied": True} == await taken(owner, dataset_id, BASE)
    edges = (await owner.run(RULES, id=dataset_id))["dataset"]["qualityRules"]["edges"]
    keys = {edge["node"]["contractKey"]: edge["node"]["id"] for edge in edges}
    assert sorted(keys) == ["known", "schema"]
    assert mine["id"] not in keys.values()
    again = await taken(owner, dataset_id, BASE)
    assert {**again, "notes": []} == {**NOTHING, "unchangedCount": 2, "notes": []}
    run = await run_of(owner, dataset_id, await uploaded(owner, dataset_id, b"state,price\nNO,1\nbad,2\n"))
    assert sorted((one["name"], one["status"], one["value"]) for one in run["results"]) == [
        ("known", "FAIL", 1), ("schema", "PASS", 0),
    ]  # fmt: skip

    base = document.load(BASE)
    first = document.load(await written(owner, dataset_id))
    (table,) = document.objects(first, "schema")
    (old,) = document.objects(base, "schema")
    assert {**first, "schema": []} == {**base, "schema": []}
    properties = document.objects(table, "properties")
    assert properties[0] == document.objects(old, "properties")[0]  # the rule and the entry for another engine, word for word
    assert [one["name"] for one in properties] == ["state", "price"]
    assert (await taken(owner, dataset_id, await written(owner, dataset_id)))["rules"] == []

    await owner.mutate(UPDATE, id=keys["known"], threshold=3, operator="LESS_OR_EQUAL", enabled=False)
    await owner.mutate(DELETE, id=keys["schema"])
    await rule(owner, dataset_id, "aggregate", name="Mean", fieldPath="price", parameters={"function": "MEAN"},
               operator="BETWEEN", threshold=0.5, upperThreshold=9.25, warnThreshold=1, warnUpperThreshold=9,
               filter="price > 0", severity="WARNING", description="Not too dear.")  # fmt: skip
    second = await written(owner, dataset_id)
    assert all(text in second for text in ("businessImpact: regulatory", "duplicate_percent", "businessName: Progress"))
    assert {**await taken(owner, dataset_id, second), "notes": []} == {**NOTHING, "unchangedCount": 2, "notes": []}
    copy = await owner.create(f"Copy {uuid7()}", visibility="RESTRICTED")
    await taken(owner, copy, second)
    assert document.load(await written(owner, copy)) == document.load(second)
    assert await written(owner, dataset_id) == second


async def test_what_a_contract_may_not_do_is_refused_and_changes_nothing(people: People) -> None:
    owner, writer = people.editor, people.other
    dataset_id = await owner.create(f"Refused {uuid7()}", visibility="RESTRICTED")
    await people.grant(owner, dataset_id, writer, "WRITE")
    blocking = await rule(owner, dataset_id, "row_count", operator="GREATER_THAN", threshold=0, blocksPublication=True)
    for client, yaml, code in (
        (writer, BASE, "FORBIDDEN"),
        (owner, "kind: [", "INVALID_INPUT"),
        (owner, "a: b", "INVALID_INPUT"),
        (owner, BASE.replace("invalidValues", "rowCount").replace("mustBe: 0", "mustBeLessThan: 0.0.1"), None),
        (owner, BASE.replace("id: known", 'id: "kno\\u0000wn"'), "INVALID_INPUT"),
        (owner, BASE + BASE.replace("  - name: orders", "  - name: lines").split("schema:")[1], "INVALID_INPUT"),
    ):
        payload = await client.mutate(IMPORT, datasetId=dataset_id, yaml=yaml, dryRun=code is None)
        assert [error["code"] for error in payload["errors"]] == ([code] if code else []), payload
    kept = [edge["node"]["id"] for edge in (await owner.run(RULES, id=dataset_id))["dataset"]["qualityRules"]["edges"]]
    assert kept == [blocking["id"]]
    assert (await people.viewer.run(EXPORT, id=dataset_id))["dataContract"] is None
    long = BASE + "description:\n  purpose: " + "word " * 30_000 + "\n"
    pieces = [long[at : at + 60_000] for at in range(0, len(long), 60_000)]
    assert len((await taken(owner, dataset_id, pieces, dryRun=True))["rules"]) == 3


@pytest.mark.full
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
async def test_official_examples_come_back_as_they_were(people: People, path: str) -> None:
    contract = document.load(path.read_text())  # type: ignore[attr-defined]
    for table in document.objects(contract, "schema"):
        dataset_id = await people.editor.create(f"Official {uuid7()}", visibility="RESTRICTED")
        name = document.text(table, "name")
        text = path.read_text()  # type: ignore[attr-defined]
        await taken(people.editor, dataset_id, text, objectName=name)
        again = document.load(await written(people.editor, dataset_id))
        assert {**again, "name": contract.get("name")} == {**contract, "apiVersion": "v3.1.0", "name": contract.get("name")}
