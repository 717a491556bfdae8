"""Deliveries to targets of every kind of behaviour: what is tried again, when, what is given up, and what the log says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app.actors.notifications import _mail
from app.adapters.mail import Letter
from app.core.db import Database
from app.core.ids import uuid7
from app.core.settings import Settings
from app.schema.ids import from_id
from app.services.notifications.deliveries import DELAYS, TRIES, delay, excerpt
from tests.notifications.changes import Checked, failing
from tests.notifications.receivers import Mailbox, Receiver, answer
from tests.notifications.telling import REPLAY, ROTATE, TEST, UPDATE, channel, codes, inbox, log
from tests.support.people import People, Person
from tests.support.system import System, until


@pytest.fixture
async def database(telling: System) -> AsyncIterator[asyncpg.Connection]:
    """Sees everything."""
    connection = await telling.database()
    yield connection
    await connection.close()


async def last(owner: Person, channel_id: str, **expected: object) -> dict:
    """The newest delivery to the channel when it is as expected."""
    seen: dict = {}

    async def held() -> bool:
        found = await log(owner, channel_id)
        seen.update(found[0] if found else {})
        return bool(found) and all(seen[key] == value for key, value in expected.items())

    await until(held, f"a delivery with {expected}, not {seen}")
    return seen


async def hurry(database: asyncpg.Connection, delivery: dict) -> None:
    """The next attempt is due now."""
    await database.execute(
        "UPDATE tasks SET available_at = now() WHERE dedupe_key = $1 AND state = 'READY'",
        str(from_id(delivery["id"], "NotificationDelivery")),
    )


def seconds_to(delivery: dict, now: datetime) -> float:
    return (datetime.fromisoformat(delivery["nextAttemptAt"]) - now).total_seconds()


async def test_what_is_busy_is_asked_again_as_late_as_it_says_under_the_same_id(
    db: Database, people: People, receiver: Receiver, database: asyncpg.Connection
) -> None:
    owner = people.editor
    receiver.answers += [answer(429, b"slow down", Retry_After="3000"), answer(500, b"oops"), answer(200, b"ok")]
    hook = await channel(owner, "WEBHOOK", receiver.url)
    channel_id = hook["channel"]["id"]
    dataset_id = await failing(db, owner)
    first = await last(owner, channel_id, attempts=1)
    now = await database.fetchval("SELECT now()")
    assert (first["status"], first["responseCode"], first["responseExcerpt"], first["error"]) == (
        "PENDING",
        429,
        "slow down",
        "The target answered 429.",
    )
    assert 2_900 < seconds_to(first, now) <= 3_000
    assert (first["title"].endswith(": 1 rule fails on version 1"), first["dataset"], first["isTest"]) == (
        True,
        {"id": dataset_id},
        False,
    )
    due = await database.fetchval(
        "SELECT extract(epoch FROM available_at - now()) FROM tasks WHERE dedupe_key = $1 AND state = 'READY'",
        str(from_id(first["id"], "NotificationDelivery")),
    )
    assert 2_900 < due <= 3_000
    await hurry(database, first)
    second = await last(owner, channel_id, attempts=2)
    assert (second["status"], second["responseCode"], second["responseExcerpt"]) == ("PENDING", 500, "oops")
    assert 20 < seconds_to(second, await database.fetchval("SELECT now()")) <= 36
    await hurry(database, first)
    third = await last(owner, channel_id, status="DELIVERED")
    assert (third["attempts"], third["responseCode"], third["error"], third["nextAttemptAt"]) == (3, 200, None, None)
    assert len({one.headers["webhook-id"] for one in receiver.got}) == 1
    assert receiver.got[0].headers["webhook-id"] == f"msg_{from_id(first['id'], 'NotificationDelivery').hex}"
    assert len({one.body for one in receiver.got}) == 1
    assert all(one.is_signed_with(hook["signingSecret"]) for one in receiver.got)


async def test_a_target_that_is_gone_switches_its_channel_off_and_says_so(
    db: Database, people: People, receiver: Receiver, database: asyncpg.Connection
) -> None:
    owner = people.editor
    receiver.answers.append(answer(410, b"gone"))
    channel_id = (await channel(owner, "WEBHOOK", receiver.url, name="Old hook"))["channel"]["id"]
    await failing(db, owner)
    ended = await last(owner, channel_id, status="FAILED")
    assert (ended["attempts"], ended["responseCode"], ended["error"], ended["nextAttemptAt"]) == (
        1,
        410,
        "The target answered 410.",
        None,
    )
    node = "query N($i: ID!) { node(id: $i) { ... on NotificationChannel { enabled disabledReason } } }"
    assert (await owner.run(node, i=channel_id))["node"] == {
        "enabled": False, "disabledReason": "The target answered 410 Gone: it wants no messages any more.",
    }  # fmt: skip
    notices = await inbox(owner)
    assert [(one["kind"], one["channel"]) for one in notices if one["kind"] == "CHANNEL_DISABLED"] == [
        ("CHANNEL_DISABLED", {"id": channel_id})
    ]
    assert notices[0]["title"] == "The notification channel Old hook was switched off: its target is gone."
    assert await database.fetchval(
        "SELECT count(*) FROM audit_events WHERE action = 'notification_channel.disable' AND target_id = $1 AND actor_system = 'worker'",
        from_id(channel_id, "NotificationChannel"),
    ) == 1  # fmt: skip
    await failing(db, owner)
    await until(lambda: _read(owner, 3), "the next notice")
    assert len(receiver.got) == 1
    switched = (await owner.mutate(UPDATE, id=channel_id, enabled=True))["channel"]
    assert (switched["enabled"], switched["disabledReason"]) == (True, None)
    replayed = (await owner.mutate(REPLAY, id=ended["id"]))["delivery"]
    assert (replayed["id"], replayed["status"]) == (ended["id"], "PENDING")
    again = await last(owner, channel_id, status="DELIVERED")
    assert (again["id"], again["attempts"], again["responseCode"]) == (ended["id"], 2, 204)
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    assert await _read(owner, 3)


async def _read(owner: Person, count: int) -> bool:
    return len(await inbox(owner)) == count


async def test_after_ten_attempts_it_is_given_up(
    db: Database, people: People, receiver: Receiver, database: asyncpg.Connection
) -> None:
    owner = people.editor
    receiver.answers += [answer(302, Location="http://127.0.0.1/")] * TRIES
    channel_id = (await channel(owner, "SLACK", receiver.url))["channel"]["id"]
    await failing(db, owner)
    pending = await last(owner, channel_id, attempts=1)
    for attempt in range(2, TRIES + 1):
        await hurry(database, pending)
        pending = await last(owner, channel_id, attempts=attempt)
    assert (pending["status"], pending["error"]) == (
        "FAILED",
        "The target answered 302. Redirects are not followed: give the address that it leads to.",
    )
    assert len(receiver.got) == TRIES == 10
    body = receiver.got[0].json
    assert set(body) == {"text", "blocks"}
    assert "webhook-signature" not in receiver.got[0].headers


async def test_the_test_button_says_what_becomes_of_it_at_once(people: People, receiver: Receiver, mailbox: Mailbox) -> None:
    owner = people.editor
    hook = (await channel(owner, "WEBHOOK", receiver.url))["channel"]["id"]
    sent = (await owner.mutate(TEST, channelId=hook))["delivery"]
    assert (sent["status"], sent["isTest"], sent["attempts"], sent["responseCode"], sent["title"]) == (
        "DELIVERED",
        True,
        1,
        204,
        None,
    )
    assert receiver.got[0].json["type"] == "test"
    receiver.answers.append(answer(500, b"key sk_live_0123456789abcdef\x00 of receiver"))
    refused = (await owner.mutate(TEST, channelId=hook))["delivery"]
    assert (refused["status"], refused["attempts"], refused["responseCode"], refused["responseExcerpt"]) == (
        "FAILED",
        1,
        500,
        "key *** of receiver",
    )
    receiver.answers.append(None)
    hung = (await owner.mutate(TEST, channelId=hook))["delivery"]
    assert (hung["status"], hung["responseCode"], hung["error"]) == ("FAILED", None, "No answer within 2 seconds.")
    mail = await channel(
        owner, "EMAIL", owner.email, subjectTemplate="[{{channel.name}}] {{headline}}", bodyTemplate="{{changes}}"
    )
    assert (await owner.mutate(TEST, channelId=mail["channel"]["id"]))["delivery"]["status"] == "DELIVERED"
    (letter,) = await mailbox.until(owner.email, 1)
    assert (letter["Subject"], letter.get_content()) == (
        "[A EMAIL] Example: 1 rule fails, 1 passes again on version 3",
        "Fails now:\n- Prices are positive (CRITICAL)\n\nPasses again:\n- No duplicates (MEDIUM)\n",
    )
    payloads = [await owner.mutate(TEST, channelId=mail["channel"]["id"]) for _ in range(10)]
    assert [codes(one) for one in payloads] == [[]] * 9 + [["LIMIT_EXCEEDED"]]
    assert codes(await owner.mutate(REPLAY, id=refused["id"])) == ["CONFLICT"]
    assert codes(await people.other.mutate(TEST, channelId=hook)) == ["NOT_FOUND"]
    assert codes(await people.other.mutate(REPLAY, id=refused["id"])) == ["NOT_FOUND"]


async def test_both_secrets_sign_while_they_overlap(people: People, receiver: Receiver, database: asyncpg.Connection) -> None:
    owner = people.editor
    made = await channel(owner, "WEBHOOK", receiver.url)
    hook, old = made["channel"]["id"], made["signingSecret"]
    rotated = await owner.mutate(ROTATE, channelId=hook, overlapHours=1)
    new = rotated["signingSecret"]
    assert (new != old, rotated["channel"]["previousSecretUntil"] is not None) == (True, True)
    await owner.mutate(TEST, channelId=hook)
    assert [receiver.got[0].is_signed_with(secret) for secret in (old, new)] == [True, True]
    row_id = from_id(hook, "NotificationChannel")
    await database.execute("UPDATE notification_channels SET previous_secret_until = now() WHERE id = $1", row_id)
    await owner.mutate(TEST, channelId=hook)
    assert [receiver.got[1].is_signed_with(secret) for secret in (old, new)] == [False, True]
    at_once = await owner.mutate(ROTATE, channelId=hook, overlapHours=0)
    assert at_once["channel"]["previousSecretUntil"] is None
    await owner.mutate(TEST, channelId=hook)
    assert [receiver.got[2].is_signed_with(secret) for secret in (old, new, at_once["signingSecret"])] == [False, False, True]
    mail = (await channel(owner, "EMAIL", owner.email))["channel"]["id"]
    assert codes(await owner.mutate(ROTATE, channelId=mail)) == ["CONFLICT"]
    assert codes(await owner.mutate(ROTATE, channelId=hook, overlapHours=169)) == ["INVALID_INPUT"]
    assert codes(await people.other.mutate(ROTATE, channelId=hook)) == ["NOT_FOUND"]


async def test_hanging_targets_keep_nobody_from_being_told(
    db: Database, people: People, receiver: Receiver, mailbox: Mailbox
) -> None:
    owner = people.editor
    async with Receiver(answers=[None] * 18) as hanging:
        for number in range(18):
            await channel(owner, "WEBHOOK", hanging.url, name=f"Hangs {number}")
        await channel(owner, "EMAIL", owner.email)
        await failing(db, owner)
        await mailbox.until(owner.email, 1)
        await hanging.until(18)
    assert [one["kind"] for one in await inbox(owner)] == ["INCIDENTS_OPENED"]


async def test_a_mail_that_only_a_folder_gets_is_delivered_with_a_remark(tmp_path: Path) -> None:
    outcome = await _mail(Letter(uuid7(), "a@example.com", "Subject", "Text"), Settings(data_dir=tmp_path))
    assert (outcome.error, excerpt(outcome.body, hidden=())) == (
        None, "No mail server is set: the mail was written to the folder 'mails' of the server, and nobody gets it.",
    )  # fmt: skip
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 1


def test_attempts_are_spread_over_hours() -> None:
    spread = [[delay(failures, None) for _ in range(200)] for failures in range(len(DELAYS) + 2)]
    for failures, drawn in enumerate(spread):
        planned = DELAYS[min(failures, len(DELAYS) - 1)]
        assert 0.8 * planned <= min(drawn) < max(drawn) <= 1.2 * planned
    assert sum(DELAYS) / 3_600 > 15
    assert delay(0, 7_200.0) == 7_200.0
    assert delay(8, 1.0) >= 0.8 * 28_800


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", None),
        (b"  \n ", None),
        (b"no such hook", "no such hook"),
        (b"a\x1b[31mred\x00\r\nline", "a [31mred line"),
        (b"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "Authorization: Bearer ***"),
        (b"password: hunter2 is short", "password: hunter2 is short"),
        (b"target https://h.example/T0/B0/s", "target ***"),
        ("日本語".encode() + b"\xff", "日本語\ufffd"),
        (b"word " * 100, ("word " * 40).strip()),
    ],
)
def test_of_an_answer_little_is_kept_and_no_secret(body: bytes, expected: str | None) -> None:
    assert excerpt(body, hidden=("https://h.example/T0/B0/s",)) == expected


async def test_what_is_on_its_way_is_not_sent_to_who_may_not_see_the_dataset_any_more(
    db: Database, people: People, receiver: Receiver, database: asyncpg.Connection
) -> None:
    """Nor when the channel is deleted."""
    owner, reader = people.editor, people.other
    receiver.answers += [answer(503), answer(503)]
    checked = await Checked.made(db, owner)
    dataset_id = checked.id
    await people.grant(owner, dataset_id, reader, "READ")
    hook = (await channel(reader, "WEBHOOK", receiver.url, scope="SELECTED", datasetIds=[dataset_id]))["channel"]["id"]
    other = (await channel(owner, "WEBHOOK", receiver.url))["channel"]["id"]
    await checked.found(Prices=True)
    pending, mine = await last(reader, hook, attempts=1), await last(owner, other, attempts=1)
    assert pending["dataset"] == {"id": dataset_id}
    await database.execute("DELETE FROM access_grants WHERE dataset_id = $1", from_id(dataset_id, "Dataset"))
    await hurry(database, pending)
    cancelled = await last(reader, hook, status="CANCELLED")
    assert (cancelled["attempts"], cancelled["error"]) == (1, "The dataset may not be seen by the channel's people any more.")
    assert (cancelled["title"], cancelled["dataset"], await inbox(reader)) == (None, None, [])
    delete = "mutation D($input: DeleteNotificationChannelInput!) { deleteNotificationChannel(input: $input) { deletedId } }"
    await owner.mutate(delete, id=other)
    await hurry(database, mine)
    key = str(from_id(mine["id"], "NotificationDelivery"))
    await until(lambda: _ended(database, key), "the task to end")
    assert len(receiver.got) == 2


async def _ended(database: asyncpg.Connection, key: str) -> bool:
    return await database.fetchval("SELECT count(*) FROM tasks WHERE dedupe_key = $1 AND state <> 'SUCCEEDED'", key) == 0


async def test_many_at_once_lose_and_double_nothing(db: Database, people: People, database: asyncpg.Connection) -> None:
    """Three datasets change at the same time, each is told to ten channels."""
    owner = people.editor
    async with Receiver() as receiver:
        for number in range(10):
            await channel(owner, "WEBHOOK", receiver.url, name=f"Hook {number}")
        await asyncio.gather(*(failing(db, owner) for _ in range(3)))
        await receiver.until(30)
        ids = [one.headers["webhook-id"] for one in receiver.got]
    assert len(ids) == len(set(ids)) == 30
    rows = await database.fetch(
        "SELECT d.id, d.status FROM notification_deliveries d JOIN notification_channels c ON c.id = d.channel_id WHERE c.owner_id = $1",
        owner.row_id,
    )
    assert {f"msg_{UUID(str(row['id'])).hex}" for row in rows} == set(ids)
    assert [one["sequence"] for one in await inbox(owner)] == [3, 2, 1]
