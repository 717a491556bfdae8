"""API keys: shown once, bounded by scope and owner, ended at once; and keys that somebody made up."""

import asyncio
import binascii
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.accounts.documents import (
    CREATE_KEY,
    CREATE_TEAM,
    ENROL,
    EVERYWHERE,
    REVOKE_KEY,
    STEP_UP,
    UPDATE_USER,
    VIEWER,
    done,
    execute,
    fetch,
    proved_long_ago,
    refused,
)
from tests.cli.command import Command
from tests.support.client import Client
from tests.support.people import Person, a_person
from tests.support.socket import Socket
from tests.support.system import System

KEYS = "{ apiKeys { id name prefix scopes expiresAt lastUsedAt revokedAt } }"
SESSION_ENDED = 4401


async def a_key(person: Person, *scopes: str, **input: object) -> tuple[str, str]:
    """(global id, secret) of a new key."""
    payload = await done(person, CREATE_KEY, name="for a test", scopes=list(scopes or ("READ",)), **input)
    return payload["apiKey"]["id"], payload["secret"]


def checksummed(prefix: str, secret: str) -> str:
    """A key whose checksum is right."""
    return f"{prefix}_{secret}_{binascii.crc32(f'{prefix}_{secret}'.encode()):08x}"


async def asks(client: Client, key: str) -> dict | None:
    """Who the API says this key is."""
    client.token = key
    return (await client.run(VIEWER))["viewer"]


async def test_a_key_speaks_for_its_owner_and_is_kept_as_a_digest_alone(system: System, client: Client, editor: Person) -> None:
    payload = await done(editor, CREATE_KEY, name="  nightly  load ", scopes=["WRITE", "READ"])
    key, secret = payload["apiKey"], payload["secret"]
    assert key | {"id": ""} == {
        "id": "", "name": "nightly load", "prefix": secret[:19], "scopes": ["READ", "WRITE"],
        "expiresAt": None, "lastUsedAt": None, "revokedAt": None,
    }  # fmt: skip
    assert await asks(client, secret) == {"email": editor.email}
    (listed,) = (await editor.run(KEYS))["apiKeys"]
    assert listed["lastUsedAt"] is not None
    assert await client.run("query N($id: ID!) { node(id: $id) { id } }", id=key["id"]) == {"node": {"id": key["id"]}}
    connection = await system.database()
    dump = str(await connection.fetch("SELECT * FROM api_keys")) + str(await connection.fetch("SELECT * FROM audit_events"))
    await connection.close()
    assert secret.split("_")[2] not in dump


async def test_a_repeated_request_makes_one_key_and_shows_no_secret_again(editor: Person) -> None:
    body = {"input": {"name": "once", "scopes": ["READ"]}}
    first, second = [
        (await editor.post(CREATE_KEY, body, Idempotency_Key="0123456789abcdef")).json()["data"]["createApiKey"] for _ in range(2)
    ]
    assert first["apiKey"] == second["apiKey"]
    assert first["secret"] is not None
    assert second["secret"] is None
    assert len((await editor.run(KEYS))["apiKeys"]) == 1


async def test_no_key_that_somebody_made_up_or_changed_opens_anything(client: Client, editor: Person, boss: Person) -> None:
    _, mine = await a_key(editor)
    _, theirs = await a_key(boss, "ADMIN")
    prefix, secret = mine[:19], mine.split("_")[2]
    made = {
        "without checksum": f"{prefix}_{secret}",
        "another checksum": f"{prefix}_{secret}_00000000",
        "another secret": checksummed(prefix, "0" * 64),
        "one digit changed": checksummed(prefix, ("1" if secret[0] == "0" else "0") + secret[1:]),
        "half a secret": checksummed(prefix, secret[:32]),
        "an empty secret": checksummed(prefix, ""),
        "my secret under another id": checksummed(theirs[:19], secret),
        "an id that does not exist": checksummed("dk_" + "0" * 16, secret),
        "upper case": mine.upper(),
        "twice": mine + mine,
        "with a line break": mine.replace("_", "_ ", 1),
        "the secret alone": secret,
        "a wildcard": checksummed("dk_%", secret),
        "SQL": "dk_' OR '1'='1_" + secret,
        "a digest for a secret": checksummed(prefix, hashlib.sha256(secret.encode()).hexdigest()),
        "very long": "dk_" + "a" * 8_000,
    }
    for name, key in made.items():
        assert await asks(client, key) is None, name
    assert await asks(client, mine) == {"email": editor.email}
    client.token = made["another secret"]
    answer = (await client.post("{ datasets(first: 1) { edges { cursor } } }")).json()
    assert answer["errors"][0]["message"] == "This API key is wrong, has ended or was revoked. Make another one."


