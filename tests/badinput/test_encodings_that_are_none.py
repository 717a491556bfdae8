"""Codecs of Python that are no encodings of files: refused before a byte is sent, and nothing of the machine is told."""

import pytest

from tests.support.client import START, Client


@pytest.mark.parametrize("encoding", ["punycode", "idna", "utf-7", "unicode_escape", "rot13", "no-such"])
async def test_an_encoding_that_is_none_is_refused_with_a_sentence(admin: Client, encoding: str) -> None:
    dataset_id = await admin.create(f"Encoding {encoding}")
    payload = await admin.mutate(START, datasetId=dataset_id, fileName="a.csv", sizeBytes=10, options={"encoding": encoding})
    assert (payload["upload"], payload["version"]) == (None, None)
    assert [(one["code"], one["message"], one["path"]) for one in payload["errors"]] == [
        ("INVALID_INPUT", f"'{encoding}' is not the name of a text encoding.", ["input", "options", "encoding"])
    ]
