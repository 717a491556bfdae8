"""What of sign-ins, links and mails is of no use any more is gone; the rest stays."""

from app.core.db import Database
from app.core.viewer import System as Principal
from app.services.accounts import cleanup
from tests.accounts.documents import execute, fetch
from tests.support.people import Person
from tests.support.served import settings_of
from tests.support.system import System


async def test_old_rows_go_and_young_ones_stay(system: System, editor: Person) -> None:
    mine = editor.row_id
    for age in ("1 minute", "10 days", "40 days"):
        await execute(
            system,
            f"INSERT INTO sign_in_sessions (id, user_id, expires_at, revoked_at) "
            f"VALUES (gen_random_uuid(), $1, now() + interval '1 day', now() - interval '{age}')",
            mine,
        )
        for table, more in (("mfa_challenges", ""), ("one_time_links", ", purpose")):
            await execute(
                system,
                f"INSERT INTO {table} (token_hash, user_id, expires_at{more}) VALUES (sha256($2), $1, now() - interval '{age}'"
                f"{', $3)' if more else ')'}",
                mine, f"{mine} {age}".encode(), *(["INVITATION"] if more else []),
            )  # fmt: skip
        await execute(
            system,
            "INSERT INTO mails (id, recipient, subject, body, created_at) "
            f"VALUES (gen_random_uuid(), $1, 'x', NULL, now() - interval '{age}')",
            editor.email,
        )
        await execute(
            system,
            "INSERT INTO refresh_tokens (token_hash, session_id, used_at, successor) "
            f"VALUES (sha256($2), $1, now() - interval '{age}' - interval '30 seconds', 'sealed')",
            editor.session_id, f"token {mine} {age}".encode(),
        )  # fmt: skip
    await execute(
        system, "INSERT INTO mails (id, recipient, subject, body, created_at) VALUES (gen_random_uuid(), $1, 'x', 'unsent', '2020-01-01')",
        editor.email,
    )  # fmt: skip

    db = Database(settings_of(system), application_name="tests")
    async with db.transaction(Principal("tests")) as session:
        await cleanup.forget_old(session)
    await db.close()

    for table in ("mfa_challenges", "one_time_links"):
        assert await fetch(system, f"SELECT count(*) FROM {table} WHERE user_id = $1", mine) == [(1,)], table
    assert await fetch(system, "SELECT count(*) FROM sign_in_sessions WHERE user_id = $1", mine) == [(3,)]
    assert await fetch(system, "SELECT count(*) FROM mails WHERE recipient = $1", editor.email) == [(3,)]
    tokens = await fetch(system, "SELECT successor FROM refresh_tokens WHERE session_id = $1", editor.session_id)
    assert tokens == [(None,)] * 3
