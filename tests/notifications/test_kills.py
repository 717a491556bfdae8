"""The worker killed at each crash point of a notification: told at least once, under one id, and one line in each inbox."""

import pytest

from app.core import faults
from app.core.db import Database
from tests.faults.test_crash_points import restart, settled
from tests.notifications.changes import Checked
from tests.notifications.receivers import Receiver
from tests.notifications.telling import channel, inbox, log
from tests.support.people import People
from tests.support.system import System

POINTS = [name for name in faults.POINTS if name.startswith("notification.")]
SENT_TWICE = {"notification.after_send", "notification.before_finish"}
"""The target had it already; nobody can know."""


async def forget_others(system: System) -> None:
    """What other tests left to be tried again in an hour: nobody waits for it, and it must not meet the point."""
    connection = await system.database()
    await connection.execute("DELETE FROM notification_channels")
    await connection.execute(
        "UPDATE tasks SET state = 'CANCELLED', finished_at = now() WHERE state = 'READY' AND actor = 'notifications.deliver'"
    )
    await connection.close()


@pytest.mark.parametrize("point", POINTS)
async def test_worker_killed_while_it_tells(
    db: Database, telling: System, people: People, receiver: Receiver, point: str
) -> None:
    owner = people.editor
    await forget_others(telling)
    hook = await channel(owner, "WEBHOOK", receiver.url)
    checked = await Checked.made(db, owner)
    await settled(telling)
    await restart(telling, "worker", point)
    await checked.found(Prices=True)
    assert await telling.until_dead("worker") == -9
    telling.start("worker")
    await settled(telling)
    (delivery,) = await log(owner, hook["channel"]["id"])
    assert (delivery["status"], delivery["attempts"], delivery["responseCode"]) == ("DELIVERED", 1, 204)
    assert len(receiver.got) == (2 if point in SENT_TWICE else 1)
    assert len({request.headers["webhook-id"] for request in receiver.got}) == 1
    assert len({request.body for request in receiver.got}) == 1
    assert all(request.is_signed_with(hook["signingSecret"]) for request in receiver.got)
    assert [one["sequence"] for one in await inbox(owner)] == [1]
