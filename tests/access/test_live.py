"""Open subscriptions follow the loss of access, also when nothing happens to the dataset."""

from app.core.ids import uuid7
from app.schema.ids import from_id
from app.services import live
from tests.access.world import World
from tests.support.client import Client
from tests.support.socket import Socket

STATUS = "subscription S($d: ID) { datasetStatusChanged(datasetId: $d) { dataset { id } } }"
GRANT = "mutation G($input: GrantAccessInput!) { grantAccess(input: $input) { grant { id } errors { code } } }"
ENTRIES = "mutation S($input: SetMetadataInput!) { setMetadata(input: $input) { errors { code } } }"


async def granted_to_the_team(world: World) -> str:
    dataset_id = await world.people["owner"].create(f"Live {uuid7()}", visibility="RESTRICTED")
    payload = await world.people["owner"].mutate(GRANT, datasetId=dataset_id, teamId=world.team, level="READ")
    assert payload["errors"] == []
    return dataset_id


async def leave(world: World, *, back: bool = False) -> None:
    """The person is in the team no more, or again. Nothing is said to anybody."""
    statement = "DELETE FROM team_members WHERE team_id = $1 AND user_id = $2"
    if back:
        statement = "INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)"
    async with world.database() as connection:
        await connection.execute(statement, from_id(world.team, "Team"), world.people["other"].row_id)


async def change(owner: Client, dataset_id: str) -> None:
    assert await owner.mutate(ENTRIES, datasetId=dataset_id, entries=[{"key": "a", "value": 1}]) == {"errors": []}


async def test_who_leaves_the_team_is_told_nothing_more_of_its_dataset(world: World) -> None:
    assert 2 * live.AUDIENCE_SECONDS < 1
    dataset_id, other, owner = await granted_to_the_team(world), world.people["other"], world.people["owner"]
    async with await Socket.signed_in(world.system.url, other.token) as socket:
        await socket.subscribe(STATUS, "1", d=dataset_id)
        assert (await socket.next())["dataset"]["id"] == dataset_id
        await change(owner, dataset_id)
        assert (await socket.next())["dataset"]["id"] == dataset_id
        await leave(world)
        assert await socket.receive() == {"type": "complete", "id": "1"}
        await leave(world, back=True)


async def test_who_watches_everything_sees_the_rest_only(world: World) -> None:
    dataset_id, other, owner = await granted_to_the_team(world), world.people["other"], world.people["owner"]
    seen = await owner.create(f"Live and open {uuid7()}")
    async with await Socket.signed_in(world.system.url, other.token) as socket:
        await socket.subscribe(STATUS, "1", d=None)
        started = set()
        while not {dataset_id, seen} <= started:
            started.add((await socket.next())["dataset"]["id"])
        await leave(world)
        async with await Socket.signed_in(world.system.url, other.token) as watching:  # what is known of it is known to be old
            await watching.subscribe(STATUS, "2", d=dataset_id)
            message = await watching.receive()
            while message["type"] == "next":
                message = await watching.receive()
        await change(owner, dataset_id)
        await change(owner, seen)
        assert (await socket.next())["dataset"]["id"] == seen
        await leave(world, back=True)
