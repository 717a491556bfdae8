"""Accounts beside the administrator, each with a session and a client."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.core.ids import uuid7
from app.core.security import TokenSigner
from app.schema.ids import to_id
from tests.support.client import Client
from tests.support.system import EMAIL, System

GRANT = """mutation GrantAccess($input: GrantAccessInput!) { grantAccess(input: $input) {
    grant { id level user { id } expiresAt } errors { code message path } } }"""


class Person(Client):
    """Somebody with a session; `id` is the global id."""

    def __init__(self, url: str, row_id: UUID, email: str, session_id: UUID, token: str):
        super().__init__(url)
        self.row_id, self.email, self.session_id, self.token = row_id, email, session_id, token
        self.id = to_id("User", row_id)


def signer(system: System) -> TokenSigner:
    """Signs as the api of this system does."""
    return system.signer


@asynccontextmanager
async def a_person(system: System, role: str, *, password_hash: str | None = None) -> AsyncIterator[Person]:
    """A new account with this role, signed in."""
    row_id, session_id = uuid7(), uuid7()
    email = f"{row_id.hex}@example.com"
    connection = await system.database()
    await connection.execute(
        "INSERT INTO users (id, email, email_key, display_name, role, password_hash) VALUES ($1, $2::text, $2::text, $3, $4, $5)",
        row_id, email, f"A {role.lower()}", role, password_hash,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO sign_in_sessions (id, user_id, expires_at) VALUES ($1, $2, $3)",
        session_id, row_id, datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    await connection.close()
    async with Person(system.url, row_id, email, session_id, signer(system).sign(row_id, session_id).encoded) as person:
        yield person


@asynccontextmanager
async def the_administrator(system: System) -> AsyncIterator[Person]:
    """The administrator in a new session, without a password: how often one may sign in is limited."""
    session_id = uuid7()
    connection = await system.database()
    user_id = await connection.fetchval("SELECT id FROM users WHERE email = $1", EMAIL)
    await connection.execute(
        "INSERT INTO sign_in_sessions (id, user_id, expires_at) VALUES ($1, $2, $3)",
        session_id, user_id, datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    await connection.close()
    token = signer(system).sign(user_id, session_id).encoded
    async with Person(system.url, user_id, EMAIL, session_id, token) as person:
        yield person


@dataclass
class People:
    """A viewer and two editors."""

    viewer: Person
    editor: Person
    other: Person

    async def grant(self, by: Client, dataset_id: str, to: Person, level: str, *, seconds: float | None = None) -> str:
        """The id of a grant, which ends after `seconds` when they are given."""
        ends = None if seconds is None else (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        payload = await by.mutate(GRANT, datasetId=dataset_id, userId=to.id, level=level, expiresAt=ends)
        assert payload["errors"] == [], payload
        return payload["grant"]["id"]


@asynccontextmanager
async def some_people(system: System) -> AsyncIterator[People]:
    """People with new accounts."""
    async with AsyncExitStack() as stack:
        viewer, editor, other = [
            await stack.enter_async_context(a_person(system, role)) for role in ("VIEWER", "EDITOR", "EDITOR")
        ]
        yield People(viewer, editor, other)
