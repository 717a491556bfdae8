"""A migrated database whose only rows are the tasks of one test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.core import ledger
from app.core.db import Database
from app.core.ledger import Claim
from app.core.settings import Settings
from app.core.viewer import System
from app.embedded.engines import Engines
from tests.support.engines import migrated_database

TEST = System("test")
ROOT = Path(__file__).parents[2]
ACTOR = "test.work"


@dataclass(frozen=True)
class Tasks:
    """The ledger's table: tasks are put there through the ledger, and looked at as they are."""

    db: Database

    async def put(self, **given: object) -> UUID:
        """A READY task; `given` as for ledger.enqueue."""
        async with self.db.transaction(TEST) as session:
            task_id = await ledger.enqueue(session, **{"actor": ACTOR, "args": {"id": "7"}, "queue": "heavy", **given})
        assert task_id is not None
        return task_id

    async def insert(self, state: str) -> UUID:
        """A task in any state, which no function of the ledger has made."""
        task_id = await self.put()
        await self.execute("DELETE FROM tasks WHERE id = :id", id=task_id)
        await self.execute(
            "INSERT INTO tasks (id, actor, queue, args, state, lease_until, finished_at) VALUES (:id, :actor, 'heavy', '{}', "
            "CAST(:state AS varchar), CASE WHEN CAST(:state AS varchar) = 'RUNNING' THEN now() END, "
            "CASE WHEN CAST(:state AS varchar) IN ('SUCCEEDED', 'DEAD', 'CANCELLED') THEN now() END)",
            id=task_id, actor=ACTOR, state=state,
        )  # fmt: skip
        return task_id

    async def claim(self, task_id: UUID, owner: str = "worker") -> Claim | None:
        async with self.db.transaction(TEST) as session:
            return await ledger.claim(session, task_id, owner=owner, lease_seconds=30)

    async def held(self, owner: str = "worker", **given: object) -> Claim:
        """The claim on a new task, which is RUNNING."""
        claim = await self.claim(await self.put(**given), owner)
        assert claim is not None
        return claim

    async def again(self, task_id: UUID, owner: str = "worker") -> Claim:
        """The next claim on a task, which need not wait any longer."""
        await self.change(task_id, "available_at = now()")
        claim = await self.claim(task_id, owner)
        assert claim is not None
        return claim

    async def lose(self, task_id: UUID) -> list[ledger.DeadTask]:
        """The lease of the task ended a second ago, and the reconciler has seen it."""
        await self.change(task_id, "lease_until = now() - interval '1 second'")
        async with self.db.transaction(TEST) as session:
            return await ledger.expire_leases(session)

    async def row(self, task_id: UUID) -> dict[str, object]:
        """All columns."""
        async with self.db.read(TEST) as connection:
            return dict((await connection.execute(text("SELECT * FROM tasks WHERE id = :id"), {"id": task_id})).one()._mapping)

    async def column(self, expression: str, task_id: UUID) -> object:
        """An expression over one row."""
        async with self.db.read(TEST) as connection:
            found = await connection.execute(text(f"SELECT {expression} FROM tasks WHERE id = :id"), {"id": task_id})
            return found.scalar_one()

    async def ids(self) -> set[UUID]:
        async with self.db.read(TEST) as connection:
            return set((await connection.execute(text("SELECT id FROM tasks"))).scalars())

    async def change(self, task_id: UUID, assignments: str) -> None:
        """Time passes, or an operator acts."""
        await self.execute(f"UPDATE tasks SET {assignments} WHERE id = :id", id=task_id)

    async def execute(self, statement: str, **parameters: object) -> None:
        async with self.db.transaction(TEST) as session:
            await session.execute(text(statement), parameters)


@pytest.fixture(scope="session")
async def ledger_database(engines: Engines) -> AsyncIterator[Database]:
    url = await migrated_database(engines, "ledger_tests")
    db = Database(Settings(database_url=SecretStr(url), profile="test", database_pool_size=20), application_name="ledger-tests")
    yield db
    await db.close()


@pytest.fixture
async def tasks(ledger_database: Database) -> Tasks:
    """An empty ledger."""
    tasks = Tasks(ledger_database)
    await tasks.execute("DELETE FROM tasks")
    return tasks
