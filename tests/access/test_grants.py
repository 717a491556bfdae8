"""Grants to teams, what a viewer may do, who sees grants, and a new owner."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.ids import uuid7
from app.schema.ids import from_id, to_id
from tests.access.world import World

GRANT = """mutation G($input: GrantAccessInput!) { grantAccess(input: $input) {
    grant { id level expiresAt user { id } team { id } } errors { code message path } } }"""
REVOKE = "mutation R($input: RevokeAccessInput!) { revokeAccess(input: $input) { revokedId errors { code } } }"
TRANSFER = """mutation T($input: TransferOwnershipInput!) { transferOwnership(input: $input) {
    dataset { id owner { id } revision } errors { code message path } } }"""
LEVEL = "query L($id: ID!) { dataset(id: $id) { viewerLevel accessGrants { id level user { id } } } }"
FOUND = 'query F($n: String!) { searchDatasets(query: "", first: 5, filter: {nameContains: $n}) { totalCount facets { name buckets { count } } } }'


async def restricted(world: World) -> str:
    return await world.people["owner"].create(f"Granted {uuid7()}", visibility="RESTRICTED")


async def level(world: World, principal: str, dataset_id: str) -> str | None:
    found = (await world.give(principal, LEVEL, id=dataset_id))["dataset"]
    return found and found["viewerLevel"]


async def test_a_team_s_grant_is_each_member_s_while_in_the_team(world: World) -> None:
    dataset_id, owner, member = await restricted(world), world.people["owner"], world.people["other"]
    assert await level(world, "other", dataset_id) is None
    payload = await owner.mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="WRITE")
    grant = {"id": payload["grant"]["id"], "level": "WRITE", "expiresAt": None, "user": None, "team": {"id": world.team}}
    assert payload == {"grant": grant, "errors": []}
    assert await level(world, "other", dataset_id) == "WRITE"
    assert await level(world, "viewer", dataset_id) is None
    again = await owner.mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="READ")
    assert again["grant"]["id"] == payload["grant"]["id"]
    # The higher of one's own and the team's.
    await owner.mutate(GRANT, datasetId=dataset_id, userId=member.id, level="MANAGE")
    assert await level(world, "other", dataset_id) == "MANAGE"
    async with world.database() as connection:
        await connection.execute("DELETE FROM access_grants WHERE user_id = $1", member.row_id)
        assert await level(world, "other", dataset_id) == "READ"
        team = from_id(world.team, "Team")
        await connection.execute("DELETE FROM team_members WHERE team_id = $1", team)
        assert await level(world, "other", dataset_id) is None
        await connection.execute("INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, member.row_id)
    assert await level(world, "other", dataset_id) == "READ"
    assert (await owner.mutate(REVOKE, grantId=payload["grant"]["id"]))["errors"] == []
    assert await level(world, "other", dataset_id) is None


async def test_a_team_s_grant_ends_when_it_expires(world: World) -> None:
    dataset_id = await restricted(world)
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await world.people["owner"].mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="WRITE", expiresAt=ends)
    assert await level(world, "other", dataset_id) == "WRITE"
    async with world.database() as connection:
        await connection.execute(
            "UPDATE access_grants SET expires_at = now() WHERE dataset_id = $1", from_id(dataset_id, "Dataset")
        )
    assert await level(world, "other", dataset_id) is None


async def test_search_counts_what_a_team_was_granted(world: World) -> None:
    name = f"Counted {uuid7()}"
    dataset_id = await world.people["owner"].create(name, visibility="RESTRICTED")

    async def found(principal: str) -> tuple[int, list[int]]:
        page = (await world.give(principal, FOUND, n=name))["searchDatasets"]
        return page["totalCount"], [sum(bucket["count"] for bucket in facet["buckets"]) for facet in page["facets"]]

    async with world.database() as connection:  # the document is written by a task: this test is of who finds it
        await connection.execute(
            "INSERT INTO search_documents (dataset_id, document_version, folded_name, words, body, tags, field_names, "
            "metadata_lines, vector) VALUES ($1, 0, '', '', '', '{}', '{}', '{}', '') ON CONFLICT DO NOTHING",
            from_id(dataset_id, "Dataset"),
        )
    assert await found("owner") == (1, [1, 1, 1, 0])
    assert await found("other") == (0, [0, 0, 0, 0])
    await world.people["owner"].mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="READ")
    assert await found("other") == (1, [1, 1, 1, 0])
    assert await found("viewer") == (0, [0, 0, 0, 0])


async def test_grants_are_listed_for_those_who_may_manage(world: World) -> None:
    expected = {world.people["reader"].id: "READ", world.people["writer"].id: "WRITE"}
    for principal, sees in {"reader": False, "writer": False, "owner": True, "admin": True}.items():
        listed = (await world.give(principal, LEVEL, id=world.dataset))["dataset"]["accessGrants"]
        assert (listed and {one["user"]["id"]: one["level"] for one in listed}) == (expected if sees else None), principal


@pytest.mark.parametrize("named", [(), ("userId", "teamId")])
async def test_a_grant_has_one_holder(world: World, named: tuple[str, ...]) -> None:
    holders = {"userId": world.people["viewer"].id, "teamId": world.team}
    given = {name: holders[name] for name in named}
    payload = await world.people["owner"].mutate(GRANT, datasetId=world.dataset, level="READ", **given)
    assert payload["grant"] is None
    assert payload["errors"] == [
        {"code": "INVALID_INPUT", "message": "Name a user or a team, not both.", "path": ["input", "userId"]}
    ]


async def test_a_grant_goes_to_a_team_that_exists(world: World) -> None:
    payload = await world.people["owner"].mutate(GRANT, datasetId=world.dataset, level="READ", teamId=to_id("Team", uuid7()))
    assert payload["errors"] == [{"code": "NOT_FOUND", "message": "There is no such team.", "path": ["input", "teamId"]}]


async def test_a_dataset_has_at_most_250_grants(world: World) -> None:
    dataset_id, owner = await restricted(world), world.people["owner"]
    async with world.database() as connection:
        await connection.execute(
            "WITH made AS (INSERT INTO teams (id, name) SELECT gen_random_uuid(), 'Team ' || gen_random_uuid() "
            "FROM generate_series(1, 249) RETURNING id) "
            "INSERT INTO access_grants (id, dataset_id, team_id, level) SELECT gen_random_uuid(), $1, id, 'READ' FROM made",
            from_id(dataset_id, "Dataset"),
        )
    assert (await owner.mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="READ"))["errors"] == []
    assert (await owner.mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="WRITE"))["errors"] == []
    more = await owner.mutate(GRANT, datasetId=dataset_id, userId=world.people["viewer"].id, level="READ")
    assert [error["code"] for error in more["errors"]] == ["LIMIT_EXCEEDED"]
    assert await level(world, "viewer", dataset_id) is None


async def test_the_owner_gives_a_dataset_away_and_sees_it_no_more(world: World) -> None:
    dataset_id, owner, writer = await restricted(world), world.people["owner"], world.people["writer"]
    given = {"datasetId": dataset_id, "userId": writer.id}
    await owner.mutate(GRANT, datasetId=dataset_id, userId=world.people["other"].id, level="MANAGE")
    refused = await world.people["other"].mutate(TRANSFER, **given)
    message = "Only the owner and administrators can give a dataset to another owner."
    assert refused == {"dataset": None, "errors": [{"code": "FORBIDDEN", "message": message, "path": None}]}
    assert await level(world, "owner", dataset_id) == "MANAGE"

    assert await owner.mutate(TRANSFER, **given) == {"dataset": None, "errors": []}
    assert await level(world, "owner", dataset_id) is None
    assert await level(world, "writer", dataset_id) == "MANAGE"
    back = await world.people["admin"].mutate(TRANSFER, datasetId=dataset_id, userId=owner.id)
    assert back == {"dataset": {"id": dataset_id, "owner": {"id": owner.id}, "revision": 3}, "errors": []}


async def test_viewers_and_strangers_own_nothing(world: World) -> None:
    dataset_id, owner = await restricted(world), world.people["owner"]
    viewer = await owner.mutate(TRANSFER, datasetId=dataset_id, userId=world.people["viewer"].id)
    assert [(error["code"], error["path"]) for error in viewer["errors"]] == [("INVALID_INPUT", ["input", "userId"])]
    nobody = await owner.mutate(TRANSFER, datasetId=dataset_id, userId=to_id("User", uuid7()))
    assert [(error["code"], error["path"]) for error in nobody["errors"]] == [("NOT_FOUND", ["input", "userId"])]
    assert await level(world, "owner", dataset_id) == "MANAGE"
