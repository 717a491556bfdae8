"""Invitations and password resets by one-time links, and the mails that carry them."""

import asyncio
import re
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest

from tests.accounts.documents import CREATE_USER, UPDATE_USER, VIEWER, done, execute, fetch, refused
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person, a_person
from tests.support.system import PASSWORD, System, until

ANOTHER = "a staple of batteries"
ERRORS = "{ errors { code message path } }"
REQUEST = f"mutation M($input: RequestPasswordResetInput!) {{ requestPasswordReset(input: $input) {ERRORS} }}"
RESET = f"mutation M($input: ChoosePasswordInput!) {{ resetPassword(input: $input) {ERRORS} }}"
ACCEPT = f"mutation M($input: ChoosePasswordInput!) {{ acceptInvitation(input: $input) {ERRORS} }}"
REFUSED = ("INVALID_CREDENTIALS", "This link is wrong, was used before, or has ended. Ask for another one.")


def mails_to(system: System, address: str) -> list[str]:
    """Texts of the mails that were sent to this address, oldest first."""
    files = sorted((Path(system.environment["DATAKURA_DATA_DIR"]) / "mails").glob("*.eml"))
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail.get_content() for mail in mails if mail["To"] == address]


async def all_looked_for(system: System) -> bool:
    """Every account for which a reset was asked for was found, or was not."""
    return await fetch(system, "SELECT 1 FROM tasks WHERE actor = 'links.send_reset' AND state <> 'SUCCEEDED'") == []


async def link_to(system: System, address: str, *, count: int = 1) -> str:
    """The token in the newest of so many mails."""
    await until(lambda: len(mails_to(system, address)) >= count, "a mail")
    mails = mails_to(system, address)
    assert len(mails) == count
    (link,) = re.findall(r"^(http://\S+)$", mails[-1], flags=re.MULTILINE)
    assert link.startswith(f"{system.url}/")
    return link.partition("#")[2]


async def test_who_is_invited_chooses_a_password_and_signs_in(system: System, client: Client, boss: Person) -> None:
    user = (await done(boss, CREATE_USER, email="fay@invited.example", displayName="Fay", role="VIEWER"))["user"]
    assert user["active"]
    token = await link_to(system, "fay@invited.example")
    assert await refused(client, RESET, token=token, password=ANOTHER) == REFUSED
    (error,) = (await client.mutate(ACCEPT, token=token, password="password1"))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "password"])
    await done(client, ACCEPT, token=token, password=ANOTHER)
    await client.sign_in("fay@invited.example", ANOTHER)
    assert await refused(client, ACCEPT, token=token, password=PASSWORD) == REFUSED


async def test_a_reset_gives_another_password_once_and_ends_every_session(system: System, client: Client, editor: Person) -> None:
    await done(client, REQUEST, email=f" {editor.email.upper()}")
    token = await link_to(system, editor.email)
    answers = await asyncio.gather(*(client.mutate(RESET, token=token, password=ANOTHER) for _ in range(10)))
    assert sorted(len(answer["errors"]) for answer in answers) == [0] + [1] * 9
    assert await editor.run(VIEWER) == {"viewer": None}
    await client.sign_in(editor.email, ANOTHER)


async def test_an_address_without_account_gets_the_same_answer_and_no_mail(system: System, client: Client, boss: Person) -> None:
    async with a_person(system, "VIEWER") as gone:
        await done(boss, UPDATE_USER, id=gone.id, active=False)
        answers = [
            await client.mutate(REQUEST, email=email)
            for email in ("nobody@example.com", gone.email, boss.email, "\x00", "x" * 9_000)
        ]
        assert answers == [{"errors": []}] * 5
        await link_to(system, boss.email)
        await until(lambda: all_looked_for(system), "every request to be done")
        assert mails_to(system, gone.email) == mails_to(system, "nobody@example.com") == []


