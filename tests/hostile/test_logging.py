"""Secrets in what is logged: whoever passes one on, and wherever in a line it stands, it is not in the log."""

import logging
from pathlib import Path

import orjson
import pytest
import structlog

from app.api import access_log
from app.core import logging as logs
from app.core import security
from app.core.settings import Settings

SECRET = "canary" + "0123456789abcdef" * 4
PLACES = {
    "an API key": f"refused dk_{SECRET} just now",
    "an API key that is cut short": f"dk_{SECRET[:12]}",
    "the address of a one-time link": f"https://data.example.com/reset-password#{SECRET}",
    "the answer of a provider": f"GET /oidc/callback?code={SECRET}&state={SECRET} 303",
    "a bearer token": f"Authorization: Bearer {SECRET}",
    "an access token": f"eyJhbGciOiJFZERTQSJ9.{SECRET}.{SECRET}",
    "an address with a password": f"postgresql+asyncpg://me:{SECRET}@db.example.com/x",
    "a presigned address": f"https://s3.example.com/a?X-Amz-Credential=b&X-Amz-Signature={SECRET}",
}


@pytest.fixture
def lines(tmp_path: Path) -> "object":
    """What was logged, as it stands in the file."""
    before = (logging.getLogger().handlers, logging.getLogger().level, structlog.get_config())
    logs.configure(Settings(profile="test", log_dir=tmp_path), process="canary")

    def read() -> list[bytes]:
        for handler in logging.getLogger().handlers:
            handler.flush()
        return (tmp_path / "canary.log").read_bytes().splitlines()

    yield read
    for handler in logging.getLogger().handlers:
        handler.close()
    logging.getLogger().handlers, logging.getLogger().level = before[0], before[1]
    structlog.configure(**before[2])


@pytest.mark.parametrize("place", PLACES)
def test_no_line_of_the_log_holds_a_secret(lines, place: str) -> None:  # type: ignore[no-untyped-def]  # the fixture's own reader
    text = PLACES[place]
    structlog.get_logger("canary").info("said", text=text, inside={"list": [text, {"deeper": text}], "password": SECRET})
    structlog.get_logger("canary").info(text)
    logging.getLogger("canary").warning("by the library: %s", text)
    try:
        raise RuntimeError(text)
    except RuntimeError:
        structlog.get_logger("canary").exception("failed")
    found = lines()
    assert [orjson.loads(line)["level"] for line in found] == ["info", "info", "warning", "error"]
    assert [line for line in found if b"canary0123" in line] == []


def test_what_makes_links_makes_what_is_masked() -> None:
    assert logs.mask(f"/invitation#{security.new_secret()}") == "/invitation#***"


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ({"data": {"viewer": None}}, "ok"),
        ({"data": {"signIn": {"session": {"accessToken": "x"}, "errors": []}}}, "ok"),
        ({"data": {"signIn": {"session": None, "errors": [{"code": "INVALID_CREDENTIALS"}]}}}, "INVALID_CREDENTIALS"),
        ({"data": {"a": {"errors": []}, "b": {"errors": [{"message": "No."}]}}}, "REFUSED"),
        ({"data": None, "errors": [{"extensions": {"code": "FORBIDDEN"}}]}, "FORBIDDEN"),
        ({"errors": [{"message": "No."}]}, "BAD_REQUEST"),
    ],
)
def test_what_was_refused_is_no_success_in_the_access_log(body: dict[str, object], result: str) -> None:
    assert access_log.outcome(body) == result
