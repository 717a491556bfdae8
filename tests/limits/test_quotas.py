"""How much an owner may store: reserved when an upload begins, free again when it ends without a file."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.services import healing
from tests.audit.conftest import opened
from tests.limits.conftest import Served
from tests.support.client import CREATE, START
from tests.support.people import GRANT, Person, a_person
from tests.support.served import served as serve
from tests.support.served import settings_of
from tests.support.system import System

QUOTA = 10 << 20
ABORT = "mutation($input: AbortUploadInput!) { abortUpload(input: $input) { errors { code } } }"
DELETE = "mutation($input: DeleteDatasetInput!) { deleteDataset(input: $input) { errors { code } } }"


class Storer:
    """Somebody who begins uploads."""

    def __init__(self, client: httpx.AsyncClient, person: Person):
        self.client, self.person = client, person

    async def mutate(self, query: str, **input: object) -> dict:
        headers = {"Authorization": f"Bearer {self.person.token}"}
        answer = (
            await self.client.post("/graphql", json={"query": query, "variables": {"input": input}}, headers=headers)
        ).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        return payload

    async def dataset(self, name: str) -> str:
        return (await self.mutate(CREATE, name=f"{name} {self.person.email}"))["dataset"]["id"]

    async def start(self, dataset_id: str, size: int) -> dict:
        return await self.mutate(START, datasetId=dataset_id, fileName="a.csv", sizeBytes=size)

    async def begun(self, dataset_id: str, size: int) -> str:
        payload = await self.start(dataset_id, size)
        assert payload["errors"] == [], payload
        return payload["upload"]["id"]

    async def is_full(self, dataset_id: str, size: int = 1) -> bool:
        codes = [error["code"] for error in (await self.start(dataset_id, size))["errors"]]
        assert codes in ([], ["LIMIT_EXCEEDED"])
        return codes == ["LIMIT_EXCEEDED"]


@pytest.fixture(scope="module")
async def api(prepared: System) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(prepared, storage_quota_bytes=QUOTA) as (_, client):
        yield client


@pytest.fixture
async def owner(prepared: System, api: httpx.AsyncClient) -> AsyncIterator[Storer]:
    async with a_person(prepared, "EDITOR") as person:
        yield Storer(api, person)


async def test_an_owner_stores_up_to_the_quota_over_all_datasets(owner: Storer) -> None:
    first, second = await owner.dataset("First"), await owner.dataset("Second")
    await owner.begun(first, QUOTA - 5)
    await owner.begun(second, 5)
    payload = await owner.start(second, 1)
    assert (payload["upload"], payload["version"]) == (None, None)
    assert payload["errors"] == [
        {
            "code": "LIMIT_EXCEEDED",
            "path": ["input", "sizeBytes"],
            "message": "The owner of this dataset may store 10.0 MiB and stores 10.0 MiB: 1 bytes more do not fit. Delete what is "
            "no longer needed, or ask an administrator for more (setStorageQuota).",
        }
    ]


async def test_a_refused_upload_leaves_nothing(owner: Storer, prepared: System) -> None:
    dataset_id = await owner.dataset("Nothing")
    assert await owner.is_full(dataset_id, QUOTA + 1)
    connection = await prepared.database()
    versions = await connection.fetchval(
        "SELECT count(*) FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.owner_id = $1",
        owner.person.row_id,
    )
    await connection.close()
    assert versions == 0
    assert not await owner.is_full(dataset_id, QUOTA)


async def test_an_aborted_upload_is_free_again(owner: Storer) -> None:
    dataset_id = await owner.dataset("Aborted")
    upload_id = await owner.begun(dataset_id, QUOTA)
    assert await owner.is_full(dataset_id)
    await owner.mutate(ABORT, uploadId=upload_id)
    await owner.begun(dataset_id, QUOTA)


async def test_an_expired_upload_is_free_again(owner: Storer, prepared: System) -> None:
    dataset_id = await owner.dataset("Expired")
    await owner.begun(dataset_id, QUOTA)
    connection = await prepared.database()
    await connection.execute("UPDATE uploads SET expires_at = now() - interval '1 s' WHERE user_id = $1", owner.person.row_id)
    await connection.close()
    async with opened(prepared.environment["DATAKURA_DATABASE_URL"]) as db:
        assert await healing.expire_uploads(db) == 1
    await owner.begun(dataset_id, QUOTA)


async def test_a_deleted_dataset_is_free_again(owner: Storer) -> None:
    dataset_id, other = await owner.dataset("Deleted"), await owner.dataset("Other")
    await owner.begun(dataset_id, QUOTA)
    await owner.mutate(DELETE, id=dataset_id)
    await owner.begun(other, QUOTA)


async def test_the_owner_pays_for_what_others_upload(owner: Storer, prepared: System, api: httpx.AsyncClient) -> None:
    dataset_id = await owner.dataset("Shared")
    async with a_person(prepared, "EDITOR") as person:
        guest = Storer(api, person)
        await owner.mutate(GRANT, datasetId=dataset_id, userId=person.id, level="WRITE")
        await guest.begun(dataset_id, QUOTA)
        assert await owner.is_full(dataset_id)
        await guest.begun(await guest.dataset("Own"), QUOTA)


async def test_uploads_at_the_same_moment_do_not_share_the_last_room(owner: Storer) -> None:
    dataset_id = await owner.dataset("Race")
    payloads = await asyncio.gather(*(owner.start(dataset_id, QUOTA // 4) for _ in range(10)))
    assert sorted(len(payload["errors"]) for payload in payloads) == [0] * 4 + [1] * 6


async def test_without_a_quota_there_is_no_bound(served: Served, prepared: System) -> None:
    assert settings_of(prepared, storage_quota_bytes=0).storage_quota_bytes == 0
    async with a_person(prepared, "EDITOR") as person, served(storage_quota_bytes=0) as (_, client):
        owner = Storer(client, person)
        dataset_id = await owner.dataset("Boundless")
        for _ in range(2):
            await owner.begun(dataset_id, 4_000 << 30)
