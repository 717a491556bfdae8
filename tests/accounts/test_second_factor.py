"""The second factor: turned on by a code, asked for at sign-in, each code once; recovery codes; proving who one is."""

import asyncio
import time

import pyotp
import pytest

from tests.accounts.documents import (
    CONFIRM,
    CREATE_KEY,
    DISABLE,
    ENROL,
    RENEW,
    STEP_UP,
    VERIFY,
    VIEWER,
    code_after,
    done,
    execute,
    fetch,
    later,
    only,
    proved_long_ago,
    refused,
)
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person
from tests.support.phrases import plain
from tests.support.system import PASSWORD, System

WRONG = ("INVALID_CREDENTIALS", "The code is wrong, was used before, or the sign-in took too long.")
STEP_UP_FIRST = (
    "STEP_UP_REQUIRED",
    "Confirm with your password or a code that it is you (mutation stepUp), then do this again.",
)


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code of the step that is now, or of one beside it."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def wrong_code(secret: str) -> str:
    """Six digits that are right in none of the steps around now."""
    right = {code_of(secret, steps=steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in right)


async def turn_on(system: System, person: Person) -> tuple[str, list[str]]:
    """(seed, recovery codes) of an account whose second factor was turned on a while ago."""
    enrolled = await done(person, ENROL)
    payload = await done(person, CONFIRM, code=code_of(enrolled["secret"]))
    await execute(system, "UPDATE users SET totp_last_step = 0 WHERE id = $1", person.row_id)
    assert payload["viewer"] == {"mfaEnabled": True}
    return enrolled["secret"], payload["recoveryCodes"]


async def challenge(client: Client, person: Person) -> str:
    """The token of a sign-in whose password was right."""
    payload = await client.mutate(SIGN_IN, email=person.email, password=PASSWORD)
    assert (payload["session"], payload["errors"]) == (None, [])
    return payload["mfaChallenge"]["token"]


async def test_a_seed_counts_only_when_one_of_its_codes_confirmed_it(system: System, client: Client, editor: Person) -> None:
    enrolled = await done(editor, ENROL)
    assert enrolled["otpauthUri"] == pyotp.TOTP(enrolled["secret"]).provisioning_uri(name=editor.email, issuer_name="Datakura")
    assert enrolled["qrCodeSvg"].startswith("<svg ")
    assert len(enrolled["secret"]) == 32
    assert (await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD))["mfaChallenge"] is None
    assert (await refused(editor, CONFIRM, code=wrong_code(enrolled["secret"])))[0] == "INVALID_CREDENTIALS"
    assert (await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD))["mfaChallenge"] is None
    await done(editor, CONFIRM, code=code_of(enrolled["secret"]))
    await challenge(client, editor)


async def test_with_a_second_factor_a_password_opens_no_session(system: System, client: Client, editor: Person) -> None:
    secret, _ = await turn_on(system, editor)
    payload = await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD)
    assert payload["session"] is None
    assert "datakura_refresh" not in client.http.cookies
    client.token = payload["mfaChallenge"]["token"]
    assert await client.run(VIEWER) == {"viewer": None}
    client.token = None
    session = (await done(client, VERIFY, challengeToken=payload["mfaChallenge"]["token"], code=code_of(secret)))["session"]
    assert session["viewer"] == {"mfaEnabled": True}
    client.token = session["accessToken"]
    assert await client.run(VIEWER) == {"viewer": {"email": editor.email}}


async def test_turning_it_on_ends_the_sessions_that_were_opened_without_it(
    system: System, client: Client, editor: Person
) -> None:
    await client.sign_in(editor.email)
    await turn_on(system, editor)
    assert await client.run(VIEWER) == {"viewer": None}
    assert await editor.run(VIEWER) == {"viewer": {"email": editor.email}}


