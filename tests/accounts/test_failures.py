"""Proofs that fail: the audit trail says whose account was tried, and a flood of them does not fill it."""

from app.core.db import Database
from app.services.accounts import failures
from app.services.audit import Origin
from tests.accounts.documents import CHANGE_PASSWORD, STEP_UP, VERIFY, fetch, refused
from tests.accounts.test_second_factor import challenge, turn_on, wrong_code
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person
from tests.support.served import settings_of
from tests.support.system import PASSWORD, System

RECORDS = "SELECT details->>'how', host(ip_address), actor_system FROM audit_events WHERE action = $1 AND target_id = $2 ORDER BY sequence"


async def test_each_way_that_failed_is_recorded_once_with_the_account(system: System, client: Client, editor: Person) -> None:
    for _ in range(3):
        await client.mutate(SIGN_IN, email=editor.email.upper(), password="a wrong password")
    assert await fetch(system, RECORDS, failures.ACTION, editor.row_id) == [("password", "127.0.0.1", "api")]
    await refused(editor, STEP_UP, password="a wrong password")
    await refused(editor, CHANGE_PASSWORD, currentPassword="a wrong password", newPassword="a staple of batteries")
    seed, _ = await turn_on(system, editor)
    await refused(client, VERIFY, challengeToken=await challenge(client, editor), code=wrong_code(seed))
    found = await fetch(system, RECORDS, failures.ACTION, editor.row_id)
    assert [row[0] for row in found] == ["password", "step-up", "change of password", "code"]


async def test_an_address_without_account_leaves_no_record(system: System, client: Client) -> None:
    counted = "SELECT count(*) FROM audit_events WHERE action = $1"
    before = await fetch(system, counted, failures.ACTION)
    await client.mutate(SIGN_IN, email="nobody@nowhere.example", password=PASSWORD)
    assert await fetch(system, counted, failures.ACTION) == before


async def test_a_flood_from_many_addresses_is_a_few_records(system: System, viewer: Person) -> None:
    db = Database(settings_of(system), application_name="failures")
    for number in range(failures.MOST + 5):
        await failures.note(db, viewer.row_id, "password", Origin(f"192.0.2.{number}"))
    await db.close()
    assert len(await fetch(system, RECORDS, failures.ACTION, viewer.row_id)) == failures.MOST