async def test_a_newer_link_voids_the_older_and_each_ends(system: System, client: Client, editor: Person) -> None:
    await done(client, REQUEST, email=editor.email)
    older = await link_to(system, editor.email)
    await done(client, REQUEST, email=editor.email)
    newer = await link_to(system, editor.email, count=2)
    assert await refused(client, RESET, token=older, password=ANOTHER) == REFUSED
    await execute(system, "UPDATE one_time_links SET expires_at = now() WHERE user_id = $1", editor.row_id)
    for token in (newer, "", "x" * 43, "\x00", "x" * 60_000):
        assert await refused(client, RESET, token=token, password=ANOTHER) == REFUSED
    assert (await client.mutate(SIGN_IN, email=editor.email, password=PASSWORD))["errors"] == []


async def test_the_api_does_the_same_whether_there_is_an_account_or_not(system: System, client: Client, editor: Person) -> None:
    nobody = editor.email.replace("@example", "@nobody0")
    with system.stopped("worker"):
        for email in (editor.email, nobody):
            await done(client, REQUEST, email=email)
        # The account is looked for by the worker: that takes its time when everybody has their answer.
        waiting = await fetch(system, "SELECT args::text FROM tasks WHERE actor = 'links.send_reset' AND finished_at IS NULL")
        assert len({len(args) for (args,) in waiting}) == 1
        assert len(waiting) == 2
        assert not [args for (args,) in waiting if "@" in args]
        assert await fetch(system, "SELECT count(*) FROM one_time_links WHERE user_id = $1", editor.row_id) == [(0,)]
    await link_to(system, editor.email)
    await until(lambda: all_looked_for(system), "every request to be done")
    assert mails_to(system, nobody) == []


async def test_a_mailbox_is_not_filled_by_somebody_else(system: System, client: Client, editor: Person) -> None:
    for _ in range(6):
        await done(client, REQUEST, email=editor.email)
    await until(lambda: all_looked_for(system), "every request to be done")
    assert await fetch(system, "SELECT count(*) FROM mails WHERE recipient = $1", editor.email) == [(3,)]


async def test_no_link_stands_in_the_database_or_the_logs_and_a_sent_text_is_gone(
    system: System, client: Client, editor: Person
) -> None:
    await done(client, REQUEST, email=editor.email)
    token = await link_to(system, editor.email)

    async def sent() -> bool:
        return await fetch(system, "SELECT sent_at IS NOT NULL, body FROM mails WHERE recipient = $1", editor.email) == [
            (True, None)
        ]

    await until(sent, "the mail to be marked")
    connection = await system.database()
    for table in ("one_time_links", "mails", "tasks", "audit_events"):
        assert token not in str(await connection.fetch(f"SELECT * FROM {table}")), table
    await connection.close()
    assert not [file for file in system.logs.iterdir() if token in file.read_text(errors="replace")]
    mails = Path(system.environment["DATAKURA_DATA_DIR"]) / "mails"
    assert {file.stat().st_mode & 0o077 for file in mails.iterdir()} == {0}


async def test_the_page_of_mails_shows_them_to_this_machine_alone(system: System, boss: Person) -> None:
    await done(boss, CREATE_USER, email="gil@invited.example", displayName="<script>alert(1)</script>", role="VIEWER")
    token = await link_to(system, "gil@invited.example")
    async with httpx.AsyncClient(base_url=system.url) as http:
        page = await http.get("/mails")
        others = [
            await http.get("/mails", headers=headers) for headers in ({"Host": "evil.example"}, {"X-Forwarded-For": "1.2.3.4"})
        ]
    assert f'<a href="{system.url}/accept-invitation#{token}">' in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script" not in page.text
    assert (page.headers["Cache-Control"], [answer.status_code for answer in others]) == ("no-store", [421, 404])


@pytest.mark.parametrize("mutation", [RESET, ACCEPT])
async def test_aliases_do_not_multiply_guesses(client: Client, mutation: str) -> None:
    field = mutation.partition("{ ")[2].partition("(")[0]
    twice = f'mutation {{ a: {field}(input: {{token: "x", password: "y"}}) {ERRORS} b: {field}(input: {{token: "x", password: "y"}}) {ERRORS} }}'
    answer = (await client.post(twice)).json()
    assert "data" not in answer or answer["data"] is None
