"""Changes of datasets as documents, and how they answer."""

from tests.support.client import Client

MISSING = "There is no such dataset, or you may not see it."
FIELDS = "dataset { id name slug description status visibility metadata revision autoPublish tags { name } } errors { code message path }"
UPDATE = f"mutation U($input: UpdateDatasetInput!) {{ updateDataset(input: $input) {{ {FIELDS} }} }}"
ARCHIVE = f"mutation A($input: ArchiveDatasetInput!) {{ archiveDataset(input: $input) {{ {FIELDS} }} }}"
RESTORE = f"mutation R($input: RestoreDatasetInput!) {{ restoreDataset(input: $input) {{ {FIELDS} }} }}"
DELETE = "mutation D($input: DeleteDatasetInput!) { deleteDataset(input: $input) { deletedId errors { code message path } } }"
SET = """mutation S($input: SetMetadataInput!) { setMetadata(input: $input) {
    dataset { revision metadataEntries { key value } } errors { code message path } } }"""
REMOVE = """mutation M($input: RemoveMetadataInput!) { removeMetadata(input: $input) {
    dataset { revision metadataEntries { key value } } errors { code message path } } }"""
REVOKE = "mutation V($input: RevokeAccessInput!) { revokeAccess(input: $input) { revokedId errors { code message path } } }"
GET = """query G($id: ID!) { dataset(id: $id) { id name description status visibility metadata revision tags { name }
    metadataEntries { key value } } }"""
ALL = {UPDATE: {"revision": 1}, ARCHIVE: {}, RESTORE: {}, DELETE: {}}


async def got(client: Client, dataset_id: str) -> dict | None:
    """The dataset as this client sees it."""
    return (await client.run(GET, id=dataset_id))["dataset"]


async def refused(client: Client, mutation: str, **input: object) -> tuple[str, str, list[str] | None]:
    """(code, message, path) of a mutation's only error; nothing else is in its payload."""
    payload = await client.mutate(mutation, **input)
    (error,) = payload.pop("errors")
    assert set(payload.values()) == {None}
    return error["code"], error["message"], error["path"]


async def done(client: Client, mutation: str, **input: object) -> dict:
    """The payload of a mutation that was done."""
    payload = await client.mutate(mutation, **input)
    assert payload.pop("errors") == []
    return payload