async def test_of_fifty_uses_of_one_code_at_once_one_succeeds(system: System, client: Client, editor: Person) -> None:
    secret, _ = await turn_on(system, editor)
    # Challenges as fifty sign-ins would have left them: signing in has limits of its own.
    await execute(
        system,
        "INSERT INTO mfa_challenges (token_hash, user_id, expires_at) "
        "SELECT sha256(convert_to('c' || n, 'UTF8')), $1, now() + interval '5 minutes' FROM generate_series(1, 50) AS n",
        editor.row_id,
    )
    code = code_of(secret)
    answers = await asyncio.gather(*(code_after(client, VERIFY, challengeToken=f"c{n}", code=code) for n in range(1, 51)))
    assert answers.count("") == 1
    assert set(answers) <= {"", "INVALID_CREDENTIALS", "RATE_LIMITED"}
    assert await fetch(system, "SELECT count(*) FROM sign_in_sessions WHERE user_id = $1", editor.row_id) == [(2,)]


async def test_of_fifty_wrong_codes_at_once_five_are_looked_at(system: System, client: Client, editor: Person) -> None:
    secret, _ = await turn_on(system, editor)
    token, wrong = await challenge(client, editor), wrong_code(secret)
    answers = await asyncio.gather(*(code_after(client, VERIFY, challengeToken=token, code=wrong) for _ in range(50)))
    assert (answers.count("INVALID_CREDENTIALS"), answers.count("RATE_LIMITED")) == (5, 45)


async def test_a_code_works_once_and_an_older_one_not_after_it(system: System, client: Client, editor: Person) -> None:
    secret, _ = await turn_on(system, editor)
    code, older = code_of(secret, steps=1), code_of(secret)
    await done(client, VERIFY, challengeToken=await challenge(client, editor), code=code)
    token = await challenge(client, editor)
    assert await refused(client, VERIFY, challengeToken=token, code=code) == WRONG
    assert await refused(client, VERIFY, challengeToken=token, code=older) == WRONG


async def test_five_wrong_codes_are_the_last_and_a_quarter_of_an_hour_later_it_goes_on(
    system: System, client: Client, editor: Person
) -> None:
    secret, recovery = await turn_on(system, editor)
    token, wrong = await challenge(client, editor), wrong_code(secret)
    for _ in range(5):
        assert await refused(client, VERIFY, challengeToken=token, code=wrong) == WRONG
    assert await code_after(client, VERIFY, challengeToken=token, code=code_of(secret)) == "RATE_LIMITED"
    token = await challenge(client, editor)
    assert await code_after(client, VERIFY, challengeToken=token, code=recovery[0]) == "RATE_LIMITED"
    assert await code_after(editor, STEP_UP, code=recovery[0]) == "RATE_LIMITED"
    await later(system)
    await done(client, VERIFY, challengeToken=await challenge(client, editor), code=recovery[0])


@pytest.mark.parametrize(
    "code", ["", "0", "12345", "1234567", "１２３４５６", "12345a", "-12345", "\x00" * 6, "x" * 5_000, "' OR 1=1"]
)
async def test_what_is_no_code_opens_nothing(system: System, client: Client, editor: Person, code: str) -> None:
    await turn_on(system, editor)
    assert await refused(client, VERIFY, challengeToken=await challenge(client, editor), code=code) == WRONG


async def test_a_challenge_works_once_and_for_five_minutes(system: System, client: Client, editor: Person) -> None:
    secret, recovery = await turn_on(system, editor)
    token = await challenge(client, editor)
    await done(client, VERIFY, challengeToken=token, code=code_of(secret))
    assert await refused(client, VERIFY, challengeToken=token, code=recovery[0]) == WRONG
    late = await challenge(client, editor)
    await execute(system, "UPDATE mfa_challenges SET expires_at = now() WHERE user_id = $1", editor.row_id)
    assert await refused(client, VERIFY, challengeToken=late, code=recovery[0]) == WRONG
    assert await refused(client, VERIFY, challengeToken="made up", code=recovery[0]) == WRONG
    await done(client, VERIFY, challengeToken=await challenge(client, editor), code=recovery[0])


