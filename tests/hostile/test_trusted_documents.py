"""Trusted documents: with a manifest, what it does not hold is not run, however it is dressed."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
from graphql import parse, print_ast
from pydantic import SecretStr

from app.api.application import create_application
from app.api.trusted import PageDocuments, TrustedDocuments, UnreadableManifest
from app.core.settings import Settings
from app.embedded.engines import Engines

VIEWER = "query Viewer {\n  viewer {\n    id\n    ...Name_user\n  }\n}\n\nfragment Name_user on User {\n  displayName\n}"
SIGN_OUT = "mutation SignOut {\n  signOut {\n    errors {\n      code\n    }\n  }\n}"
REFUSED = "Only the documents of the web page are run here. Programs send their own with an API key."


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trusted") / "trusted-documents.json"
    file.write_bytes(orjson.dumps({sha256(text): text for text in (VIEWER, SIGN_OUT)}))
    return file


@pytest.fixture(scope="module")
async def client(engines: Engines, manifest: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        profile="test", database_url=SecretStr(engines.database_url), redis_url=SecretStr(engines.redis_url),
        secret_keys=SecretStr(engines.secret_keys), trusted_documents=(manifest,),
    )  # fmt: skip
    transport = httpx.ASGITransport(create_application(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made:
        yield made


async def outcome(client: httpx.AsyncClient, **body: object) -> object:
    """The data of the answer, or the message of its first error."""
    answer = (await client.post("/graphql", json=body)).json()
    return answer["errors"][0]["message"] if "errors" in answer else answer["data"]


@pytest.mark.parametrize(
    "query",
    [
        VIEWER,
        print_ast(parse(VIEWER)),
        " ".join(VIEWER.split()),
        "query Viewer { viewer { id __typename ...Name_user } } fragment Name_user on User { __typename displayName }",
        "fragment Name_user on User { displayName } # moved\nquery Viewer { viewer { id, ...Name_user } }",
    ],
)
async def test_the_pages_documents_are_run_however_they_are_printed(client: httpx.AsyncClient, query: str) -> None:
    assert await outcome(client, query=query) == {"viewer": None}


async def test_a_document_is_run_by_its_hash(client: httpx.AsyncClient) -> None:
    for name in (sha256(VIEWER), f"sha256:{sha256(VIEWER)}", sha256(VIEWER).upper()):
        assert await outcome(client, documentId=name) == {"viewer": None}
    for name in (sha256("another"), "", "sha256:", "../../etc/passwd"):
        assert str(await outcome(client, documentId=name)).startswith("No document here has this `documentId`")


@pytest.mark.parametrize(
    "query",
    [
        "{viewer{id}}",
        VIEWER.replace("displayName", "displayName email"),
        VIEWER.replace("displayName", "email"),
        VIEWER.replace("query Viewer", "query Other"),
        VIEWER.replace("    id", "    x: id"),
        VIEWER.replace("    id", "    x: __typename"),
        VIEWER + " query Other { viewer { email } }",
        VIEWER + " " + SIGN_OUT,
        VIEWER.replace("displayName", "displayName @skip(if: false)"),
        "{__schema{types{name}}}",
    ],
)
async def test_nothing_else_is_run(client: httpx.AsyncClient, query: str) -> None:
    message = await outcome(client, query=query)
    assert message in (REFUSED, "This document holds several operations: say in `operationName` which one to run.")
    for name in ("Viewer", "Other", "SignOut"):
        assert isinstance(await outcome(client, query=query, operationName=name), str)  # no data


async def test_without_manifests_every_document_is_run(engines: Engines) -> None:
    settings = Settings(
        profile="test", database_url=SecretStr(engines.database_url), redis_url=SecretStr(engines.redis_url),
        secret_keys=SecretStr(engines.secret_keys),
    )  # fmt: skip
    transport = httpx.ASGITransport(create_application(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert await outcome(client, query="{viewer{id}}") == {"viewer": None}
        answer = (await client.post("/graphql", json={"documentId": sha256(VIEWER)})).json()
        assert answer["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"


def test_the_pages_documents_are_those_of_its_last_build(tmp_path: Path) -> None:
    file = tmp_path / "trusted-documents.json"
    documents = PageDocuments(file)
    assert documents.find(sha256(VIEWER)) is None
    file.write_bytes(orjson.dumps({sha256(VIEWER): VIEWER}))
    assert documents.find(sha256(VIEWER)) == VIEWER
    file.write_bytes(orjson.dumps({sha256(SIGN_OUT): SIGN_OUT}))
    os.utime(file, (1, 1))
    assert (documents.find(sha256(VIEWER)), documents.find(sha256(SIGN_OUT))) == (None, SIGN_OUT)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"abc": "{viewer{id}}"}', orjson.dumps({sha256("a"): 1}), None])
def test_a_damaged_manifest_is_told_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "manifest.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnreadableManifest, match="DATAKURA_TRUSTED_DOCUMENTS"):
        TrustedDocuments([file])
