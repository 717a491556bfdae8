"""Who has lost the second factor: how many recovery codes are left, and who takes the factor off."""

from pathlib import Path

import pytest

from tests.accounts.documents import VERIFY, VIEWER, done, fetch, proved_long_ago, refused
from tests.accounts.test_links import mails_to
from tests.accounts.test_second_factor import challenge, turn_on
from tests.cli.command import Command
from tests.support.client import Client
from tests.support.people import Person
from tests.support.system import PASSWORD, System, until

RESET = (
    "mutation M($input: UserInput!) { resetUserSecondFactor(input: $input) { user { mfaEnabled } errors { code message path } } }"
)
LEFT = "query L($id: ID!) { node(id: $id) { ... on User { recoveryCodesLeft } } }"
STATE = """SELECT totp_secret IS NULL, totp_confirmed_at IS NULL, (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id),
    (SELECT count(*) FROM sign_in_sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL) FROM users u WHERE id = $1"""


async def left(asker: Person, of: Person) -> int | None:
    return (await asker.run(LEFT, id=of.id))["node"]["recoveryCodesLeft"]


async def test_it_is_told_how_many_recovery_codes_are_left(
    system: System, client: Client, editor: Person, viewer: Person, boss: Person
) -> None:
    assert await left(editor, editor) is None
    _, codes = await turn_on(system, editor)
    assert [await left(asker, editor) for asker in (editor, boss, viewer)] == [10, 10, None]
    await done(client, VERIFY, challengeToken=await challenge(client, editor), code=codes[3])
    assert [await left(asker, editor) for asker in (editor, boss, viewer)] == [9, 9, None]


async def test_an_administrator_takes_a_lost_second_factor_off(
    system: System, client: Client, editor: Person, boss: Person
) -> None:
    await turn_on(system, editor)
    assert (await done(boss, RESET, userId=editor.id))["user"] == {"mfaEnabled": False}
    assert await fetch(system, STATE, editor.row_id) == [(True, True, 0, 0)]
    assert await editor.run(VIEWER) == {"viewer": None}
    await client.sign_in(editor.email, PASSWORD)  # by the password alone
    assert await fetch(
        system, "SELECT actor_id, session_id FROM audit_events WHERE action = 'totp.reset' AND target_id = $1", editor.row_id
    ) == [(boss.row_id, boss.session_id)]
    await until(lambda: mails_to(system, editor.email), "the mail")
    (mail,) = mails_to(system, editor.email)
    assert "turned the second factor of your account off" in mail
    assert "2 段階認証を解除" in mail
    assert await refused(boss, RESET, userId=editor.id) == ("CONFLICT", "This account has no second factor.")


async def test_nobody_else_takes_it_off_and_not_without_a_fresh_proof(
    system: System, editor: Person, viewer: Person, boss: Person
) -> None:
    await turn_on(system, editor)
    await turn_on(system, boss)
    before = await fetch(system, STATE, editor.row_id)
    assert (await refused(viewer, RESET, userId=editor.id))[0] == "FORBIDDEN"
    assert (await refused(editor, RESET, userId=editor.id))[0] == "FORBIDDEN"
    own = "This is your own second factor. Turn it off in your account (mutation disableTotp)."
    assert await refused(boss, RESET, userId=boss.id) == ("CONFLICT", own)
    await proved_long_ago(system, boss)
    assert (await refused(boss, RESET, userId=editor.id))[0] == "STEP_UP_REQUIRED"
    assert await fetch(system, STATE, editor.row_id) == before == [(False, False, 10, 1)]


@pytest.mark.timeout(120)
async def test_who_runs_the_system_takes_it_off_by_a_command(system: System, editor: Person, tmp_path: Path) -> None:
    await turn_on(system, editor)
    command = Command(system.url, tmp_path)
    command.environment |= {key: value for key, value in system.environment.items() if key.startswith("DATAKURA_")}
    run = await command.run("users", "reset-second-factor", editor.email.upper())
    assert (run.status, run.err) == (0, "")
    assert (
        run.out == f"The second factor of {editor.email.upper()} is off, and its sessions have ended. A mail tells the person.\n"
    )
    assert await fetch(system, STATE, editor.row_id) == [(True, True, 0, 0)]
    assert await fetch(
        system, "SELECT actor_id, actor_system FROM audit_events WHERE action = 'totp.reset' AND target_id = $1", editor.row_id
    ) == [(None, "cli")]
    again = await command.run("users", "reset-second-factor", editor.email)
    assert (again.status, again.out) == (1, "")
    assert "This account has no second factor." in again.err
