"""Who is told what: only of changes, only whom it concerns or who asked, only what they may see, and never under a mute."""

import asyncio

import pytest

from app.core.db import Database
from app.core.ids import uuid7
from app.dispatcher.unmuter import Unmuter
from app.schema.ids import from_id, to_id
from tests.notifications.changes import Checked
from tests.notifications.receivers import Receiver
from tests.notifications.telling import READ, UNWATCH, WATCH, channel, codes, inbox
from tests.support.people import People, Person
from tests.support.socket import Socket
from tests.support.system import System, until

MUTE = "mutation M($input: UpdateIncidentInput!) { updateIncident(input: $input) { incident { id } errors { code } } }"
INCIDENT = "query I($d: ID!) { incidents(first: 5, filter: {datasetId: $d}) { edges { node { id } } } }"
CHANGES = "subscription { notificationsChanged { sequence unreadCount notification { id title } } }"


async def titles(person: Person, count: int) -> list[str]:
    """What one's inbox says, newest first, when there are that many."""

    async def come() -> bool:
        return len(await inbox(person)) >= count

    await until(come, f"{count} notices")
    return [one["title"].partition(": ")[2] for one in await inbox(person)]


def told(receiver: Receiver) -> list[tuple[str, list[str], list[str]]]:
    """(type, titles of what opened, of what resolved) of each request."""
    return [
        (one.json["type"], *([rule["title"] for rule in one.json["data"][key]] for key in ("opened", "resolved")))  # type: ignore[misc]
        for one in receiver.got
    ]


async def test_only_changes_are_told_together_for_each_run(db: Database, people: People, receiver: Receiver) -> None:
    owner = people.editor
    await channel(owner, "WEBHOOK", receiver.url)
    checked = await Checked.made(db, owner, "A", "B", "C")
    await checked.found(A=True, B=True, C=False)
    await receiver.until(1)
    await checked.found(A=True, B=True, C=False)
    await checked.found(A=False, B=True, C=True)
    await receiver.until(2)
    await checked.found(A=True, B=False, C=False)
    await receiver.until(3)
    await checked.found(A=False, B=False, C=False)
    await receiver.until(4)
    assert told(receiver) == [
        ("incident.opened", ["A", "B"], []),
        ("incident.opened", ["C"], ["A"]),
        ("incident.opened", ["A"], ["B", "C"]),
        ("incident.resolved", [], ["A"]),
    ]
    assert receiver.got[2].json["data"]["opened"][0]["reopened"] is True
    assert await titles(owner, 4) == [
        "1 rule passes again on version 5",
        "1 rule fails, 2 pass again on version 4",
        "1 rule fails, 1 passes again on version 3",
        "2 rules fail on version 1",
    ]


async def test_a_channel_gets_the_events_that_it_asked_for(db: Database, people: People, receiver: Receiver) -> None:
    owner = people.editor
    await channel(owner, "WEBHOOK", receiver.url, events=["INCIDENT_RESOLVED"])
    checked = await Checked.made(db, owner)
    await checked.found(Prices=True)
    assert await titles(owner, 1) == ["1 rule fails on version 1"]
    await checked.found(Prices=False)
    await receiver.until(1)
    assert told(receiver) == [("incident.resolved", [], ["Prices"])]


