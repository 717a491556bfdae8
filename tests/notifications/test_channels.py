"""Channels: what is accepted, who may touch them, and that nothing secret ever comes back."""

import pytest

from app.core.db import Database
from app.core.ids import uuid7
from app.core.sealing import new_key, sealer_of
from app.schema.ids import from_id, to_id
from app.services.accounts import signing_keys
from tests.notifications.telling import BOTH, CREATE, DELETE, LOG, ROTATE, UPDATE, channel, codes, log
from tests.support.people import People, Person, a_person
from tests.support.system import System, settings_from

MINE = """query M { notificationChannels(first: 50) { edges { node { id name target scope datasets { id } team { id } owner { id }
    subjectTemplate } } pageInfo { hasNextPage } } }"""
GOOD = {"name": "Hook", "type": "WEBHOOK", "target": "https://example.com/hook/secret-path?k=v", "events": BOTH}


async def mine(person: Person) -> list[dict]:
    return [edge["node"] for edge in (await person.run(MINE))["notificationChannels"]["edges"]]


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"name": " "}, "INVALID_INPUT", "name"),
        ({"name": "n" * 101}, "INVALID_INPUT", "name"),
        ({"events": []}, "INVALID_INPUT", "events"),
        ({"target": "http://example.com/x"}, "NOTHING", None),
        ({"target": "https://10.0.0.1/x"}, "INVALID_INPUT", "target"),
        ({"target": "https://169.254.169.254/latest/meta-data"}, "INVALID_INPUT", "target"),
        ({"target": "https://user:pw@example.com"}, "INVALID_INPUT", "target"),
        ({"target": "no url"}, "INVALID_INPUT", "target"),
        ({"type": "SLACK", "target": "https://[::ffff:127.0.0.1]/x"}, "INVALID_INPUT", "target"),
        ({"type": "EMAIL", "target": "nobody"}, "INVALID_INPUT", "target"),
        ({"type": "EMAIL", "target": "a@example.com\r\nBcc: b@example.com"}, "INVALID_INPUT", "target"),
        ({"type": "EMAIL", "target": "a@example.com,b@example.com"}, "INVALID_INPUT", "target"),
        ({"type": "EMAIL", "target": "somebody@elsewhere.example"}, "FORBIDDEN", "target"),
        ({"scope": "SELECTED"}, "INVALID_INPUT", "datasetIds"),
        ({"scope": "SELECTED", "datasetIds": ["nonsense"]}, "INVALID_INPUT", "datasetIds"),
        ({"scope": "SELECTED", "datasetIds": [to_id("Dataset", uuid7())]}, "NOT_FOUND", None),
        ({"teamId": to_id("Team", uuid7())}, "FORBIDDEN", "teamId"),
        ({"subjectTemplate": "{{who}}"}, "INVALID_INPUT", "subjectTemplate"),
        ({"bodyTemplate": "{{headline"}, "INVALID_INPUT", "bodyTemplate"),
    ],
)
async def test_what_cannot_be_a_channel_is_refused(people: People, changed: dict, code: str, path: str | None) -> None:
    payload = await people.editor.mutate(CREATE, **{**GOOD, **changed})
    if code == "NOTHING":
        # Outside of production a name may lead to a network that is let through: it is looked up when something is sent.
        assert codes(payload) == []
        return
    assert codes(payload) == [code], payload
    assert payload["errors"][0]["path"] == (None if path is None else ["input", path])
    assert (payload["channel"], payload["signingSecret"], await mine(people.editor)) == (None, None, [])


async def test_secrets_are_sealed_and_never_come_back(telling: System, people: People) -> None:
    owner = people.editor
    made = await channel(owner, **GOOD)
    assert made["channel"]["target"] == "https://example.com/…"
    assert made["signingSecret"].startswith("whsec_")
    channel_id = made["channel"]["id"]
    connection = await telling.database()
    row = await connection.fetchrow(
        "SELECT target, secret, n::text AS shown FROM notification_channels n WHERE id = $1",
        from_id(channel_id, "NotificationChannel"),
    )
    for sealed in (row["target"], row["secret"]):
        assert b"secret-path" not in sealed
        assert made["signingSecret"].encode() not in sealed
    recorded = await connection.fetchval(
        "SELECT string_agg(a::text, '') FROM audit_events a WHERE target_id = $1", from_id(channel_id, "NotificationChannel")
    )
    assert "notification_channel.create" in recorded
    assert "secret-path" not in recorded
    assert "whsec_" not in recorded
    answers = (
        str(await mine(owner))
        + str(await owner.run(LOG, id=channel_id))
        + str(await owner.mutate(UPDATE, id=channel_id, name="New"))
    )
    assert "secret-path" not in answers
    assert "whsec_" not in answers

    key = {"Idempotency_Key": f"channel-{uuid7()}"}
    first, second = [
        (await owner.post(CREATE, {"input": GOOD}, **key)).json()["data"]["createNotificationChannel"] for _ in range(2)
    ]
    assert first["channel"]["id"] == second["channel"]["id"]
    assert (first["signingSecret"] is None, second["signingSecret"]) == (False, None)
    await connection.close()


