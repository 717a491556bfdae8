"""Codecs of Python that are no encodings of files: asked for, they are refused at once, and nothing of the machine is told."""

import pytest

from tests.support.client import Client


@pytest.mark.parametrize("encoding", ["punycode", "idna", "utf-7", "unicode_escape", "rot13", "no-such"])
async def test_an_encoding_that_is_none_fails_with_a_sentence(admin: Client, encoding: str) -> None:
    dataset_id = await admin.create(f"Encoding {encoding}")
    version = await admin.finished(await admin.upload(dataset_id, b"a,b\n1,\xc3\xa9\n2,x\n", options={"encoding": encoding}))
    assert version["status"] == "FAILED"
    assert version["error"] == {
        "code": "WRONG_OPTIONS",
        "message": f"'{encoding}' is not the name of a text encoding.",
        "hint": "Write for example 'utf-8', 'utf-16-le', 'cp932', 'cp1252', or leave the encoding out.",
        "line": None,
    }
