"""A dry run of an upload: the beginning of a file, read as an ingest would read it."""

import base64
import gzip

import pytest

from tests.support.client import Client
from tests.support.phrases import plain

PREVIEW = """query PreviewFile($input: PreviewFileInput!) { previewFile(input: $input) {
    readOptions { format encoding delimiter headerRows } columns { name type } rows rejectedRowCount rejectedRows { line text }
    warnings error { code line } } }"""


async def read(client: Client, content: bytes, *, whole: bool = True, **options: object) -> dict:
    given = {"head": base64.b64encode(content).decode(), "isWhole": whole, "fileName": "some.csv", "options": options or None}
    return (await client.run(PREVIEW, input=given))["previewFile"]


async def test_a_file_is_read_as_its_upload_would_be_with_options_or_without(admin: Client) -> None:
    content = "名;zip;day\n東京;01;2024-01-31\n大阪;02;2024-02-01\n".encode("cp932")
    found = await read(admin, content)
    assert found["readOptions"] == {"format": "CSV", "encoding": "cp932", "delimiter": ";", "headerRows": 1}
    assert [(one["name"], one["type"]) for one in found["columns"]] == [("名", "STRING"), ("zip", "STRING"), ("day", "DATE")]
    assert found["rows"] == [["東京", "01", "2024-01-31"], ["大阪", "02", "2024-02-01"]]
    assert (found["rejectedRowCount"], found["error"]) == (0, None)
    told = await read(admin, content, headerRows=0, encoding="cp932", types={"column_2": "STRING"})
    assert len(told["rows"]) == 3
    assert told["rows"][0] == ["名", "zip", "day"]


async def test_the_cut_line_of_a_longer_file_is_left_out_and_wrong_rows_are_seen(admin: Client) -> None:
    found = await read(admin, b"a,b\n1,2\n3,x\n5,6,7\n8,", whole=False, types={"b": "INTEGER"})
    assert found["rows"] == [[1, 2]]
    assert (found["rejectedRowCount"], [row["line"] for row in found["rejectedRows"]]) == (2, [3, 4])
    utf16 = "a,b\n1,2\n3,".encode("utf-16")
    assert (await read(admin, utf16, whole=False))["rows"] == [[1, 2]]


async def test_other_formats_are_read_when_they_are_whole_and_a_refusal_is_a_verdict(admin: Client) -> None:
    packed = gzip.compress(b'{"a": 1}\n{"a": 2}\n')
    assert (await read(admin, packed))["rows"] == [[1], [2]]
    assert (await read(admin, packed[:-12], whole=False))["error"]["code"] in ("TRUNCATED", "MALFORMED")
    refused = await read(admin, b"%PDF-1.7 \x00\x01\x02")
    assert refused["error"]["code"] in ("UNSUPPORTED_FORMAT", "UNKNOWN_FORMAT")
    assert (refused["columns"], refused["rows"]) == ([], [])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"head": ""}, ["input", "head"]),
        ({"head": "no base64!"}, ["input", "head"]),
        ({"head": base64.b64encode(b"x" * 49_153).decode()}, None),
        ({"fileName": ""}, ["input", "fileName"]),
        ({"options": {"delimiter": "ab"}}, ["options", "delimiter"]),
    ],
)
async def test_what_cannot_be_previewed_is_refused(admin: Client, given: dict, path: list[str] | None) -> None:
    whole = {"head": "YQox", "isWhole": True, "fileName": "a.csv", **given}
    (error,) = (await admin.post(PREVIEW, {"input": whole})).json()["errors"]
    if path is None:
        assert error["extensions"]["code"] == "DOCUMENT_REFUSED"
    else:
        assert plain(error["extensions"]) == {"code": "INVALID_INPUT", "path": path}
