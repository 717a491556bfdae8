"""Idempotency keys: a request that is sent again is not done again."""

import asyncio

import pytest

from app.core.ids import uuid7
from tests.api.uploading import CURRENT, open_uploads
from tests.support.client import CREATE, START, Client
from tests.support.people import People
from tests.support.system import System


async def keyed(client: Client, key: str, mutation: str, **given: object) -> dict:
    """The whole answer to a mutation with an Idempotency-Key."""
    answer = await client.post(mutation, {"input": given}, Idempotency_Key=key)
    return answer.json()


async def test_the_same_request_with_the_same_key_is_done_once(system: System, admin: Client) -> None:
    key, name = str(uuid7()), f"Keyed {uuid7()}"
    answers = await asyncio.gather(*(keyed(admin, key, CREATE, name=name) for _ in range(10)))
    answers.append(await keyed(admin, key, CREATE, name=name))
    assert [answer["data"]["createDataset"]["errors"] for answer in answers] == [[]] * 11
    (dataset_id,) = {answer["data"]["createDataset"]["dataset"]["id"] for answer in answers}

    key = str(uuid7())
    given = {"datasetId": dataset_id, "fileName": "a.csv", "sizeBytes": 10}
    open_before = await open_uploads(system)
    answers = await asyncio.gather(*(keyed(admin, key, START, **given) for _ in range(10)))
    assert [answer["data"]["startUpload"]["errors"] for answer in answers] == [[]] * 10
    assert len({answer["data"]["startUpload"]["upload"]["id"] for answer in answers}) == 1
    edges = (await admin.run(CURRENT, id=dataset_id))["dataset"]["versions"]["edges"]
    assert edges == [{"node": {"number": 1, "status": "AWAITING_UPLOAD"}}]
    assert len(await open_uploads(system) - open_before) == 1


async def test_a_key_stands_for_one_request_of_one_person(admin: Client, people: People) -> None:
    key, name = str(uuid7()), f"Keyed {uuid7()}"
    first = await keyed(admin, key, CREATE, name=name)
    other = await keyed(admin, key, CREATE, name=f"Other {name}")
    assert other["data"]["createDataset"] == {
        "dataset": None,
        "errors": [{
            "code": "CONFLICT", "message": "This Idempotency-Key was used for another request. Use a new key for a new request.",
            "path": None,
        }],
    }  # fmt: skip
    theirs = await keyed(people.editor, key, CREATE, name=f"Theirs {name}")
    assert theirs["data"]["createDataset"]["dataset"]["id"] != first["data"]["createDataset"]["dataset"]["id"]


async def test_a_refused_request_does_not_use_its_key_up(admin: Client) -> None:
    key, name = str(uuid7()), f"Refused {uuid7()}"
    taken = await admin.create(name)
    answer = await keyed(admin, key, CREATE, name=name)
    assert [error["code"] for error in answer["data"]["createDataset"]["errors"]] == ["CONFLICT"]
    await admin.run("mutation($i: ID!) { deleteDataset(input: {id: $i}) { errors { code } } }", i=taken)
    answer = await keyed(admin, key, CREATE, name=name)
    assert answer["data"]["createDataset"]["errors"] == []


@pytest.mark.parametrize("key", ["", "short", "x" * 15, "x" * 256, "x" * 15 + "\t" + "x"])
async def test_a_key_has_16_to_255_printable_characters(admin: Client, key: str) -> None:
    answer = await admin.post(CREATE, {"input": {"name": "Never made"}}, Idempotency_Key=key)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["message"] == "Idempotency-Key has to be 16 to 255 printable ASCII characters: a UUID will do."
