"""Signing keys: published, replaced while everybody works, withdrawn; and secrets sealed with a new key."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest

from app.core.sealing import Place, Sealer, new_key, parse_keys
from app.embedded.engines import Engines
from tests.accounts.documents import VIEWER, execute, fetch
from tests.cli.command import Command, Run
from tests.support.client import Client
from tests.support.system import EMAIL, System, until


@pytest.fixture(scope="module")
async def own(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """An api with keys of its own: other tests sign with those of the shared system."""
    async with await System.prepared(
        engines, "keys", tmp_path_factory.mktemp("keys"), DATAKURA_ACCESS_TOKEN_SECONDS="600"
    ) as system:
        system.start("api")
        await system.until_ready()
        yield system


async def keys(system: System, *arguments: str, folder: Path, **environment: str) -> Run:
    """`datakura keys ...` for this system."""
    settings = {name: value for name, value in system.environment.items() if name.startswith("DATAKURA_")}
    return await Command(system.url, folder).run("keys", *arguments, **(settings | environment))


async def published(system: System) -> dict[str, dict]:
    """The key set by key id."""
    async with httpx.AsyncClient(base_url=system.url) as http:
        answer = await http.get("/.well-known/jwks.json")
    assert answer.headers["Content-Type"] == "application/json"
    return {key["kid"]: key for key in answer.json()["keys"]}


def key_id(client: Client) -> str:
    assert client.token is not None
    return jwt.get_unverified_header(client.token)["kid"]


async def test_others_can_check_a_token_by_the_published_key(own: System) -> None:
    async with Client(own.url) as client:
        await client.sign_in()
        assert client.token is not None
        found = (await published(own))[key_id(client)]
        assert {name: found[name] for name in ("kty", "crv", "alg", "use")} == {
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
        }  # fmt: skip
        assert set(found) == {"kty", "crv", "alg", "use", "kid", "x"}
        claims = jwt.decode(client.token, jwt.PyJWK(found), algorithms=["EdDSA"], audience="datakura-api", issuer="datakura")
        assert claims["exp"] - claims["iat"] == 600


async def test_a_private_key_is_sealed_and_gone_when_it_is_retired(own: System, tmp_path: Path) -> None:
    await keys(own, "rotate", folder=tmp_path)
    rows = await fetch(own, "SELECT id, key_id, private_key, retired_at FROM signing_keys ORDER BY created_at")
    assert [private is None for _, _, private, _ in rows] == [True] * (len(rows) - 1) + [False]
    assert [retired is None for *_, retired in rows] == [False] * (len(rows) - 1) + [True]
    sealer = Sealer(parse_keys(own.environment["DATAKURA_SECRET_KEYS"]))
    row_id, _, private, _ = rows[-1]
    raw = sealer.open(private, Place("signing_keys", "private_key", row_id))
    assert len(raw) == 32
    assert raw not in private


async def test_a_rotation_signs_nobody_out_and_the_next_token_is_of_the_new_key(own: System, tmp_path: Path) -> None:
    async with Client(own.url) as before, Client(own.url) as after:
        await before.sign_in()
        answers: list[bool] = []
        working = asyncio.create_task(_work(before, answers))
        run = await keys(own, "rotate", folder=tmp_path)
        new = run.out.split()[2]
        assert run.out == f"The key {new} signs from now on. 0 secrets were sealed anew.\n"

        async def signs_anew() -> bool:
            await after.sign_in()
            return key_id(after) == new

        await until(signs_anew, "a token of the new key")
        working.cancel()
        assert answers
        assert all(answers)
        assert await before.run(VIEWER) == await after.run(VIEWER) == {"viewer": {"email": EMAIL}}
        assert {key_id(before), key_id(after)} <= set(await published(own))


async def test_a_token_of_a_key_that_was_made_a_moment_ago_is_accepted_at_once(own: System, tmp_path: Path) -> None:
    # Another api process has learnt of the new key already; this one has not.
    async with Client(own.url) as client:
        await client.sign_in()
        await keys(own, "rotate", folder=tmp_path)
        renewed = await System.signer_of(own.environment)
        claims = jwt.decode(str(client.token), options={"verify_signature": False})
        client.token = renewed.sign(claims["sub"], claims["sid"]).encoded

        async def accepted() -> bool:
            return (await client.run(VIEWER))["viewer"] is not None

        await until(accepted, "the api to learn of the key")


async def test_a_key_whose_last_token_has_ended_verifies_nothing(own: System, tmp_path: Path) -> None:
    async with Client(own.url) as client:
        await client.sign_in()
        old = key_id(client)
        await keys(own, "rotate", folder=tmp_path)
        await execute(own, "UPDATE signing_keys SET verifies_until = now() WHERE key_id = $1", old)

        async def refused() -> bool:
            return (await client.run(VIEWER))["viewer"] is None

        await until(refused, "the old key to end")
        assert old not in await published(own)
        await keys(own, "rotate", folder=tmp_path)
        assert await fetch(own, "SELECT 1 FROM signing_keys WHERE key_id = $1", old) == []


async def test_a_key_that_others_may_know_ends_at_once_and_sessions_go_on(own: System, tmp_path: Path) -> None:
    async with Client(own.url) as client:
        await client.sign_in()
        await keys(own, "rotate", "--at-once", folder=tmp_path)

        async def refused() -> bool:
            return (await client.run(VIEWER))["viewer"] is None

        await until(refused, "tokens of the old key to end")
        payload = (await client.run("mutation { refreshSession { session { accessToken } errors { code } } }"))["refreshSession"]
        client.token = payload["session"]["accessToken"]
        assert await client.run(VIEWER) == {"viewer": {"email": EMAIL}}


async def test_secrets_are_sealed_anew_with_the_first_key_while_the_old_one_opens_the_rest(own: System, tmp_path: Path) -> None:
    made = await keys(own, "generate", folder=tmp_path)
    assert len(base64.urlsafe_b64decode(made.out.strip().partition(":")[2])) == 32
    new, old = made.out.strip(), own.environment["DATAKURA_SECRET_KEYS"]
    user_id = (await fetch(own, "SELECT id FROM users"))[0][0]
    place = Place("users", "totp_secret", user_id)
    await execute(own, "UPDATE users SET totp_secret = $1", Sealer(parse_keys(old)).seal(b"seed", place))
    lost = await keys(own, "rotate", folder=tmp_path, DATAKURA_SECRET_KEYS=new)
    assert lost.status == 1
    assert "which DATAKURA_SECRET_KEYS lacks" in lost.err
    run = await keys(own, "rotate", folder=tmp_path, DATAKURA_SECRET_KEYS=f"{new},{old}")
    assert run.status == 0, run.err
    only_new = Sealer(parse_keys(new))
    ((sealed,),) = await fetch(own, "SELECT totp_secret FROM users")
    assert only_new.open(sealed, place) == b"seed"
    ((row_id, private),) = await fetch(own, "SELECT id, private_key FROM signing_keys WHERE private_key IS NOT NULL")
    assert len(only_new.open(private, Place("signing_keys", "private_key", row_id))) == 32
    again = await keys(own, "rotate", folder=tmp_path, DATAKURA_SECRET_KEYS=f"{new},{old}")
    assert again.out.endswith("0 secrets were sealed anew.\n")
    assert new.partition(":")[2] not in run.out + run.err + lost.err


async def _work(client: Client, answers: list[bool]) -> None:
    while True:
        answers.append((await client.run(VIEWER))["viewer"] is not None)


def test_new_keys_differ() -> None:
    assert len({new_key() for _ in range(100)}) == 100
