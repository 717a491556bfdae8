"""Rules that a profile suggests: told with their reasons, accepted once, turned down for good."""

import asyncio

from app.core.ids import uuid7
from tests.quality_runs.checking import checked, rule, uploaded
from tests.support.people import People

SUGGESTED = """query S($id: ID!, $all: Boolean!) { datasetVersion(id: $id) { suggestedRules(includeDismissed: $all) {
    key name type fieldPaths parameters operator threshold upperThreshold reason failingRowCount dismissed } } }"""
ACCEPT = """mutation A($input: AcceptQualityRuleSuggestionInput!) { acceptQualityRuleSuggestion(input: $input) {
    rule { id name type fieldPath parameters severity blocksPublication description } errors { code path } } }"""
DISMISS = """mutation D($input: DismissQualityRuleSuggestionInput!) { dismissQualityRuleSuggestion(input: $input) {
    key errors { code path } } }"""
FIELD = "mutation F($input: UpdateSchemaFieldInput!) { updateSchemaField(input: $input) { errors { code } } }"
ROWS = [(n, ("open", "closed")[n % 2], f"p{n}@example.org" if n else "") for n in range(40)]
TABLE = ("id,state,mail\n" + "".join(f"{number},{state},{mail}\n" for number, state, mail in ROWS)).encode()


async def test_suggestions_are_accepted_once_and_dismissed_for_every_version(people: People) -> None:
    owner, reader = people.editor, people.other
    dataset_id = await owner.create(f"Suggested {uuid7()}", visibility="RESTRICTED")
    version_id = await uploaded(owner, dataset_id, TABLE)

    async def keys(version: str = version_id, *, everything: bool = False, client=owner) -> list[str]:  # type: ignore[no-untyped-def]
        found = await client.run(SUGGESTED, id=version, all=everything)
        return [one["key"] for one in found["datasetVersion"]["suggestedRules"]]

    every = ["row_count", "nulls:id", "unique:id", "nulls:state", "in_set:state", "nulls:mail", "unique:mail", "format:mail"]
    found = (await owner.run(SUGGESTED, id=version_id, all=False))["datasetVersion"]["suggestedRules"]
    told = {one["key"]: one for one in found}
    assert list(told) == every
    assert told["in_set:state"] == {
        "key": "in_set:state", "name": "state in set", "type": "in_set", "fieldPaths": ["state"],
        "parameters": {"values": ["closed", "open"]}, "operator": None, "threshold": None, "upperThreshold": None,
        "reason": "Only 2 different values occur.", "failingRowCount": 0, "dismissed": False,
    }  # fmt: skip
    assert (told["row_count"]["operator"], told["row_count"]["threshold"], told["row_count"]["upperThreshold"]) == (
        "BETWEEN", 20, 80,
    )  # fmt: skip
    assert [told[key]["failingRowCount"] for key in ("row_count", "nulls:mail", "format:mail")] == [None, 1, None]

    both = await asyncio.gather(
        *(owner.mutate(ACCEPT, versionId=version_id, key="in_set:state", blocksPublication=True) for _ in range(2))
    )
    assert [one["errors"] for one in both] == [[], []]
    assert both[0]["rule"] == both[1]["rule"]
    assert {**both[0]["rule"], "id": ""} == {
        "id": "", "name": "state in set", "type": "in_set", "fieldPath": "state", "parameters": {"values": ["closed", "open"]},
        "severity": "ERROR", "blocksPublication": True, "description": "Only 2 different values occur.",
    }  # fmt: skip
    await rule(owner, dataset_id, "primary_key", fieldPaths=["id"])
    assert await keys() == ["row_count", "nulls:state", "nulls:mail", "unique:mail", "format:mail"]

    assert await owner.mutate(DISMISS, datasetId=dataset_id, key="unique:mail") == {"key": "unique:mail", "errors": []}
    second = await uploaded(owner, dataset_id, TABLE.replace(b"p1@", b"q1@"))
    for version in (version_id, second):
        assert "unique:mail" not in await keys(version)
        assert "unique:mail" in await keys(version, everything=True)
    await owner.mutate(DISMISS, datasetId=dataset_id, key="unique:mail", dismissed=False)
    assert "unique:mail" in await keys()

    unknown = await owner.mutate(ACCEPT, versionId=version_id, key="nulls:nothing")
    assert (unknown["rule"], unknown["errors"]) == (None, [{"code": "NOT_FOUND", "path": ["input", "key"]}])
    await people.grant(owner, dataset_id, reader, "READ")
    await owner.mutate(FIELD, versionId=version_id, fieldPath="mail", sensitive=True)
    assert await keys(client=reader) == ["row_count", "nulls:state"]
    assert [one["code"] for one in (await reader.mutate(ACCEPT, versionId=version_id, key="row_count"))["errors"]] == [
        "FORBIDDEN"
    ]
    run = await checked(owner, version_id)
    assert [(one["name"], one["status"]) for one in run["results"]] == [("state in set", "PASS"), ("primary_key", "PASS")]
