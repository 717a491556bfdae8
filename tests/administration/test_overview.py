"""Health, storage, quotas, the audit trail's state, accounts as administrators see them, and why somebody has access."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.access.world import a_key
from tests.accounts.documents import execute, fetch
from tests.support.client import Client
from tests.support.people import Person, a_person
from tests.support.socket import Socket
from tests.support.system import System

HEALTH = "{ systemHealth { ready version schemaRevision profile mailsPage dependencies { name available latencyMs version reason } processes { name connectionCount since } } }"
STORAGE = "query($first: Int!, $after: String) { storage(first: $first, after: $after) { usedBytes defaultQuotaBytes datasetCount owners { edges { node { owner { id } usedBytes fileBytes datasetCount quotaBytes ownQuotaBytes } } pageInfo { hasNextPage endCursor } } } }"
QUOTA = "mutation($input: SetStorageQuotaInput!) { setStorageQuota(input: $input) { storageUse { usedBytes quotaBytes ownQuotaBytes } errors { code path } } }"
TRAIL = "{ auditTrail { recordCount signedCount checkpointNumber checkpointAt } }"
USERS = "query($filter: UserFilter) { users(first: 100, filter: $filter) { edges { node { id email createdAt teams { name } activity { lastActiveAt openSessions invitationPending } apiKeys { name } } } } }"
END = "mutation($input: UserInput!) { endUserSessions(input: $input) { user { id activity { openSessions } } errors { code } } }"
LINK = "mutation($input: UserInput!) { sendUserLink(input: $input) { user { id } errors { code message } } }"
ACCESS = "query($d: ID!, $u: ID!) { dataset(id: $d) { accessOf(userId: $u) { level user { id } reasons { ground level expiresAt team { name } } } } }"


@asynccontextmanager
async def a_team(boss: Person) -> AsyncIterator[tuple[str, str]]:
    """(id, name) of a new team."""
    name = f"Team {uuid7()}"
    made = await boss.mutate(
        "mutation($input: CreateTeamInput!) { createTeam(input: $input) { team { id } errors { code } } }", name=name
    )
    yield made["team"]["id"], name


async def test_health_names_each_dependency_and_process(boss: Person) -> None:
    health = (await boss.run(HEALTH))["systemHealth"]
    assert (health["ready"], health["profile"], health["mailsPage"]) == (True, "test", "/mails")
    found = {one["name"]: one for one in health["dependencies"]}
    assert list(found) == ["postgresql", "redis", "storage"]
    assert all(one["available"] and one["latencyMs"] >= 0 and one["reason"] is None for one in found.values())
    assert found["postgresql"]["version"].startswith("18.")
    processes = {one["name"]: one["connectionCount"] for one in health["processes"]}
    assert list(processes) == ["api", "dispatcher", "worker"]
    assert all(count > 0 for count in processes.values()), processes


async def test_storage_is_told_by_owner_and_a_quota_of_ones_own_binds_at_once(boss: Person, editor: Person) -> None:
    dataset = await editor.create(f"Stored {uuid7()}")
    await editor.finished(await editor.upload(dataset, b"a,b\n1,2\n"))
    found, after = {}, None
    while True:
        page = (await boss.run(STORAGE, first=50, after=after))["storage"]["owners"]
        found |= {edge["node"]["owner"]["id"]: edge["node"] for edge in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    used = [one["usedBytes"] for one in found.values()]
    assert used == sorted(used, reverse=True)
    mine = found[editor.id]
    assert (mine["usedBytes"], mine["datasetCount"], mine["ownQuotaBytes"]) == (8, 1, None)
    assert mine["fileBytes"] > 8
    assert mine["quotaBytes"] == 100 << 40
    given = await boss.mutate(QUOTA, userId=editor.id, quotaBytes=10)
    assert given == {"storageUse": {"usedBytes": 8, "quotaBytes": 10, "ownQuotaBytes": 10}, "errors": []}
    refused = (await editor.start(dataset, b"a,b\n"))["errors"][0]
    assert (refused["code"], refused["path"]) == ("LIMIT_EXCEEDED", ["input", "sizeBytes"])
    assert (await editor.start(dataset, b"a\n"))["errors"] == []
    assert (await boss.mutate(QUOTA, userId=editor.id, quotaBytes=-1))["errors"] == [
        {"code": "INVALID_INPUT", "path": ["input", "quotaBytes"]}
    ]
    assert (await boss.mutate(QUOTA, userId=editor.id, quotaBytes=0))["storageUse"]["quotaBytes"] == 0
    assert (await editor.start(dataset, b"a,b\n" * 9))["errors"] == []
    assert (await boss.mutate(QUOTA, userId=editor.id))["storageUse"] == {
        "usedBytes": 8 + 2 + 36, "quotaBytes": 100 << 40, "ownQuotaBytes": None,
    }  # fmt: skip


async def test_the_trail_says_how_long_it_is(system: System, boss: Person) -> None:
    before = (await boss.run(TRAIL))["auditTrail"]
    assert 0 <= before["signedCount"] <= before["recordCount"]
    async with a_team(boss):
        after = (await boss.run(TRAIL))["auditTrail"]
    assert after["recordCount"] > before["recordCount"]
    assert (after["checkpointNumber"] == 0) is (after["checkpointAt"] is None)


async def test_accounts_are_searched_and_their_use_is_told_to_administrators_alone(
    system: System, boss: Person, editor: Person
) -> None:
    async with a_person(system, "VIEWER") as other:
        connection = await system.database()
        await a_key(connection, other.row_id, "READ")
        await connection.execute("UPDATE users SET display_name = '50%_off' WHERE id = $1", other.row_id)
        await connection.close()
        (found,) = (await boss.run(USERS, filter={"text": "50%_O"}))["users"]["edges"]
        node = found["node"]
        assert (node["id"], node["teams"], node["apiKeys"]) == (other.id, [], [{"name": "A key"}])
        assert node["activity"].pop("lastActiveAt") is not None
        assert node["activity"] == {"openSessions": 1, "invitationPending": True}
        (seen,) = (await editor.run(USERS, filter={"text": other.email}))["users"]["edges"]
        assert (seen["node"]["activity"], seen["node"]["apiKeys"]) == (None, None)
        (own,) = (await other.run(USERS, filter={"text": other.email.upper(), "role": "VIEWER", "active": True}))["users"][
            "edges"
        ]
        assert own["node"]["activity"]["openSessions"] == 1
        assert (await boss.run(USERS, filter={"text": other.email, "role": "EDITOR"}))["users"]["edges"] == []
        assert (await boss.run(USERS, filter={"text": other.email, "active": False}))["users"]["edges"] == []


async def test_an_administrator_signs_somebody_out_and_their_socket_closes(system: System, boss: Person) -> None:
    async with a_person(system, "VIEWER") as other:
        async with await Socket.open(system.url) as socket:
            await socket.send("connection_init", payload={"authorization": f"Bearer {other.token}"})
            assert (await socket.receive())["type"] == "connection_ack"
            ended = await boss.mutate(END, userId=other.id)
            assert ended == {"user": {"id": other.id, "activity": {"openSessions": 0}}, "errors": []}
            assert await socket.closed() in (4401, 4403)
        answer = (await other.post("{ users(first: 1) { edges { cursor } } }")).json()
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_link_is_an_invitation_until_there_is_a_password(system: System, boss: Person) -> None:
    async with a_person(system, "VIEWER") as other:
        purposes = "SELECT purpose FROM one_time_links WHERE user_id = $1 AND used_at IS NULL ORDER BY created_at"
        assert (await boss.mutate(LINK, userId=other.id))["errors"] == []
        await execute(system, "UPDATE users SET password_hash = 'x' WHERE id = $1", other.row_id)
        assert (await boss.mutate(LINK, userId=other.id))["errors"] == []
        assert await fetch(system, purposes, other.row_id) == [("INVITATION",), ("PASSWORD_RESET",)]
        await execute(system, "UPDATE users SET active = false WHERE id = $1", other.row_id)
        assert (await boss.mutate(LINK, userId=other.id))["errors"][0]["code"] == "CONFLICT"


async def test_access_is_explained_by_everything_that_gives_it(system: System, boss: Person, editor: Person) -> None:
    dataset = await editor.create(f"Explained {uuid7()}", visibility="RESTRICTED")
    team = uuid7()
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    grant = "mutation($input: GrantAccessInput!) { grantAccess(input: $input) { grant { id } errors { code } } }"
    async with a_person(system, "VIEWER") as other:
        await execute(system, "INSERT INTO teams (id, name) VALUES ($1, $2)", team, f"Team {team}")
        await execute(system, "INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, other.row_id)
        assert (await editor.run(ACCESS, d=dataset, u=other.id))["dataset"]["accessOf"] == {
            "level": None, "user": {"id": other.id}, "reasons": [],
        }  # fmt: skip
        await editor.mutate(grant, datasetId=dataset, userId=other.id, level="READ", expiresAt=ends)
        await editor.mutate(grant, datasetId=dataset, teamId=to_id("Team", team), level="WRITE")
        found = (await editor.run(ACCESS, d=dataset, u=other.id))["dataset"]["accessOf"]
        assert found["level"] == "WRITE"
        assert [(one["ground"], one["level"], one["team"], one["expiresAt"] is None) for one in found["reasons"]] == [
            ("TEAM", "WRITE", {"name": f"Team {team}"}, True),
            ("GRANT", "READ", None, False),
        ]
        # What it says is what happens.
        assert (await other.run("query($d: ID!) { dataset(id: $d) { viewerLevel } }", d=dataset)) == {
            "dataset": {"viewerLevel": "WRITE"}
        }
        assert (await other.run(ACCESS, d=dataset, u=other.id))["dataset"]["accessOf"] is None
        grounds = [one["ground"] for one in (await editor.run(ACCESS, d=dataset, u=editor.id))["dataset"]["accessOf"]["reasons"]]
        assert grounds == ["OWNER"]
        grounds = [one["ground"] for one in (await boss.run(ACCESS, d=dataset, u=boss.id))["dataset"]["accessOf"]["reasons"]]
        assert grounds == ["ADMINISTRATOR"]
        assert (await boss.run(ACCESS, d=dataset, u=to_id("User", uuid7())))["dataset"]["accessOf"] is None


async def test_an_export_takes_the_filters_of_the_list(boss: Person, client: Client) -> None:
    async with a_team(boss) as (team, name):
        params = {"format": "jsonl", "actor": boss.id, "target": team, "action": "team."}
        headers = {"Authorization": f"Bearer {boss.token}"}
        answer = await client.http.get("/audit/export", params=params, headers=headers)
        assert [line.partition('"action":"')[2].partition('"')[0] for line in answer.text.splitlines()] == ["team.create"]
        for wrong in ({"actor": "x"}, {"target": "no id"}):
            assert (await client.http.get("/audit/export", params=wrong, headers=headers)).status_code == 400
        events = await boss.run(
            "query($t: ID!) { auditEvents(first: 5, filter: {targetId: $t}) { edges { node { action target { id ... on Team { name memberCount } } } } } }",
            t=team,
        )
        assert events["auditEvents"]["edges"] == [
            {"node": {"action": "team.create", "target": {"id": team, "name": name, "memberCount": 0}}}
        ]
