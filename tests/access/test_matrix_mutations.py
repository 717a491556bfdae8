"""Every mutation as every kind of principal: what `app.api.policy` says is what happens."""

from collections.abc import Iterable

import asyncpg
import pytest

from app.api.policy import POLICY, Who
from app.core.ids import uuid7
from app.schema.ids import from_id
from app.services.access import Level
from tests.access import operations, throwaway
from tests.access.matrix import SCHEMA, Matrix, codes, is_open, object_type
from tests.access.operations import account_mutations, mutation, mutations
from tests.access.world import Principal, World, a_key
from tests.support.people import signer

ROLES = {"viewer": "VIEWER", "reader": "VIEWER", "other": "EDITOR", "writer": "EDITOR", "owner": "EDITOR", "admin": "ADMIN"}
SCOPES = {"READ": "owner", "WRITE": "owner", "MANAGE": "owner", "ADMIN": "admin"}


def payload_checks(matrix: Matrix, principal: Principal, name: str, answer: dict, allowed: bool, refusals: set[str]) -> None:
    """A mutation and each field of its payload."""
    assert SCHEMA.mutation_type is not None
    payload_type = object_type(str(SCHEMA.mutation_type.fields[name].type).rstrip("!"))
    payload = (answer.get("data") or {}).get(name)
    got = {error["code"] for error in payload["errors"]} if payload else set(codes(answer))
    refused = bool(got & {"UNAUTHENTICATED", "NOT_FOUND", "FORBIDDEN"})
    holds = not refused if allowed else (got <= refusals and bool(got))
    matrix.check(principal, ("Mutation", name), f"allowed: {allowed}", holds, answer)
    for field in payload_type.fields:
        silent = allowed or payload is None or field == "errors" or payload[field] in (None, [])
        matrix.check(principal, (payload_type.name, field), "nothing with errors", silent, answer)


async def check_dataset_mutations(matrix: Matrix) -> list[str]:
    """Each on a dataset of its own; returns those on which somebody was refused."""
    world = matrix.world
    names = list(mutations(operations.ids(world)))
    cases = [(name, principal) for name in names for principal in world.principals.values()]
    refused = []
    for (name, principal), on in zip(cases, await throwaway.make(world, len(cases)), strict=True):
        who = POLICY["Mutation", name]
        allowed = is_open(who, principal, uploader=principal.name == "writer")
        answer = await world.ask(principal.name, mutation(SCHEMA, name), input=mutations(on)[name])
        if not principal.signed_in:
            refusals = {"UNAUTHENTICATED"}
        elif who is Who.EDITOR or principal.level >= Level.READ:
            refusals = {"FORBIDDEN"}
        else:
            refusals = {"NOT_FOUND"}
        payload_checks(matrix, principal, name, answer, allowed, refusals)
        if not allowed:
            refused.append(on.dataset)
    return refused


class Clones:
    """Other accounts of the same kinds, whose sessions may end."""

    def __init__(self, world: World, connection: asyncpg.Connection):
        self._world, self._connection = world, connection
        self._users = {name: uuid7() for name in ROLES}
        self._keys: dict[str, dict[str, str]] = {}

    async def make(self) -> None:
        rows = [(self._users[name], f"{self._users[name].hex}@example.com", role) for name, role in ROLES.items()]
        await self._connection.executemany(
            "INSERT INTO users (id, email, email_key, display_name, role) VALUES ($1, $2::text, $2::text, 'A clone', $3)", rows
        )
        for scope, owner in SCOPES.items():
            self._keys[f"key {scope}"] = await a_key(self._connection, self._users[owner], scope)

    async def sign_in(self) -> dict[str, dict[str, str]]:
        """name -> headers; each in a new session."""
        sessions = {name: uuid7() for name in ROLES}
        await self._connection.executemany(
            "INSERT INTO sign_in_sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')",
            [(sessions[name], self._users[name]) for name in ROLES],
        )
        sign = signer(self._world.system).sign
        tokens = {name: sign(self._users[name], sessions[name]).encoded for name in ROLES}
        people = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
        nobody = {name: self._world.principals[name].headers for name in ("anonymous", "revoked")}
        return {**people, **self._keys, **nobody}

    def user(self, principal: str) -> object:
        """Id of the account."""
        return self._users[SCOPES[principal.removeprefix("key ")] if principal.startswith("key ") else principal]

    async def sessions_of(self, names: Iterable[str]) -> dict[str, int]:
        """How many sessions of each account have not ended."""
        found = await self._connection.fetch(
            "SELECT user_id, count(*) FROM sign_in_sessions WHERE revoked_at IS NULL AND user_id = ANY($1) GROUP BY user_id",
            [self.user(name) for name in names],
        )
        counts = {row[0]: row[1] for row in found}
        return {name: counts.get(self.user(name), 0) for name in names}


