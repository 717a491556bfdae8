"""Every subscription as every kind of principal, over real sockets: what `app.api.policy` says is what happens."""

from app.api.policy import POLICY, Who
from app.services.access import Level
from tests.access.matrix import SCHEMA, Matrix, is_open, object_type
from tests.access.world import CANARY, Principal, World
from tests.support.socket import Socket

INBOX = "subscription { notificationsChanged { sequence unreadCount notification { title } } }"
REFUSED_BY_CLOSING = 4403


async def opened(world: World, principal: Principal) -> Socket:
    """A socket on which somebody has introduced themselves."""
    token = principal.headers.get("Authorization", "Bearer ").removeprefix("Bearer ")
    socket = await Socket.open(world.system.url)
    await socket.send("connection_init", payload={"authorization": f"Bearer {token}"} if token else {})
    return socket


async def check_inbox(matrix: Matrix, principal: Principal, socket: Socket, unread: int) -> None:
    await socket.subscribe(INBOX, "inbox")
    state = (await socket.receive())["payload"]["data"]["notificationsChanged"]
    matrix.check(principal, ("Subscription", "notificationsChanged"), unread, state["unreadCount"] == unread, state)
    await socket.send("complete", id="inbox")


async def check_status(matrix: Matrix, principal: Principal, socket: Socket) -> None:
    world = matrix.world
    event = "sequence occurredAt dataset { id name } version { id label }"
    await socket.subscribe(f'subscription {{ datasetStatusChanged(datasetId: "{world.dataset}") {{ {event} }} }}', "status")
    message = await socket.receive()
    if principal.level >= Level.READ:
        data = message["payload"]["data"]["datasetStatusChanged"] if message["type"] == "next" else {}
        holds = (data.get("dataset") or {}).get("id") == world.dataset and set(data) == set(
            object_type("DatasetStatusEvent").fields
        )
    else:
        holds = CANARY not in str(message) and error_codes(message) == ["NOT_FOUND"]
    matrix.check(principal, ("Subscription", "datasetStatusChanged"), Who.READ, holds, message)
    for name in object_type("DatasetStatusEvent").fields:
        matrix.check(principal, ("DatasetStatusEvent", name), Who.PARENT, holds, message)


async def check_runs(matrix: Matrix, principal: Principal, socket: Socket) -> None:
    world, field = matrix.world, ("Subscription", "qualityRunChanged")
    await socket.subscribe(
        f'subscription {{ qualityRunChanged(datasetId: "{world.dataset}") {{ sequence run {{ id }} }} }}', "runs"
    )
    if principal.level >= Level.READ:  # it stays open, and says nothing
        await socket.send("ping")
        message = await socket.receive()
        matrix.check(principal, field, "open", message["type"] in ("pong", "next"), message)
        return
    message = await socket.receive()
    while message.get("id") != "runs":
        message = await socket.receive()
    matrix.check(principal, field, "NOT_FOUND", error_codes(message) == ["NOT_FOUND"], message)


def error_codes(message: dict) -> list[str]:
    payload = message.get("payload") or {}
    errors = payload if isinstance(payload, list) else payload.get("errors") or []
    return [error["extensions"]["code"] for error in errors]


async def test_every_subscription_tells_every_principal_what_the_policy_says(world: World) -> None:
    matrix, subscriptions = Matrix(world), SCHEMA.subscription_type
    assert subscriptions is not None
    async with world.database() as connection:
        rows = await connection.fetch("SELECT user_id, count(*) FROM notices WHERE read_at IS NULL GROUP BY user_id")
    # Of those who see the dataset still.
    unread = {
        row[0]: row[1] for row in rows if row[0] in {one.user_id for one in world.principals.values() if one.level >= Level.READ}
    }
    for principal in world.principals.values():
        async with await opened(world, principal) as socket:
            if not principal.signed_in:
                closed = await socket.closed()
                for type_ in (subscriptions, object_type("DatasetStatusEvent")):
                    for name in type_.fields:
                        matrix.check(principal, (type_.name, name), "closed", closed == REFUSED_BY_CLOSING, closed)
                continue
            assert (await socket.receive())["type"] == "connection_ack"
            await check_inbox(matrix, principal, socket, unread.get(principal.user_id, 0))
            await check_status(matrix, principal, socket)
            await check_runs(matrix, principal, socket)
    assert matrix.wrong == [], "\n" + "\n".join(map(str, matrix.wrong))
    assert matrix.unchecked("subscriptions") == []
    open_to = {
        name: is_open(POLICY["Subscription", name], world.principals["key READ"], uploader=False) for name in subscriptions.fields
    }
    assert set(open_to.values()) == {True}  # a key that may only read may follow what it may read
    assert set(Who) == set(POLICY.values())