async def test_each_of_ten_recovery_codes_works_once_however_it_is_typed(system: System, client: Client, editor: Person) -> None:
    _, codes = await turn_on(system, editor)
    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {19}
    for code in (codes[0], codes[1].lower().replace("-", ""), f" {codes[2].replace('-', ' ')} "):
        await done(client, VERIFY, challengeToken=await challenge(client, editor), code=code)
        assert await refused(client, VERIFY, challengeToken=await challenge(client, editor), code=code) == WRONG


async def test_new_recovery_codes_void_the_old_ones(system: System, client: Client, editor: Person) -> None:
    _, old = await turn_on(system, editor)
    new = (await done(editor, RENEW))["recoveryCodes"]
    assert len(set(new) - set(old)) == 10
    assert await refused(client, VERIFY, challengeToken=await challenge(client, editor), code=old[0]) == WRONG
    await done(client, VERIFY, challengeToken=await challenge(client, editor), code=new[0])


async def test_neither_seed_nor_codes_stand_in_the_database_as_they_are(system: System, editor: Person) -> None:
    secret, codes = await turn_on(system, editor)
    (sealed,) = (await fetch(system, "SELECT totp_secret FROM users WHERE id = $1", editor.row_id))[0]
    assert secret.encode() not in sealed
    stored = await fetch(system, "SELECT code_hash FROM recovery_codes WHERE user_id = $1", editor.row_id)
    assert {len(digest) for (digest,) in stored} == {32}
    assert len(stored) == len(codes)


async def test_a_seed_copied_to_another_account_opens_nothing(
    system: System, client: Client, editor: Person, boss: Person
) -> None:
    mine, _ = await turn_on(system, boss)
    await turn_on(system, editor)
    await execute(
        system, "UPDATE users SET totp_secret = (SELECT totp_secret FROM users WHERE id = $1) WHERE id = $2",
        boss.row_id, editor.row_id,
    )  # fmt: skip
    answer = await client.post(VERIFY, {"input": {"challengeToken": await challenge(client, editor), "code": code_of(mine)}})
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_the_second_factor_is_changed_only_after_a_fresh_proof(system: System, editor: Person) -> None:
    await proved_long_ago(system, editor)
    assert await refused(editor, ENROL) == STEP_UP_FIRST
    assert (await refused(editor, STEP_UP, password="wrong password")) == ("INVALID_CREDENTIALS", "The password is wrong.")
    assert await refused(editor, ENROL) == STEP_UP_FIRST
    await done(editor, STEP_UP, password=PASSWORD)
    secret, codes = await turn_on(system, editor)
    await proved_long_ago(system, editor)
    for mutation in (DISABLE, RENEW):
        assert await refused(editor, mutation) == STEP_UP_FIRST
    assert (await refused(editor, CREATE_KEY, name="key", scopes=["READ"])) == STEP_UP_FIRST
    # With a second factor on, a password alone proves nothing: it is what a thief would have.
    assert (await refused(editor, STEP_UP, password=PASSWORD))[0] == "INVALID_CREDENTIALS"
    await done(editor, STEP_UP, code=code_of(secret))
    assert await done(editor, DISABLE) == {"viewer": {"mfaEnabled": False}}
    assert await fetch(system, "SELECT count(*) FROM recovery_codes WHERE user_id = $1", editor.row_id) == [(0,)]
    assert codes


async def test_a_second_factor_is_not_replaced_while_it_is_on(system: System, editor: Person) -> None:
    await turn_on(system, editor)
    assert (await refused(editor, ENROL))[0] == "CONFLICT"
    assert (await refused(editor, CONFIRM, code="000000"))[0] == "CONFLICT"


async def test_nobody_without_a_session_reaches_it(client: Client) -> None:
    for mutation in (ENROL, DISABLE, RENEW):
        answer = (await client.post(mutation)).json()
        assert plain(answer["errors"][0]["extensions"]) == {"code": "UNAUTHENTICATED"}
    assert await only(client, VIEWER) is None
