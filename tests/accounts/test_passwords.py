"""Passwords: changed, guessed at; and the sessions of an account."""

import pytest

from app.core.errors import InvalidInput
from app.services.accounts import passwords
from tests.accounts.documents import (
    CHANGE_PASSWORD,
    EVERYWHERE,
    REVOKE_SESSION,
    SESSIONS,
    VIEWER,
    code_after,
    done,
    later,
    only,
    refused,
)
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person
from tests.support.system import PASSWORD, System

ANOTHER = "a staple of batteries"
WRONG = {"session": None, "mfaChallenge": None, "errors": [
    {"code": "INVALID_CREDENTIALS", "message": "The e-mail address or the password is wrong.", "path": None}]}  # fmt: skip


def test_the_three_thousand_most_frequent_passwords_are_refused_in_whatever_case() -> None:
    common = (passwords._COMMON).read_text(encoding="utf-8").split()
    assert len(common) == len(set(common)) == 3_000
    for password in common:
        for typed in (password, password.upper(), password.capitalize()):
            with pytest.raises(InvalidInput, match="first that somebody would try"):
                passwords.check(typed, email="somebody@example.com")


@pytest.mark.parametrize("password", ["x" * 7, "", "x1" * 64 + "y"])
def test_a_password_has_8_to_128_characters(password: str) -> None:
    with pytest.raises(InvalidInput, match="8 to 128 characters"):
        passwords.check(password, email="somebody@example.com")


@pytest.mark.parametrize(
    "password", ["plinth-42", "correct horse battery", "パスワードではない", "x1-" * 42, " leading and trailing "]
)
def test_every_other_password_is_accepted(password: str) -> None:
    passwords.check(password, email="somebody@example.com")


async def test_a_new_password_ends_the_other_sessions_and_the_old_password(client: Client, editor: Person) -> None:
    await client.sign_in(editor.email)
    await done(editor, CHANGE_PASSWORD, currentPassword=PASSWORD, newPassword=ANOTHER)
    assert await client.run(VIEWER) == {"viewer": None}
    assert await editor.run(VIEWER) == {"viewer": {"email": editor.email}}
    client.token = None
    assert await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD) == WRONG
    await client.sign_in(editor.email, ANOTHER)


async def test_a_password_is_not_changed_without_the_current_one_or_to_a_bad_one(
    client: Client, editor: Person, boss: Person
) -> None:
    wrong = ("INVALID_CREDENTIALS", "The current password is wrong.")
    assert await refused(editor, CHANGE_PASSWORD, currentPassword="wrong password", newPassword=ANOTHER) == wrong
    assert await refused(boss, CHANGE_PASSWORD, currentPassword="", newPassword=ANOTHER) == wrong
    assert (await refused(editor, CHANGE_PASSWORD, currentPassword=PASSWORD, newPassword="password1"))[0] == "INVALID_INPUT"
    await client.sign_in(editor.email)


async def test_ten_wrong_passwords_are_the_last_whether_there_is_such_an_account_or_not(
    system: System, client: Client, editor: Person
) -> None:
    for email in (editor.email, f"nobody-{editor.email}"):
        for _ in range(10):
            assert await client.mutate(SIGN_IN, email=email, password="wrong password") == WRONG
        answer = await client.post(SIGN_IN, {"input": {"email": f" {email.upper()}", "password": PASSWORD}})
        (error,) = answer.json()["errors"]
        seconds = error["extensions"]["retryAfterSeconds"]
        assert error["extensions"].pop("phrase")["code"] == "TOO_OFTEN"
        assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfterSeconds": seconds}
        assert error["message"] == f"Too many attempts to sign in: at most 10 in 15 min. Try again in {seconds} s."
        assert 1 <= seconds <= 900
    # Nobody is locked out for good, and the session that is open goes on.
    assert await editor.run(VIEWER) == {"viewer": {"email": editor.email}}
    await later(system)
    await client.sign_in(editor.email)


async def test_a_right_password_forgets_the_wrong_ones(client: Client, editor: Person) -> None:
    for _ in range(2):
        for _ in range(7):
            assert await client.mutate(SIGN_IN, email=editor.email, password="wrong password") == WRONG
        assert (await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD))["errors"] == []


async def test_guesses_of_one_account_do_not_stop_another(client: Client, editor: Person, boss: Person) -> None:
    answers = [await code_after(client, SIGN_IN, email=boss.email, password="wrong password") for _ in range(11)]
    assert answers == ["INVALID_CREDENTIALS"] * 10 + ["RATE_LIMITED"]
    await client.sign_in(editor.email)


async def test_sessions_are_listed_and_ended_one_by_one_and_all(system: System, client: Client, editor: Person) -> None:
    client.http.headers["User-Agent"] = "a browser " + "x" * 400
    await client.sign_in(editor.email)
    listed = (await editor.run(SESSIONS))["sessions"]
    assert [session["isCurrent"] for session in listed] == [False, True]
    assert (listed[0]["ipAddress"], listed[0]["userAgent"]) == ("127.0.0.1", "a browser " + "x" * 290)
    assert await done(editor, REVOKE_SESSION, id=listed[0]["id"]) == {"revokedId": listed[0]["id"]}
    assert await client.run(VIEWER) == {"viewer": None}
    assert (await refused(editor, REVOKE_SESSION, id=listed[0]["id"]))[0] == "NOT_FOUND"
    await client.sign_in(editor.email)
    await done(client, EVERYWHERE)
    for person in (client, editor):
        assert await only(person, VIEWER) is None


async def test_nobody_ends_the_session_of_another(client: Client, editor: Person, boss: Person) -> None:
    (session,) = (await editor.run(SESSIONS))["sessions"]
    assert await refused(boss, REVOKE_SESSION, id=session["id"]) == ("NOT_FOUND", "There is no such session, or it has ended.")
    assert await editor.run(VIEWER) == {"viewer": {"email": editor.email}}
