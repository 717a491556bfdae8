"""Where a second factor is required, an account without one can set one up, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import websockets
from graphql import GraphQLNonNull

from app.api.schema import make_schema
from tests.accounts.documents import CONFIRM, CREATE_KEY, DISABLE, ENROL, STEP_UP, done, execute, fetch, proved_long_ago
from tests.accounts.test_second_factor import code_of
from tests.hostile.injection import plain, selection
from tests.hostile.test_sockets import listening
from tests.support.people import Person
from tests.support.socket import Socket
from tests.support.system import PASSWORD, System

WHO = "{ viewer { email mfaEnabled mfaRequired } }"
DATASETS = "{ datasets(first: 1) { pageInfo { hasNextPage } } }"
SCHEMA = make_schema()._schema
OPEN = {
    "viewer", "signInOptions",
    "signIn", "verifyTotp", "refreshSession", "signOut", "requestPasswordReset", "resetPassword", "acceptInvitation",
    "enrollTotp", "confirmTotp", "stepUp",
}  # fmt: skip
"""Root fields that are answered: those for everybody, and the way to a second factor."""


@dataclass(frozen=True)
class Demanding:
    """An api that wants a second factor of administrators."""

    url: str

    @asynccontextmanager
    async def by(self, person: Person) -> AsyncIterator[Person]:
        """The same person in front of this api."""
        assert person.token
        async with Person(self.url, person.row_id, person.email, person.session_id, person.token) as here:
            yield here


@pytest.fixture(scope="module")
async def demanding(system: System) -> AsyncIterator[Demanding]:
    async with listening(system, require_second_factor="admins") as url:
        yield Demanding(url)


async def code_of_refusal(person: Person, query: str) -> str:
    """Of the only error; nothing was answered."""
    body = (await person.post(query)).json()
    (error,) = body["errors"]
    assert not any((body.get("data") or {}).values()), body
    return str(error["extensions"]["code"])


def every_root_field() -> list[tuple[str, str]]:
    """(name, document) of each query and mutation, with whatever it needs."""
    found = []
    for kind, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            needed = [f"{key}: {plain(one.type)}" for key, one in field.args.items() if isinstance(one.type, GraphQLNonNull)]
            given = f"({', '.join(needed)})" if needed else ""
            found.append((name, f"{kind} {{ it: {name}{given} {selection(field)} }}"))
    return found


async def test_an_administrator_without_one_is_refused_everything_else(
    system: System, demanding: Demanding, boss: Person, editor: Person
) -> None:
    count = "SELECT (SELECT count(*) FROM datasets), (SELECT count(*) FROM users), (SELECT count(*) FROM audit_events)"
    async with demanding.by(boss) as here:
        before = await fetch(system, count)
        refusals = {name: await code_of_refusal(here, document) for name, document in every_root_field() if name not in OPEN}
        # That an id is none, a query may say before it looks at who asks.
        misread = {name for name, code in refusals.items() if code == "INVALID_INPUT"}
        assert misread < set(SCHEMA.query_type.fields if SCHEMA.query_type else ())
        assert {code for name, code in refusals.items() if name not in misread} == {"SECOND_FACTOR_REQUIRED"}, refusals
        assert len(refusals) > 80
        assert await fetch(system, count) == before
        answer = await here.http.get("/audit/export", headers={"Authorization": f"Bearer {boss.token}"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (403, {"code": "SECOND_FACTOR_REQUIRED"})
        socket = await Socket.open(demanding.url)
        await socket.send("connection_init", payload={"authorization": f"Bearer {boss.token}"})
        with pytest.raises(websockets.ConnectionClosed):
            await socket.receive()
        assert socket.connection.close_code == 4403
        assert await here.run(WHO) == {"viewer": {"email": boss.email, "mfaEnabled": False, "mfaRequired": True}}
    # Who is no administrator notices nothing, and where nothing is required nobody does.
    async with demanding.by(editor) as here:
        await here.run(DATASETS)
        assert await here.run(WHO) == {"viewer": {"email": editor.email, "mfaEnabled": False, "mfaRequired": False}}
    await boss.run(DATASETS)


async def test_everything_is_open_once_it_is_set_up_and_closed_when_it_is_off(
    system: System, demanding: Demanding, boss: Person
) -> None:
    await execute(
        system, "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = 'admin@example.com') WHERE id = $1",
        boss.row_id,
    )  # fmt: skip
    await proved_long_ago(system, boss)
    async with demanding.by(boss) as here:
        await done(here, STEP_UP, password=PASSWORD)
        secret = (await done(here, ENROL))["secret"]
        assert await code_of_refusal(here, DATASETS) == "SECOND_FACTOR_REQUIRED"
        assert (await done(here, CONFIRM, code=code_of(secret)))["viewer"] == {"mfaEnabled": True}
        await here.run(DATASETS)
        assert (await here.run(WHO))["viewer"]["mfaRequired"] is True
        async with await Socket.signed_in(demanding.url, boss.token) as socket:
            await socket.subscribe("subscription { datasetStatusChanged { sequence } }")
            await done(here, DISABLE)
            # Within a second, as whenever a session is worth less than it was.
            with pytest.raises(websockets.ConnectionClosed):
                while True:
                    await socket.receive()
            assert socket.connection.close_code == 4401
        assert await code_of_refusal(here, DATASETS) == "SECOND_FACTOR_REQUIRED"


async def test_its_api_keys_open_nothing_either(demanding: Demanding, boss: Person) -> None:
    key = (await done(boss, CREATE_KEY, name="nightly", scopes=["ADMIN"]))["secret"]
    async with demanding.by(boss) as here:
        here.token = key
        for asked in (DATASETS, WHO, ENROL):
            answer = (await here.post(asked)).json()
            error = answer["errors"][0]
            assert (error["extensions"]["code"], error["extensions"]["phrase"]["code"]) == (
                "SECOND_FACTOR_REQUIRED",
                "KEY_OWNER_SECOND_FACTOR",
            )
            assert not any((answer.get("data") or {}).values())
        here.token = boss.token
        secret = (await done(here, ENROL))["secret"]
        await done(here, CONFIRM, code=code_of(secret))
        here.token = key
        await here.run(DATASETS)


async def test_signing_out_needs_none(demanding: Demanding, boss: Person) -> None:
    async with demanding.by(boss) as here:
        await done(here, "mutation { signOut { errors { code message path } } }")
        assert await here.run("{ viewer { email } }") == {"viewer": None}
