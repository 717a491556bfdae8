"""From the upload to the hit: api, dispatcher and worker running."""

from tests.support.client import Client
from tests.support.system import until

SEARCH = """
query Search($words: String!) {
  searchDatasets(query: $words, first: 10) { edges { highlights { field fragment } node { id } } totalCount }
}"""


async def test_an_uploaded_file_is_found_by_its_column_names(admin: Client) -> None:
    dataset_id = await admin.create("Quarterly 売上", tags=["finance"], autoPublish=True)
    await admin.upload(dataset_id, b"storeNumber,amountYen\n1,100\n2,250\n")

    found: dict[str, object] = {}

    async def is_found() -> bool:
        found.update((await admin.run(SEARCH, words="amount finance 売上"))["searchDatasets"])
        return found["totalCount"] == 1

    await until(is_found, "the dataset to be found")
    assert found["edges"] == [
        {
            "highlights": [
                {"field": "name", "fragment": "Quarterly <mark>売上</mark>"},
                {"field": "tags", "fragment": "<mark>finance</mark>"},
                {"field": "fieldNames", "fragment": "<mark>amount</mark>Yen"},
            ],
            "node": {"id": dataset_id},
        }
    ]
