"""Accounts as administrators make and change them."""

import asyncio

import pytest

from tests.accounts.documents import (
    CREATE_KEY,
    CREATE_USER,
    UPDATE_USER,
    VIEWER,
    done,
    execute,
    fetch,
    proved_long_ago,
    refused,
)
from tests.support.client import Client
from tests.support.people import Person, a_person
from tests.support.socket import Socket
from tests.support.system import PASSWORD, System

USERS = """query Users($first: Int!, $after: String) { users(first: $first, after: $after) {
    edges { cursor node { id email role active } } pageInfo { hasNextPage endCursor } } }"""
NOT_ADMIN = ("FORBIDDEN", "Only administrators may do this.")


def new(name: str, **input: object) -> dict[str, object]:
    return {"email": f"{name}@new.example", "displayName": name, "role": "EDITOR", "password": PASSWORD} | input


async def test_a_new_account_signs_in_with_its_password(client: Client, boss: Person) -> None:
    user = (await done(boss, CREATE_USER, **new("amy", displayName=" Amy \u3000 Ito ")))["user"]
    assert user | {"id": ""} == {"id": "", "email": "amy@new.example", "displayName": "Amy Ito", "role": "EDITOR", "active": True}
    await client.sign_in("AMY@new.example")
    assert await client.run(VIEWER) == {"viewer": {"email": "amy@new.example"}}


async def test_an_address_has_one_account_in_whatever_case_even_at_once(system: System, boss: Person) -> None:
    answers = await asyncio.gather(
        *(
            boss.mutate(CREATE_USER, **new("bob", email=email))
            for email in ("bob@new.example", "BOB@new.example", " bob@NEW.example")
        )
    )
    assert sorted(error["code"] for answer in answers for error in answer["errors"]) == ["CONFLICT", "CONFLICT"]
    assert await fetch(system, "SELECT count(*) FROM users WHERE lower(email) = 'bob@new.example'") == [(1,)]


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "@example.com"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"email": "a b@c"}, "email"),
        ({"email": "a@c\nBcc: d@e"}, "email"),
        ({"email": "a,b@c"}, "email"),
        ({"email": "a" * 320 + "@c"}, "email"),
        ({"displayName": " "}, "displayName"),
        ({"displayName": "x" * 201}, "displayName"),
        ({"displayName": "a\u202eb"}, "displayName"),
        ({"password": "short"}, "password"),
        ({"password": "x1" * 65}, "password"),
        ({"password": "Password123"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"password": "cleo@new.example"}, "password"),
    ],
)
async def test_what_cannot_be_accepted_is_told_at_its_field(system: System, boss: Person, input: dict, path: str) -> None:
    (error,) = (await boss.mutate(CREATE_USER, **new("cleo", **input)))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])
    assert await fetch(system, "SELECT 1 FROM users WHERE display_name = 'cleo'") == []


async def test_only_administrators_change_accounts(system: System, editor: Person, viewer: Person) -> None:
    for person in (editor, viewer):
        assert await refused(person, CREATE_USER, **new("dan")) == NOT_ADMIN
        assert await refused(person, UPDATE_USER, id=person.id, role="ADMIN") == NOT_ADMIN
    assert await fetch(system, "SELECT role FROM users WHERE id = $1", editor.row_id) == [("EDITOR",)]


async def test_a_role_is_given_only_after_a_fresh_proof(system: System, boss: Person, editor: Person) -> None:
    await proved_long_ago(system, boss)
    assert (await refused(boss, UPDATE_USER, id=editor.id, role="ADMIN"))[0] == "STEP_UP_REQUIRED"
    assert (await refused(boss, CREATE_USER, **new("eve", role="ADMIN")))[0] == "STEP_UP_REQUIRED"
    assert (await done(boss, UPDATE_USER, id=editor.id, displayName="Ed"))["user"]["displayName"] == "Ed"
    assert await fetch(system, "SELECT role, display_name FROM users WHERE id = $1", editor.row_id) == [("EDITOR", "Ed")]


async def test_a_field_that_is_not_given_stays_and_no_other_can_be_set(boss: Person, editor: Person) -> None:
    assert (await done(boss, UPDATE_USER, id=editor.id, role="VIEWER"))["user"] == {
        "id": editor.id, "role": "VIEWER", "active": True, "displayName": "A editor",
    }  # fmt: skip
    for field in ("email", "passwordHash", "password", "mfaEnabled", "createdAt"):
        answer = (await boss.post(UPDATE_USER, {"input": {"id": editor.id, field: "x"}})).json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST", field


async def test_deactivation_ends_sessions_keys_and_sockets(system: System, client: Client, boss: Person) -> None:
    async with a_person(system, "EDITOR") as gone:
        client.token = (await done(gone, CREATE_KEY, name="key", scopes=["READ"]))["secret"]
        async with (
            await Socket.signed_in(system.url, gone.token) as by_session,
            await Socket.signed_in(system.url, client.token) as by_key,
        ):
            await by_session.subscribe("subscription { datasetStatusChanged { sequence } }")
            await done(boss, UPDATE_USER, id=gone.id, active=False)
            assert [(await client.run(VIEWER))["viewer"] for client in (gone, client)] == [None, None]
            assert await by_session.closed() == 4401
            assert await by_key.closed() == 4401
        await done(boss, UPDATE_USER, id=gone.id, active=True)
        # Neither comes back with the account.
        assert [(await client.run(VIEWER))["viewer"] for client in (gone, client)] == [None, None]


async def test_one_administrator_always_remains(system: System) -> None:
    async with a_person(system, "ADMIN") as one, a_person(system, "ADMIN") as other:
        await execute(
            system, "UPDATE users SET active = false WHERE role = 'ADMIN' AND id <> ALL ($1)", [one.row_id, other.row_id]
        )
        try:
            answers = await asyncio.gather(
                one.mutate(UPDATE_USER, id=other.id, role="VIEWER"), other.mutate(UPDATE_USER, id=one.id, active=False)
            )
            left = await fetch(system, "SELECT count(*) FROM users WHERE role = 'ADMIN' AND active")
            (survivor,) = [p for p in (one, other) if (await p.run("{ viewer { role } }"))["viewer"] == {"role": "ADMIN"}]
            last = await refused(survivor, UPDATE_USER, id=survivor.id, role="EDITOR")
        finally:
            await execute(system, "UPDATE users SET active = true WHERE role = 'ADMIN'")
    assert left == [(1,)]
    assert sum(len(answer["errors"]) for answer in answers) == 1
    assert last == ("CONFLICT", "This is the last active administrator. Make another one first.")


async def test_the_list_of_accounts_pages_through_each_once(system: System, viewer: Person) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = (await viewer.run(USERS, first=7, after=after))["users"]
        seen += [edge["node"]["email"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    stored = [email for (email,) in await fetch(system, "SELECT email FROM users ORDER BY created_at, id")]
    assert seen == stored


async def test_an_account_that_does_not_exist_is_not_found(boss: Person) -> None:
    assert await refused(boss, UPDATE_USER, id="uAAAAAAAAAAAAAAAAAAAAAA", active=False) == (
        "NOT_FOUND",
        "There is no such account.",
    )
    assert (await refused(boss, UPDATE_USER, id=boss.id.replace("u", "d", 1), active=False))[0] == "INVALID_INPUT"
