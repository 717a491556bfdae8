"""A dataset with rules, as a program would make it."""

from tests.support.client import Client
from tests.support.system import until

CREATE = """mutation C($input: CreateQualityRuleInput!) { createQualityRule(input: $input) {
    rule { id name type fieldPath parameters operator threshold warnThreshold severity dimension enabled blocksPublication revision }
    errors { code message path } } }"""
UPDATE = """mutation U($input: UpdateQualityRuleInput!) { updateQualityRule(input: $input) {
    rule { id enabled threshold revision } errors { code message path } } }"""
RUN = """mutation R($input: RunQualityChecksInput!) { runQualityChecks(input: $input) {
    run { id status trigger } errors { code message path } } }"""
SHOW = """query S($id: ID!) { qualityRun(id: $id) { id status trigger rowsScanned error { code message }
    summary { passed warned failed errored skipped }
    results { rule { id name } name status value threshold operator failedRowCount failedRowsSample failedRowsUrl expression message
        error { code message } } } }"""
RUNS = """query Q($id: ID!) { dataset(id: $id) { qualityRuns(first: 20) { edges { node {
    id status trigger version { id } } } } } }"""
PUBLISH = """mutation P($input: PublishVersionInput!) { publishVersion(input: $input) { version { isCurrent }
    violations { rule { id name } status message } errors { code message path } } }"""
ENDED = {"PASSED", "WARNED", "FAILED", "ERROR", "CANCELLED"}
GOOD = b"id,price\n1,10\n2,20\n3,30\n"
BAD = b"id,price\n1,10\n2,\n2,30\n"


async def rule(client: Client, dataset_id: str, type: str, **given: object) -> dict:
    """A rule of this type."""
    payload = await client.mutate(CREATE, datasetId=dataset_id, type=type, **{"name": type, **given})
    assert payload["errors"] == [], payload
    return payload["rule"]


async def ended(client: Client, run_id: str) -> dict:
    """The run when it has its verdict."""
    seen: dict = {}

    async def done() -> bool:
        seen.update((await client.run(SHOW, id=run_id))["qualityRun"])
        return seen["status"] in ENDED

    await until(done, f"run {run_id} to end")
    return seen


async def checked(client: Client, version_id: str, **given: object) -> dict:
    """A run by hand, ended."""
    payload = await client.mutate(RUN, versionId=version_id, **given)
    assert payload["errors"] == [], payload
    return await ended(client, payload["run"]["id"])


async def run_of(client: Client, dataset_id: str, version_id: str) -> dict:
    """The run that the version got by itself, ended."""
    found = (await client.run(RUNS, id=dataset_id))["dataset"]["qualityRuns"]["edges"]
    (own,) = [e["node"]["id"] for e in found if e["node"]["version"]["id"] == version_id and e["node"]["trigger"] == "VERSION"]
    return await ended(client, own)


async def uploaded(client: Client, dataset_id: str, content: bytes) -> str:
    """The id of a READY version."""
    version_id = await client.upload(dataset_id, content)
    version = await client.finished(version_id)
    assert version["status"] == "READY", version
    return version_id
