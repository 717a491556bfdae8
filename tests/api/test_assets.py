"""Files of the page's build: the form that a client takes, and what caches and resumed downloads rely on."""

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.api.assets import Assets, accepted_encodings

TEXT = b"export const answer = 42\n" * 200


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "page-abc.js").write_bytes(TEXT)
    (tmp_path / "page-abc.js.gz").write_bytes(gzip.compress(TEXT))
    (tmp_path / "page-abc.js.br").write_bytes(b"as brotli")
    (tmp_path / "plain-abc.css").write_bytes(TEXT)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Assets(directory=tmp_path)), base_url="http://page") as made:
        yield made


async def raw(client: httpx.AsyncClient, path: str, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it was sent."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream(method, path, headers={"Accept-Encoding": "identity"} | sent) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000, gzip; q=0", None),
        ("identity", None),
        ("", None),
    ],
)
async def test_the_smallest_form_that_is_accepted_is_sent(client: httpx.AsyncClient, accepted: str, encoding: str | None) -> None:
    answer, body = await raw(client, "/page-abc.js", Accept_Encoding=accepted)
    assert body == {"br": b"as brotli", "gzip": gzip.compress(TEXT), None: TEXT}[encoding]
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(body)


async def test_head_tells_what_get_would_send(client: httpx.AsyncClient) -> None:
    got, _ = await raw(client, "/page-abc.js", Accept_Encoding="br")
    told, body = await raw(client, "/page-abc.js", "HEAD", Accept_Encoding="br")
    assert (body, dict(told.headers)) == (b"", dict(got.headers))


async def test_each_form_has_a_tag_of_its_own_and_is_not_sent_twice(client: httpx.AsyncClient) -> None:
    tags = {}
    for accepted in ("br", "gzip", "identity"):
        answer, _ = await raw(client, "/page-abc.js", Accept_Encoding=accepted)
        tags[accepted] = answer.headers["ETag"]
    assert len(set(tags.values())) == 3
    answer, body = await raw(client, "/page-abc.js", Accept_Encoding="br", If_None_Match=tags["br"])
    assert (answer.status_code, body, answer.headers["Vary"]) == (304, b"", "Accept-Encoding")
    answer, _ = await raw(client, "/page-abc.js", Accept_Encoding="gzip", If_None_Match=tags["br"])
    assert answer.status_code == 200


async def test_a_part_is_one_of_the_file_itself(client: httpx.AsyncClient) -> None:
    answer, body = await raw(client, "/page-abc.js", Accept_Encoding="br, gzip", Range="bytes=7-11")
    assert (answer.status_code, body, answer.headers.get("Content-Encoding")) == (206, TEXT[7:12], None)
    whole, _ = await raw(client, "/page-abc.js", Accept_Encoding="br")
    # The rest of the brotli that somebody has begun is not a rest of the file.
    answer, body = await raw(client, "/page-abc.js", Accept_Encoding="br", Range="bytes=7-", If_Range=whole.headers["ETag"])
    assert (answer.status_code, body) == (200, TEXT)


async def test_a_file_without_forms_or_with_outdated_ones_is_sent_as_it_is(client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer, body = await raw(client, "/plain-abc.css", Accept_Encoding="br, gzip")
    assert (body, answer.headers.get("Content-Encoding")) == (TEXT, None)
    (tmp_path / "page-abc.js").write_bytes(b"newer")
    os.utime(tmp_path / "page-abc.js", (2e9, 2e9))
    answer, body = await raw(client, "/page-abc.js", Accept_Encoding="br, gzip")
    assert (body, answer.headers.get("Content-Encoding")) == (b"newer", None)


def test_encodings_are_read_in_any_case_and_spacing() -> None:
    assert accepted_encodings(" GZIP ;q=1.0,br ; q=0 , zstd") == {"gzip", "zstd"}