async def test_a_key_that_ended_was_revoked_or_lost_its_owner_opens_nothing(system: System, client: Client, boss: Person) -> None:
    async with a_person(system, "EDITOR") as owner:
        ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        keys = [await a_key(owner, expiresAt=ends), await a_key(owner), await a_key(owner)]
        for _, secret in keys:
            assert await asks(client, secret) == {"email": owner.email}
        await execute(system, "UPDATE api_keys SET expires_at = now() WHERE prefix = $1", keys[0][1][:19])
        assert await asks(client, keys[0][1]) is None
        revoked = (await done(owner, REVOKE_KEY, id=keys[1][0]))["apiKey"]
        assert revoked["revokedAt"] is not None
        assert await asks(client, keys[1][1]) is None
        assert (await refused(owner, REVOKE_KEY, id=keys[1][0])) == ("NOT_FOUND", "There is no such key, or it was revoked.")
        await done(boss, UPDATE_USER, id=owner.id, active=False)
        assert await asks(client, keys[2][1]) is None
        await done(boss, UPDATE_USER, id=owner.id, active=True)
        assert await asks(client, keys[2][1]) is None


async def test_a_key_does_less_than_its_owner_when_its_scope_says_so(client: Client, boss: Person) -> None:
    for scope in ("READ", "WRITE", "MANAGE"):
        _, client.token = await a_key(boss, scope)
        needed = "WRITE" if scope == "READ" else "ADMIN"
        expected = ("FORBIDDEN", f"This API key does not have the scope {needed}.")
        assert await refused(client, CREATE_TEAM, name=f"by {scope}") == expected
    _, client.token = await a_key(boss, "ADMIN")
    await done(client, CREATE_TEAM, name=f"by a key of {boss.email}")


async def test_a_key_makes_no_key_and_changes_no_second_factor(client: Client, boss: Person, editor: Person) -> None:
    _, client.token = await a_key(boss, "ADMIN")
    no_person = "An API key cannot do this. Sign in as a person."
    assert await refused(client, CREATE_KEY, name="another", scopes=["READ"]) == ("FORBIDDEN", no_person)
    assert await refused(client, ENROL) == ("FORBIDDEN", no_person)
    assert await refused(client, EVERYWHERE) == ("FORBIDDEN", no_person)
    assert await refused(client, UPDATE_USER, id=editor.id, role="ADMIN") == ("STEP_UP_REQUIRED", no_person)
    assert (await refused(client, STEP_UP, password="x"))[0] == "FORBIDDEN"
    assert len((await boss.run(KEYS))["apiKeys"]) == 1