async def check_account_mutations(matrix: Matrix) -> None:
    world = matrix.world
    async with world.database() as connection:
        clones = Clones(world, connection)
        await clones.make()
        for name, given in account_mutations().items():
            who, headers = POLICY["Mutation", name], await clones.sign_in()
            body = {"query": mutation(SCHEMA, name), "variables": {"input": given} if given is not None else {}}
            for principal in world.principals.values():
                answer = (await world.http.post("/graphql", json=body, headers=headers[principal.name])).json()
                # Nothing that is named exists: who may use it learns that there is none.
                allowed = is_open(who, principal, uploader=False)
                refusals = {"UNAUTHENTICATED"} if not principal.signed_in else {"FORBIDDEN", "NOT_FOUND"}
                payload = (answer.get("data") or {}).get(name)
                got = {error["code"] for error in payload["errors"]} if payload else set(codes(answer))
                if (who is Who.ADMINISTRATOR and principal.administrator) or (who is Who.PERSON and allowed):
                    matrix.check(
                        principal, ("Mutation", name), "not FORBIDDEN", not got & {"FORBIDDEN", "UNAUTHENTICATED"}, answer
                    )
                    allowed, refusals = not got & {"NOT_FOUND"}, {"NOT_FOUND"}
                elif principal.signed_in and (who is Who.PERSON or who is Who.ADMINISTRATOR or principal.name == "key READ"):
                    refusals = {"FORBIDDEN"}
                payload_checks(matrix, principal, name, answer, allowed, refusals)


@pytest.mark.timeout(300)
async def test_every_mutation_does_for_every_principal_what_the_policy_says(world: World) -> None:
    matrix = Matrix(world)
    refused = await check_dataset_mutations(matrix)
    await check_account_mutations(matrix)
    assert matrix.wrong == [], "\n" + "\n".join(map(str, matrix.wrong))
    assert await throwaway.touched(world, [from_id(one, "Dataset") for one in refused]) == []
    assert matrix.unchecked("mutations") == []


async def test_a_key_that_may_not_write_ends_no_session_and_follows_nothing(world: World) -> None:
    watches = "query W($id: ID!) { dataset(id: $id) { watched } }"
    async with world.database() as connection:
        clones = Clones(world, connection)
        await clones.make()
        headers = await clones.sign_in()
        before = await clones.sessions_of(["key READ", "key ADMIN"])
        for name in ("key READ", "key ADMIN"):
            body = {"query": mutation(SCHEMA, "signOutEverywhere"), "variables": {}}
            answer = (await world.http.post("/graphql", json=body, headers=headers[name])).json()
            assert [error["code"] for error in answer["data"]["signOutEverywhere"]["errors"]] == ["FORBIDDEN"]
        assert await clones.sessions_of(["key READ", "key ADMIN"]) == before == {"key READ": 1, "key ADMIN": 1}
    answer = await world.give("key READ", mutation(SCHEMA, "watchDataset"), input={"datasetId": world.dataset})
    assert [error["code"] for error in answer["watchDataset"]["errors"]] == ["FORBIDDEN"]
    assert (await world.give("key READ", watches, id=world.dataset)) == {"dataset": {"watched": False}}
