"""What was done with a dataset, as those see it who see the dataset."""

from app.core.ids import uuid7
from tests.support.client import Client
from tests.support.people import a_person
from tests.support.system import System

ACTIVITY = """query Activity($id: ID!, $first: Int!, $after: String) { datasetActivity(datasetId: $id, first: $first, after: $after) {
    edges { node { action fieldPath names actorSystem actor { email } version { number } } } pageInfo { hasNextPage endCursor } } }"""
UPDATE = "mutation U($input: UpdateDatasetInput!) { updateDataset(input: $input) { errors { code } } }"
METADATA = "mutation M($input: SetMetadataInput!) { setMetadata(input: $input) { errors { code } } }"
FIELD = "mutation F($input: UpdateSchemaFieldInput!) { updateSchemaField(input: $input) { errors { code } } }"
PUBLISH = "mutation P($input: PublishVersionInput!) { publishVersion(input: $input) { errors { code } } }"
GRANT = "mutation G($input: GrantAccessInput!) { grantAccess(input: $input) { errors { code } } }"


async def test_what_was_done_is_told_newest_first_and_grants_to_managers_only(system: System, admin: Client) -> None:
    dataset_id = await admin.create(f"Activity {uuid7()}", visibility="RESTRICTED")
    version_id = (await admin.finished(await admin.upload(dataset_id, b"a,b\n1,2\n")))["id"]
    async with a_person(system, "VIEWER") as reader, a_person(system, "VIEWER") as stranger:
        for mutation, given in (
            (UPDATE, {"id": dataset_id, "revision": 1, "description": "What it holds"}),
            (METADATA, {"datasetId": dataset_id, "entries": [{"key": "source", "value": 1}]}),
            (FIELD, {"versionId": version_id, "fieldPath": "a", "description": "First"}),
            (PUBLISH, {"versionId": version_id}),
            (GRANT, {"datasetId": dataset_id, "userId": reader.id, "level": "READ"}),
        ):
            assert (await admin.mutate(mutation, **given))["errors"] == []

        async def seen(client: Client, **given: object) -> dict:
            return (await client.run(ACTIVITY, id=dataset_id, **{"first": 50, **given}))["datasetActivity"]

        nodes = [edge["node"] for edge in (await seen(admin))["edges"]]
        assert [(node["action"], node["fieldPath"], node["names"], (node["version"] or {}).get("number")) for node in nodes] == [
            ("access.grant", None, [], None),
            ("version.publish", None, [], 1),
            ("field.update", "a", ["description"], None),
            ("metadata.set", None, ["source"], None),
            ("dataset.update", None, ["description"], None),
            ("upload.complete", None, [], 1),
            ("dataset.create", None, [], None),
        ]
        assert {(node["actor"] or {}).get("email") for node in nodes} == {"admin@example.com"}
        read = (await seen(reader))["edges"]
        assert [edge["node"]["action"] for edge in read] == [node["action"] for node in nodes[1:]]
        page = await seen(reader, first=4)
        assert page["pageInfo"]["hasNextPage"] is True
        rest = await seen(reader, first=4, after=page["pageInfo"]["endCursor"])
        assert [*page["edges"], *rest["edges"]] == read
        assert rest["pageInfo"]["hasNextPage"] is False
        assert await seen(stranger) is None
