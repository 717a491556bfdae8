"""What the database says when it is away or slow, in words for the caller."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.settings import Settings
from app.core.viewer import System
from app.embedded.engines import Engines

TEST = System("test")


async def test_a_statement_that_takes_too_long_is_unavailable_and_the_next_one_runs(engines: Engines) -> None:
    settings = Settings(database_url=SecretStr(engines.database_url), statement_timeout_seconds=0.05, profile="test")
    db = Database(settings, application_name="test-timeout")
    with pytest.raises(Unavailable, match="too long"):
        async with db.read(TEST) as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    async with db.read(TEST) as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await db.close()


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    db = Database(Settings(database_url=SecretStr("postgresql+asyncpg://u:p@127.0.0.1:1/none")), application_name="test-away")
    with pytest.raises(Unavailable, match="does not answer"):
        async with db.read(TEST):
            pass
    await db.close()


async def test_nobody_opens_no_session(engines: Engines) -> None:
    db = Database(Settings(database_url=SecretStr(engines.database_url)), application_name="test-nobody")
    with pytest.raises(TypeError, match="principal"):
        async with db.read(None):  # type: ignore[arg-type]
            pass
    await db.close()
