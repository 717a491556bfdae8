"""What the database says when it is away or slow, in words for the caller."""

import asyncio

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


async def test_of_two_transactions_that_wait_for_each_other_one_is_done_and_one_may_be_tried_again(engines: Engines) -> None:
    db = Database(Settings(database_url=SecretStr(engines.database_url)), application_name="test-circle")
    both = asyncio.Barrier(2)

    async def lock(*keys: int) -> None:
        async with db.transaction(TEST) as session:
            for key in keys:
                await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
                if key == keys[0]:
                    await both.wait()

    outcomes = await asyncio.gather(lock(711, 712), lock(712, 711), return_exceptions=True)
    (refused,) = [one for one in outcomes if one is not None]
    assert isinstance(refused, Unavailable)
    assert refused.message == "Somebody else changed the same at the same moment. Nothing was done; try again."
    await db.close()


async def test_nobody_opens_no_session(engines: Engines) -> None:
    db = Database(Settings(database_url=SecretStr(engines.database_url)), application_name="test-nobody")
    with pytest.raises(TypeError, match="principal"):
        async with db.read(None):  # type: ignore[arg-type]
            pass
    await db.close()
