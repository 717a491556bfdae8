"""A client of the API as a program would write it: GraphQL over HTTP, parts straight to storage."""

import hashlib
from types import TracebackType
from typing import Self

import httpx

from tests.support.http import http_client
from tests.support.system import EMAIL, PASSWORD, until

SIGN_IN = """mutation SignIn($input: SignInInput!) { signIn(input: $input) {
    session { accessToken expiresAt viewer { id email displayName role mfaEnabled } } mfaChallenge { token } errors { code message path } } }"""
CREATE = """mutation CreateDataset($input: CreateDatasetInput!) { createDataset(input: $input) {
    dataset { id name slug status revision } errors { code message path } } }"""
START = """mutation StartUpload($input: StartUploadInput!) { startUpload(input: $input) {
    upload { id partSizeBytes expiresAt parts { number url headers { name value } } }
    version { id number status } errors { code message path } } }"""
COMPLETE = """mutation CompleteUpload($input: CompleteUploadInput!) { completeUpload(input: $input) {
    version { id number status } errors { code message path } } }"""
VERSION = """query Version($id: ID!) { datasetVersion(id: $id) {
    id number status stage progress isCurrent rowCount columnCount rejectedRowCount warnings
    rejectedRows { line reason fieldPath text } error { code message hint line }
    readOptions { format encoding delimiter quote headerRows skippedRows decimalSeparator nullTokens compression }
    files { name role sizeBytes sha256 encodingFormat downloadUrl }
    schemaFields { fieldPath logicalType nativeType nullable } } }"""
STATE = "query State($id: ID!) { datasetVersion(id: $id) { status } }"
TERMINAL = {"READY", "FAILED", "QUARANTINED", "EXPIRED", "DELETED"}


class Client:
    """One person with a session."""

    def __init__(self, url: str):
        self.url = url
        self.http = http_client(url)
        self.token: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.http.aclose()

    async def post(self, query: str, variables: dict[str, object] | None = None, **headers: str) -> httpx.Response:
        """The raw answer. Header names with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=sent)

    async def run(self, query: str, /, **variables: object) -> dict:
        """`data` of an operation that has no top-level errors."""
        answer = (await self.post(query, variables)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def mutate(self, query: str, /, **input: object) -> dict:
        """The payload of a mutation's only field."""
        (payload,) = (await self.run(query, input=input)).values()
        return payload

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> "Client":
        """This client has a session."""
        payload = await self.mutate(SIGN_IN, email=email, password=password)
        assert payload["errors"] == [], payload
        self.token = payload["session"]["accessToken"]
        return self

    async def create(self, name: str, **input: object) -> str:
        """A new dataset's id."""
        payload = await self.mutate(CREATE, name=name, **input)
        assert payload["errors"] == [], payload
        return payload["dataset"]["id"]

    async def start(self, dataset_id: str, content: bytes, name: str = "table.csv", **input: object) -> dict:
        """The payload of startUpload, with a checksum unless one is given."""
        declared = {"sizeBytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **input}
        return await self.mutate(START, datasetId=dataset_id, fileName=name, **declared)

    async def put(self, upload: dict, content: bytes) -> list[dict[str, object]]:
        """All parts are stored; their numbers and ETags."""
        size = upload["partSizeBytes"]
        parts = []
        async with http_client(timeout=60) as storage:
            for part in upload["parts"]:
                chunk = content[(part["number"] - 1) * size : part["number"] * size]
                answer = await storage.put(part["url"], content=chunk)
                assert answer.status_code == 200, answer.text
                parts.append({"number": part["number"], "etag": answer.headers["ETag"]})
        return parts

    async def upload(self, dataset_id: str, content: bytes, name: str = "table.csv", **input: object) -> str:
        """The id of a version whose bytes have arrived."""
        started = await self.start(dataset_id, content, name, **input)
        assert started["errors"] == [], started
        parts = await self.put(started["upload"], content)
        completed = await self.mutate(COMPLETE, uploadId=started["upload"]["id"], parts=parts)
        assert completed["errors"] == [], completed
        return started["version"]["id"]

    async def version(self, version_id: str) -> dict:
        """The version as it is now."""
        return (await self.run(VERSION, id=version_id))["datasetVersion"]

    async def finished(self, version_id: str, *, seconds: float = 180.0) -> dict:
        """The version when it has reached a state that it does not leave by itself."""

        async def done() -> bool:
            # Alone: each address of a file that is given out is recorded.
            return (await self.run(STATE, id=version_id))["datasetVersion"]["status"] in TERMINAL

        await until(done, f"version {version_id} to end", seconds=seconds)
        return await self.version(version_id)
