"""A person who uploads real tables in every format and reads all of them back."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest

from tests.support.client import VERSION, Client
from tests.support.people import a_person
from tests.support.system import System

ROWS = """query Rows($id: ID!, $first: Int!, $after: String, $startRow: BigInt) { datasetVersion(id: $id) {
    rows(first: $first, after: $after, startRow: $startRow) {
        columns { name type } rows firstRowNumber totalCount cutCells { row column length } pageInfo { hasNextPage endCursor } } } }"""
PROFILE = """query Profile($id: ID!) { datasetVersion(id: $id) { profile { rowCount columnCount partial fieldProfiles {
    fieldPath nullCount nullFraction distinctCount distinctIsApproximate min max mean median stddev minLength maxLength
    histogram { lower upper count } topValues { value count } } } } }"""
DETAILS = VERSION.replace("decimalSeparator nullTokens", "decimalSeparator thousandsSeparator nullTokens sheet")

Row = list[object]


@dataclass
class Shelf:
    """A dataset that takes one table after the other."""

    person: Client
    dataset_id: str

    async def stored(self, content: bytes, name: str, **options: object) -> dict:
        """The READY version of a file."""
        given = {"options": options} if options else {}
        version_id = await self.person.upload(self.dataset_id, content, name, **given)
        version = await self.person.finished(version_id)
        assert version["status"] == "READY", version
        return (await self.person.run(DETAILS, id=version_id))["datasetVersion"]

    async def page(self, version: dict, **where: object) -> dict:
        """A page of at most 100 rows."""
        return (await self.person.run(ROWS, id=version["id"], first=100, **where))["datasetVersion"]["rows"]

    async def rows(self, version: dict) -> list[Row]:
        """Every row, page after page."""
        rows: list[Row] = []
        after = None
        while True:
            page = await self.page(version, after=after)
            assert page["firstRowNumber"] == len(rows) + 1
            assert page["totalCount"] == version["rowCount"]
            rows += page["rows"]
            if not page["pageInfo"]["hasNextPage"]:
                assert len(rows) == version["rowCount"]
                return rows
            after = page["pageInfo"]["endCursor"]

    async def copy(self, version: dict) -> list[Row]:
        """Every row of the Parquet copy, as pyarrow reads it from its download."""
        (address,) = [file["downloadUrl"] for file in version["files"] if file["role"] == "TABLE"]
        answer = await self.person.http.get(address)
        assert answer.status_code == 200
        table = pq.read_table(io.BytesIO(answer.content))
        return [list(row.values()) for row in table.to_pylist()]

    async def profile(self, version: dict) -> dict[str, dict]:
        """Column -> its statistics."""
        found = (await self.person.run(PROFILE, id=version["id"]))["datasetVersion"]["profile"]
        assert (found["rowCount"], found["partial"]) == (version["rowCount"], False)
        return {field["fieldPath"]: field for field in found["fieldProfiles"]}


@pytest.fixture(scope="session")
async def shelf(system: System) -> AsyncIterator[Shelf]:
    """A dataset of somebody who may upload."""
    async with a_person(system, "EDITOR") as person:
        yield Shelf(person, await person.create("Real tables"))