async def test_whom_it_concerns_and_who_asked_is_told_of_what_they_may_see(db: Database, telling: System, people: People) -> None:
    owner, other, viewer = people.editor, people.other, people.viewer
    public = await Checked.made(db, owner, visibility="ORGANIZATION")
    secret = await Checked.made(db, owner)
    granted = await Checked.made(db, owner)
    await people.grant(owner, granted.id, other, "READ")
    team = uuid7()
    connection = await telling.database()
    try:
        await connection.execute("INSERT INTO teams (id, name) VALUES ($1, $2)", team, f"Team {team}")
        await connection.execute("INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, viewer.row_id)
        await connection.execute(
            "INSERT INTO access_grants (id, dataset_id, team_id, level) VALUES ($1, $2, $3, 'READ')", uuid7(), secret.row_id, team
        )
        async with (
            Receiver() as mine,
            Receiver() as everything,
            Receiver() as chosen,
            Receiver() as of_team,
            Receiver() as nobody,
        ):
            await channel(other, "WEBHOOK", mine.url)
            await channel(other, "WEBHOOK", everything.url, scope="ALL")
            await channel(other, "WEBHOOK", chosen.url, scope="SELECTED", datasetIds=[granted.id])
            await channel(viewer, "WEBHOOK", of_team.url, teamId=to_id("Team", team))
            await channel(people.editor, "WEBHOOK", nobody.url, events=["INCIDENT_RESOLVED"])
            assert (await other.mutate(WATCH, datasetId=public.id))["dataset"] == {"id": public.id, "watched": True}
            assert codes(await other.mutate(WATCH, datasetId=secret.id)) == ["NOT_FOUND"]
            for checked in (public, secret, granted):
                await checked.found(Prices=True)
            assert len(await titles(owner, 3)) == 3
            await mine.until(1)
            await everything.until(2)
            await chosen.until(1)
            await of_team.until(1)
            assert await titles(other, 1) == ["1 rule fails on version 1"]
            seen = {name: {one.json["data"]["dataset"]["id"] for one in receiver.got} for name, receiver in
                    (("mine", mine), ("everything", everything), ("chosen", chosen), ("team", of_team), ("nobody", nobody))}  # fmt: skip
            assert seen == {
                "mine": {public.id}, "everything": {public.id, granted.id}, "chosen": {granted.id}, "team": {secret.id},
                "nobody": set(),
            }  # fmt: skip
            assert await inbox(viewer) == []

            # From here on neither the grants nor the account are there.
            assert (await other.mutate(UNWATCH, datasetId=public.id))["dataset"] == {"id": public.id, "watched": False}
            await connection.execute("DELETE FROM access_grants WHERE dataset_id = ANY($1)", [secret.row_id, granted.row_id])
            for checked in (public, secret, granted):
                await checked.found(Prices=False)
            assert len(await titles(owner, 6)) == 6
            await everything.until(3)
            counts = [len(receiver.got) for receiver in (mine, everything, chosen, of_team, nobody)]
            assert counts[:4] == [1, 3, 1, 1]
            # What was told of a dataset that one sees no longer is no longer shown.
            assert [one["dataset"]["id"] for one in await inbox(other)] == [public.id]
            await connection.execute("UPDATE users SET active = false WHERE id = $1", other.row_id)
            await public.found(Prices=True)
            assert len(await titles(owner, 7)) == 7
            assert len(everything.got) == 3
    finally:
        await connection.close()


async def test_who_sees_to_an_incident_is_told(db: Database, people: People) -> None:
    owner, other = people.editor, people.other
    checked = await Checked.made(db, owner, visibility="ORGANIZATION")
    await checked.found(Prices=True)
    assert await titles(owner, 1) == ["1 rule fails on version 1"]
    (incident,) = [edge["node"]["id"] for edge in (await owner.run(INCIDENT, d=checked.id))["incidents"]["edges"]]
    assert codes(await owner.mutate(MUTE, id=incident, assigneeId=other.id)) == []
    await checked.found(Prices=False)
    assert await titles(other, 1) == ["1 rule passes again on version 2"]


@pytest.fixture
async def muted(db: Database, telling: System, people: People) -> "Muted":
    return Muted(db, telling, people.editor)


class Muted:
    """Mutes, and lets their time pass."""

    def __init__(self, db: Database, system: System, owner: Person):
        self.db, self.system, self.owner = db, system, owner

    async def incident(self, checked: Checked) -> str:
        (edge,) = (await self.owner.run(INCIDENT, d=checked.id))["incidents"]["edges"]
        return str(edge["node"]["id"])

    async def mute(self, checked: Checked, until: str | None = "2999-01-01T00:00:00Z") -> None:
        assert codes(await self.owner.mutate(MUTE, id=await self.incident(checked), mutedUntil=until)) == []

    async def mute_rule(self, checked: Checked) -> None:
        await self._execute("UPDATE quality_rules SET muted_until = now() + interval '1 day' WHERE dataset_id = $1", checked)

    async def pass_by(self, checked: Checked) -> None:
        for table in ("incidents", "quality_rules"):
            statement = (
                f"UPDATE {table} SET muted_until = now() - interval '1 second' WHERE dataset_id = $1 AND muted_until IS NOT NULL"
            )
            await self._execute(statement, checked)
        await self.look()

    async def look(self) -> None:
        """As dispatchers do, two at the same time."""
        await asyncio.gather(Unmuter(self.db).look(), Unmuter(self.db).look())

    async def _execute(self, statement: str, checked: Checked) -> None:
        connection = await self.system.database()
        await connection.execute(statement, checked.row_id)
        await connection.close()


async def test_what_still_fails_when_its_mute_has_passed_is_told_once(
    db: Database, people: People, muted: Muted, receiver: Receiver
) -> None:
    owner = people.editor
    await channel(owner, "WEBHOOK", receiver.url)
    checked = await Checked.made(db, owner, "A")
    await checked.found(A=True)
    await receiver.until(1)
    await muted.mute(checked)
    await checked.found(A=False)
    await checked.found(A=True)
    await muted.look()
    await muted.pass_by(checked)
    await receiver.until(2)
    await muted.look()
    await checked.found(A=False)
    await receiver.until(3)
    assert told(receiver) == [("incident.opened", ["A"], []), ("incident.opened", ["A"], []), ("incident.resolved", [], ["A"])]
    assert receiver.got[1].json["data"]["run"] is None
    assert await titles(owner, 3) == ["1 rule passes again on version 4", "1 rule still fails", "1 rule fails on version 1"]


async def test_what_recovered_under_a_mute_is_told_when_it_was_said_to_fail(db: Database, people: People, muted: Muted) -> None:
    checked = await Checked.made(db, people.editor, "A")
    await checked.found(A=True)
    assert len(await titles(people.editor, 1)) == 1
    await muted.mute(checked)
    await checked.found(A=False)
    await muted.pass_by(checked)
    assert await titles(people.editor, 2) == ["1 rule passes again", "1 rule fails on version 1"]


async def test_what_came_and_went_under_a_mute_of_its_rule_is_never_told(
    db: Database, people: People, muted: Muted, receiver: Receiver
) -> None:
    owner = people.editor
    await channel(owner, "WEBHOOK", receiver.url)
    checked = await Checked.made(db, owner, "A")
    await muted.mute_rule(checked)
    await checked.found(A=True)
    await checked.found(A=False)
    await muted.pass_by(checked)
    await checked.found(A=True)
    await receiver.until(1)
    assert told(receiver) == [("incident.opened", ["A"], [])]
    assert await titles(owner, 1) == ["1 rule fails on version 3"]


async def test_a_mute_that_somebody_lifts_tells_what_nobody_knew(db: Database, people: People, muted: Muted) -> None:
    owner = people.editor
    checked = await Checked.made(db, owner, "A")
    await muted.mute_rule(checked)
    await checked.found(A=True)
    await muted.look()
    assert await inbox(owner) == []
    await muted._execute("UPDATE quality_rules SET muted_until = NULL WHERE dataset_id = $1", checked)
    await muted.look()
    assert await titles(owner, 1) == ["1 rule still fails"]
    await muted.look()
    assert await titles(owner, 1) == ["1 rule still fails"]


async def test_an_inbox_is_counted_and_read_live(db: Database, telling: System, people: People) -> None:
    owner = people.editor
    checked = await Checked.made(db, owner)
    async with (
        await Socket.signed_in(telling.url, owner.token) as socket,
        await Socket.signed_in(telling.url, people.other.token) as foreign,
    ):
        await socket.subscribe(CHANGES)
        await foreign.subscribe(CHANGES)
        empty = {"sequence": 0, "unreadCount": 0, "notification": None}
        assert (await socket.next(), await foreign.next()) == (empty, empty)
        ids = []
        for number, bad in enumerate((True, False, True), 1):
            await checked.found(Prices=bad)
            event = await socket.next()
            assert (event["sequence"], event["unreadCount"]) == (number, number)
            ids.append(event["notification"]["id"])
        assert (await owner.mutate(READ, ids=ids[:1])) == {"unreadCount": 2, "errors": []}
        assert await socket.next() == {"sequence": 3, "unreadCount": 2, "notification": None}
        # Somebody else's ids, and what was read already, change nothing.
        assert (await people.other.mutate(READ, ids=ids)) == {"unreadCount": 0, "errors": []}
        assert (await owner.mutate(READ, ids=ids[:1])) == {"unreadCount": 2, "errors": []}
        assert [one["sequence"] for one in await inbox(owner, unread=True)] == [3, 2]
        assert (await owner.mutate(READ, upToSequence=3)) == {"unreadCount": 0, "errors": []}
        assert await socket.next() == {"sequence": 3, "unreadCount": 0, "notification": None}
        await foreign.send("ping")
        assert await foreign.receive() == {"type": "pong"}
    assert codes(await owner.mutate(READ)) == ["INVALID_INPUT"]
    assert codes(await owner.mutate(READ, ids=ids, upToSequence=1)) == ["INVALID_INPUT"]
    assert codes(await owner.mutate(READ, ids=ids * 34)) == ["INVALID_INPUT"]
    page = "query P($a: String) { notifications(first: 2, after: $a) { edges { node { sequence } } pageInfo { endCursor hasNextPage } } }"
    first = (await owner.run(page))["notifications"]
    rest = (await owner.run(page, a=first["pageInfo"]["endCursor"]))["notifications"]
    assert [[e["node"]["sequence"] for e in one["edges"]] for one in (first, rest)] == [[3, 2], [1]]
    assert from_id(ids[0], "Notification")
