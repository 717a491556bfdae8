"""Teams and their members."""

import asyncio

import pytest

from tests.accounts.documents import (
    ADD_MEMBER,
    CREATE_TEAM,
    DELETE_TEAM,
    REMOVE_MEMBER,
    UPDATE_TEAM,
    done,
    fetch,
    refused,
)
from tests.support.people import Person
from tests.support.system import System

TEAMS = """query Teams($first: Int!, $after: String, $members: Int!) { teams(first: $first, after: $after) {
    edges { node { id name members(first: $members) { edges { cursor node { email } } pageInfo { hasNextPage endCursor } } } }
    pageInfo { hasNextPage endCursor } } }"""
MEMBERS = """query T($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on Team {
    members(first: $first, after: $after) { edges { node { email } } pageInfo { hasNextPage endCursor } } } } }"""
NOT_ADMIN = ("FORBIDDEN", "Only administrators may do this.")


async def test_a_team_is_made_changed_and_deleted(system: System, boss: Person) -> None:
    team = (await done(boss, CREATE_TEAM, name="  Sales   East ", description="Ours"))["team"]
    assert team | {"id": ""} == {"id": "", "name": "Sales East", "description": "Ours", "members": {"edges": []}}
    changed = (await done(boss, UPDATE_TEAM, id=team["id"], name="Sales West"))["team"]
    assert (changed["name"], changed["description"]) == ("Sales West", "Ours")
    assert (await done(boss, UPDATE_TEAM, id=team["id"], description=""))["team"]["description"] is None
    assert await done(boss, DELETE_TEAM, id=team["id"]) == {"deletedId": team["id"]}
    for mutation in (UPDATE_TEAM, DELETE_TEAM):
        assert await refused(boss, mutation, id=team["id"]) == ("NOT_FOUND", "There is no such team.")


async def test_a_name_is_taken_once_in_whatever_case(boss: Person) -> None:
    answers = await asyncio.gather(*(boss.mutate(CREATE_TEAM, name=name) for name in ("Unique", "UNIQUE", " unique ")))
    assert sorted(error["code"] for answer in answers for error in answer["errors"]) == ["CONFLICT", "CONFLICT"]
    other = (await done(boss, CREATE_TEAM, name="Another"))["team"]["id"]
    assert await refused(boss, UPDATE_TEAM, id=other, name="unique") == ("CONFLICT", "There is a team of this name.")


async def test_people_join_and_leave(system: System, boss: Person, editor: Person, viewer: Person) -> None:
    team_id = (await done(boss, CREATE_TEAM, name=f"Team of {boss.email}"))["team"]["id"]
    for person in (viewer, editor, viewer):
        team = (await done(boss, ADD_MEMBER, teamId=team_id, userId=person.id))["team"]
    assert [edge["node"]["email"] for edge in team["members"]["edges"]] == [viewer.email, editor.email]
    team = (await done(boss, REMOVE_MEMBER, teamId=team_id, userId=viewer.id))["team"]
    assert [edge["node"]["email"] for edge in team["members"]["edges"]] == [editor.email]
    assert (await refused(boss, REMOVE_MEMBER, teamId=team_id, userId=viewer.id))[0] == "NOT_FOUND"
    assert (await refused(boss, ADD_MEMBER, teamId=team_id, userId="uAAAAAAAAAAAAAAAAAAAAAA"))[0] == "NOT_FOUND"
    await done(boss, DELETE_TEAM, id=team_id)
    assert await fetch(system, "SELECT 1 FROM team_members WHERE user_id = $1", editor.row_id) == []


async def test_only_administrators_change_teams(boss: Person, editor: Person) -> None:
    team_id = (await done(boss, CREATE_TEAM, name=f"Closed {boss.email}"))["team"]["id"]
    assert await refused(editor, CREATE_TEAM, name="Mine") == NOT_ADMIN
    assert await refused(editor, UPDATE_TEAM, id=team_id, name="Mine") == NOT_ADMIN
    assert await refused(editor, DELETE_TEAM, id=team_id) == NOT_ADMIN
    assert await refused(editor, ADD_MEMBER, teamId=team_id, userId=editor.id) == NOT_ADMIN
    assert await refused(editor, REMOVE_MEMBER, teamId=team_id, userId=editor.id) == NOT_ADMIN


@pytest.mark.parametrize(
    "input", [{"name": ""}, {"name": "x" * 101}, {"name": "a\x00b"}, {"name": "ok", "description": "x" * 2_001}]
)
async def test_what_cannot_be_accepted_makes_no_team(boss: Person, input: dict) -> None:
    assert (await refused(boss, CREATE_TEAM, **input))[0] == "INVALID_INPUT"


async def test_members_of_many_teams_come_a_page_at_a_time(system: System, boss: Person, editor: Person, viewer: Person) -> None:
    ids = [(await done(boss, CREATE_TEAM, name=f"~{n} {boss.email}"))["team"]["id"] for n in range(3)]
    for team_id in ids[:2]:
        for person in (boss, editor, viewer):
            await done(boss, ADD_MEMBER, teamId=team_id, userId=person.id)
    found: dict[str, list[str]] = {}
    after = None
    while True:
        page = (await viewer.run(TEAMS, first=2, after=after, members=2))["teams"]
        for edge in page["edges"]:
            members = edge["node"]["members"]
            found[edge["node"]["id"]] = [member["node"]["email"] for member in members["edges"]]
            assert members["pageInfo"]["hasNextPage"] == (edge["node"]["id"] in ids[:2])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert [found[team_id] for team_id in ids] == [[boss.email, editor.email]] * 2 + [[]]
    first = (await viewer.run(MEMBERS, id=ids[0], first=2, after=None))["node"]["members"]
    rest = (await viewer.run(MEMBERS, id=ids[0], first=2, after=first["pageInfo"]["endCursor"]))["node"]["members"]
    assert [edge["node"]["email"] for edge in rest["edges"]] == [viewer.email]
    assert rest["pageInfo"]["hasNextPage"] is False