async def test_channels_are_those_of_who_made_them_and_of_their_team(telling: System, people: People) -> None:
    owner, member, stranger = people.editor, people.viewer, people.other
    team = uuid7()
    connection = await telling.database()
    await connection.execute("INSERT INTO teams (id, name) VALUES ($1, $2)", team, f"Team {team}")
    for person in (owner, member):
        await connection.execute("INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, person.row_id)
    own = (await channel(owner, **GOOD))["channel"]["id"]
    shared = (await channel(owner, **{**GOOD, "name": "Team's"}, teamId=to_id("Team", team)))["channel"]["id"]
    assert [one["id"] for one in await mine(owner)] == [shared, own]
    assert [(one["id"], one["team"], one["owner"]) for one in await mine(member)] == [
        (shared, {"id": to_id("Team", team)}, {"id": owner.id})
    ]
    assert await mine(stranger) == []
    assert codes(await owner.mutate(CREATE, **GOOD, teamId=to_id("Team", team), scope="ALL")) == ["INVALID_INPUT"]
    for person, channel_id in ((stranger, own), (stranger, shared), (member, own)):
        for mutation, given in (
            (UPDATE, {"id": channel_id, "name": "x"}),
            (DELETE, {"id": channel_id}),
            (ROTATE, {"channelId": channel_id}),
        ):
            assert codes(await person.mutate(mutation, **given)) == ["NOT_FOUND"]
        assert (await person.run("query N($i: ID!) { node(id: $i) { id } }", i=channel_id))["node"] is None
    renamed = (await member.mutate(UPDATE, id=shared, name="Ours", enabled=False))["channel"]
    assert (renamed["name"], renamed["enabled"]) == ("Ours", False)
    await connection.execute("DELETE FROM team_members WHERE team_id = $1 AND user_id = $2", team, member.row_id)
    await connection.close()
    assert codes(await member.mutate(DELETE, id=shared)) == ["NOT_FOUND"]
    assert (await owner.mutate(DELETE, id=own)) == {"deletedId": own, "errors": []}
    assert [one["id"] for one in await mine(owner)] == [shared]
    assert await log(owner, shared) == []


async def test_a_channel_is_changed(people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Chosen {uuid7()}", visibility="RESTRICTED")
    secret = await people.other.create(f"Not mine {uuid7()}", visibility="RESTRICTED")
    channel_id = (await channel(owner, **GOOD))["channel"]["id"]
    changed = await owner.mutate(
        UPDATE, id=channel_id, name="New", target="https://other.example/x", events=["INCIDENT_RESOLVED"], scope="SELECTED",
        datasetIds=[dataset_id], subjectTemplate="{{headline}}!", bodyTemplate="{{changes}}",
    )  # fmt: skip
    assert changed["channel"] == {
        "id": channel_id, "name": "New", "target": "https://other.example/…", "events": ["INCIDENT_RESOLVED"], "scope": "SELECTED",
        "enabled": True, "disabledReason": None, "subjectTemplate": "{{headline}}!", "bodyTemplate": "{{changes}}",
        "datasets": [{"id": dataset_id}],
    }  # fmt: skip
    assert codes(await owner.mutate(UPDATE, id=channel_id, datasetIds=[secret])) == ["NOT_FOUND"]
    assert codes(await owner.mutate(UPDATE, id=channel_id, datasetIds=[dataset_id] * 101)) == []
    assert codes(await owner.mutate(UPDATE, id=channel_id, subjectTemplate="{{nobody}}")) == ["INVALID_INPUT"]
    back = (await owner.mutate(UPDATE, id=channel_id, scope="MINE", subjectTemplate=""))["channel"]
    assert (back["scope"], back["datasets"], back["subjectTemplate"], back["bodyTemplate"]) == ("MINE", [], None, "{{changes}}")


async def test_twenty_channels_are_enough(people: People) -> None:
    for number in range(20):
        await channel(people.viewer, **{**GOOD, "name": f"Hook {number}"})
    assert codes(await people.viewer.mutate(CREATE, **GOOD)) == ["LIMIT_EXCEEDED"]
    assert len(await mine(people.viewer)) == 20


async def test_an_administrator_may_have_mail_sent_elsewhere(telling: System) -> None:
    async with a_person(telling, "ADMIN") as admin:
        made = await channel(admin, "EMAIL", "partner@elsewhere.example")
    assert (made["channel"]["target"], made["signingSecret"]) == ("partner@elsewhere.example", None)


async def test_a_preview_shows_an_example_in_these_words(people: People) -> None:
    query = """query P($s: String, $b: String) { notificationPreview(subjectTemplate: $s, bodyTemplate: $b) { subject body }
        notificationVariables { name } }"""
    answer = await people.viewer.run(query, s="{{dataset.name}} v{{version.number}}", b="{{opened.list}}")
    assert answer["notificationPreview"] == {"subject": "Example v3", "body": "- Prices are positive (CRITICAL)"}
    assert "channel.name" in [one["name"] for one in answer["notificationVariables"]]
    refused = (await people.viewer.post(query, {"b": "{{x}}"})).json()
    assert refused["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_secrets_open_when_the_keys_were_rotated(telling: System, people: People) -> None:
    made = await channel(people.editor, **GOOD)
    channel_id = made["channel"]["id"]
    await people.editor.mutate(ROTATE, channelId=channel_id)
    former, added = telling.environment["DATAKURA_SECRET_KEYS"], new_key()
    connection = await telling.database()

    async def key_ids() -> set[bytes]:
        row = await connection.fetchrow(
            "SELECT target, secret, previous_secret FROM notification_channels WHERE id = $1",
            from_id(channel_id, "NotificationChannel"),
        )
        return {bytes(sealed)[2 : 2 + sealed[1]] for sealed in row.values()}

    assert await key_ids() == {former.partition(":")[0].encode()}
    settings = settings_from({**telling.environment, "DATAKURA_SECRET_KEYS": f"{added},{former}"})
    db = Database(settings, application_name="tests")
    assert await signing_keys.reseal(db, sealer_of(settings)) >= 3
    assert await key_ids() == {added.partition(":")[0].encode()}
    # Back again: the system knows the former key only.
    settings = settings_from({**telling.environment, "DATAKURA_SECRET_KEYS": f"{former},{added}"})
    await signing_keys.reseal(db, sealer_of(settings))
    await db.close()
    await connection.close()
