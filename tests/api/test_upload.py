"""A file from disk to a published, browsable version, through the real processes."""

from tests.support.client import Client

CSV = b"id,name,price\n1,apple,1.50\n2,pear,2.25\n3,,0.75\n"
PUBLISH = """mutation PublishVersion($input: PublishVersionInput!) { publishVersion(input: $input) {
    version { id isCurrent publishedAt dataset { id status currentVersion { id number } } }
    violations { message } errors { code message path } } }"""


async def test_a_csv_becomes_a_published_version_with_its_rows_and_types(admin: Client) -> None:
    dataset_id = await admin.create("Fruit prices")
    version = await admin.finished(await admin.upload(dataset_id, CSV, "fruit.csv"))
    assert version["status"] == "READY"
    assert (version["rowCount"], version["columnCount"], version["rejectedRowCount"]) == (3, 3, 0)
    assert [(f["fieldPath"], f["logicalType"], f["nullable"]) for f in version["schemaFields"]] == [
        ("id", "INTEGER", False),
        ("name", "STRING", True),
        ("price", "NUMBER", False),
    ]
    assert [(f["name"], f["role"]) for f in version["files"]] == [("fruit.csv", "ORIGINAL"), ("fruit.parquet", "TABLE")]
    assert version["files"][0]["sizeBytes"] == len(CSV)
    original = await admin.http.get(version["files"][0]["downloadUrl"])
    assert original.content == CSV
    published = await admin.mutate(PUBLISH, versionId=version["id"])
    assert published["errors"] == []
    assert published["version"]["isCurrent"] is True
    assert published["version"]["dataset"]["status"] == "ACTIVE"
    assert published["version"]["dataset"]["currentVersion"] == {"id": version["id"], "number": 1}