async def test_a_key_is_made_only_after_a_fresh_proof_and_within_bounds(system: System, editor: Person) -> None:
    now = datetime.now(UTC)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"name": " "}, "INVALID_INPUT"),
        ({"name": "x" * 101}, "INVALID_INPUT"),
        ({"name": "a\x07b"}, "INVALID_INPUT"),
        ({"name": "\u202egnp.exe"}, "INVALID_INPUT"),
        ({"scopes": []}, "INVALID_INPUT"),
        ({"scopes": ["ADMIN"]}, "FORBIDDEN"),
        ({"expiresAt": (now - timedelta(seconds=1)).isoformat()}, "INVALID_INPUT"),
        ({"expiresAt": (now + timedelta(days=367)).isoformat()}, "INVALID_INPUT"),
        ({"expiresAt": "2030-01-01T00:00:00"}, "INVALID_INPUT"),
    ]
    for given, code in wrong:
        assert (await refused(editor, CREATE_KEY, **({"name": "key", "scopes": ["READ"]} | given)))[0] == code, given
    await proved_long_ago(system, editor)
    assert (await refused(editor, CREATE_KEY, name="key", scopes=["READ"]))[0] == "STEP_UP_REQUIRED"
    assert (await editor.run(KEYS))["apiKeys"] == []


async def test_an_account_has_fifty_keys_at_most_however_they_are_asked_for(system: System, editor: Person) -> None:
    await execute(
        system,
        "INSERT INTO api_keys (id, user_id, name, prefix, secret_hash, scopes) "
        "SELECT gen_random_uuid(), $1, 'old', substr(gen_random_uuid()::text, 1, 30), sha256('x'), ARRAY['READ'] "
        "FROM generate_series(1, 47)",
        editor.row_id,
    )
    answers = await asyncio.gather(*(editor.mutate(CREATE_KEY, name=f"{n}", scopes=["READ"]) for n in range(6)))
    assert sorted(error["code"] for answer in answers for error in answer["errors"]) == ["LIMIT_EXCEEDED"] * 3
    assert await fetch(system, "SELECT count(*) FROM api_keys WHERE user_id = $1", editor.row_id) == [(50,)]


async def test_nobody_sees_or_revokes_the_key_of_another_but_an_administrator(
    client: Client, editor: Person, boss: Person, viewer: Person
) -> None:
    key_id, secret = await a_key(editor)
    assert await refused(viewer, REVOKE_KEY, id=key_id) == ("NOT_FOUND", "There is no such key, or it was revoked.")
    for person in (viewer, boss):
        assert await person.run("query N($id: ID!) { node(id: $id) { id } }", id=key_id) == {"node": None}
    for scope, why in (("READ", "This API key does not have the scope WRITE."), ("WRITE", "This key may revoke itself only.")):
        _, client.token = await a_key(editor, scope)
        assert await refused(client, REVOKE_KEY, id=key_id) == ("FORBIDDEN", why)
    assert await asks(client, secret) == {"email": editor.email}
    await done(boss, REVOKE_KEY, id=key_id)
    assert await asks(client, secret) is None


async def test_a_socket_opened_with_a_key_ends_when_the_key_does(system: System, editor: Person) -> None:
    key_id, secret = await a_key(editor)
    async with await Socket.signed_in(system.url, secret) as socket:
        await socket.subscribe("subscription { datasetStatusChanged { sequence } }")
        await done(editor, REVOKE_KEY, id=key_id)
        assert await socket.closed() == SESSION_ENDED


async def test_the_command_uploads_with_a_key(system: System, editor: Person, tmp_path: Path) -> None:
    _, secret = await a_key(editor, "MANAGE")
    command = Command(system.url, tmp_path)
    command.file("fruit.csv", b"id,name\n1,apple\n2,pear\n")
    run = await command.run(
        "upload", "fruit.csv", "--dataset", f"Fruit of {editor.email}", "--publish", "--json",
        DATAKURA_TOKEN=secret, DATAKURA_EMAIL="", DATAKURA_PASSWORD="",
    )  # fmt: skip
    assert (run.status, [line["status"] for line in run.lines]) == (0, ["READY"]), run.err
    assert secret not in run.out + run.err


@pytest.mark.parametrize("scheme", ["Basic", "Token", "dk"])
async def test_a_key_under_another_scheme_opens_nothing(client: Client, editor: Person, scheme: str) -> None:
    _, secret = await a_key(editor)
    answer = (await client.post(VIEWER, Authorization=f"{scheme} {secret}")).json()
    assert answer["data"] == {"viewer": None}
