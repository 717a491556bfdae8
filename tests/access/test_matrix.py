"""Every field of the schema as every kind of principal: what `app.api.policy` says is what happens."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from app.api.policy import POLICY, Who
from app.api.schema import make_schema
from app.schema.ids import from_id
from app.services.access import Level
from tests.access import operations, throwaway
from tests.access.operations import account_mutations, mutation, mutations
from tests.access.world import CANARY, Principal, World, a_key, bearer
from tests.support.people import a_person
from tests.support.socket import Socket

SCHEMA = make_schema()._schema
NEEDED = {
    Who.READ: Level.READ,
    Who.WRITE: Level.WRITE,
    Who.UPLOADER: Level.WRITE,
    Who.MANAGE: Level.MANAGE,
    Who.OWNER: Level.MANAGE,
}
ROOTS = (
    "datasetVersion", "dataset", "upload", "compareVersions", "searchDatasets", "datasets", "auditEvents", "sessions", "apiKeys",
    "teams", "users", "datasetBySlug", "suggestDatasets", "node", "viewer", "signInOptions", "qualityRuleTypes", "qualityRun", "incidents", "qualityBackTest",
    "auditTrail", "taskQueues", "tasks", "storage", "systemHealth", "searchIndex",
    "ruleTemplates", "checkSchedules", "checkScheduleTimes", "dataContract",
    "datasetActivity", "previewFile",
    "notificationChannels", "notifications", "notificationPreview", "notificationVariables",
)  # fmt: skip
"""In this order a way to each type is looked for."""
VARYING = {"downloadUrl", "url", "viewerLevel", "expiresAt", "cursor", "startCursor", "endCursor", "score", "failedRowsUrl"}
"""Fields that differ between two answers, or between two viewers, by what they are."""
NOTIFICATIONS = {
    "NotificationChannel", "NotificationChannelConnection", "NotificationChannelEdge", "NotificationDelivery",
    "NotificationDeliveryConnection", "NotificationDeliveryEdge", "Notification", "NotificationConnection", "NotificationEdge",
    "NotificationPreview", "NotificationVariable",
}  # fmt: skip
OWN = NOTIFICATIONS | {
    "FilePreview",
    "PreviewColumn",
    "RuleTemplate",
    "RuleTemplateRule",
    "RuleTemplateConnection",
    "RuleTemplateEdge",
    "QualityRuleType",
    "SignInSession",
    "ApiKey",
    "User",
    "UserActivity",
    "UserConnection",
    "UserEdge",
    "Team",
    "TeamConnection",
    "TeamEdge",
}
"""Types of which everybody sees others, or of which there are more at each look."""
LOGS = {
    "AuditEvent", "AuditEventConnection", "AuditEventEdge", "AuditTrail", "SignInOptions", "TaskQueue", "Task", "TaskConnection", "TaskEdge",
    "StorageReport", "StorageUse", "StorageUseConnection", "StorageUseEdge", "SystemHealth", "SystemDependency", "SystemProcess",
    "SearchIndexState",
}  # fmt: skip
WITHOUT_DATA = {
    "RuleViolation", "QualityRunEvent", "DataContractChanges", "DataContractRuleChange", "DataContractPropertyChange", "NotificationsEvent", "CutCell", "StoredPart",
    "HttpHeader", "Session", "MfaChallenge", "SchemaChange", "ProfileChange",
}  # fmt: skip
"""Types of which this world holds none, or only a mutation gives one. Whoever gets one here makes the test fail."""


def arguments(world: World) -> dict[tuple[str, str], str]:
    """For each field that needs any."""
    return {
        ("Query", "dataset"): f'(id: "{world.dataset}")',
        ("Query", "datasetBySlug"): f'(slug: "{world.slug}")',
        ("Query", "datasetVersion"): f'(id: "{world.version}")',
        ("Query", "compareVersions"): f'(base: "{world.version}", head: "{world.version}")',
        ("Query", "node"): f'(id: "{world.dataset}")',
        ("Query", "upload"): f'(id: "{world.upload}")',
        ("Query", "datasets"): f'(first: 5, filter: {{nameContains: "{CANARY}"}})',
        ("Query", "searchDatasets"): f'(query: "{CANARY}", first: 5)',
        ("Query", "suggestDatasets"): f'(prefix: "{CANARY}")',
        ("Query", "users"): "(first: 5)",
        ("Query", "teams"): "(first: 5)",
        ("Query", "auditEvents"): "(first: 5)",
        ("Query", "tasks"): "(first: 5)",
        ("Query", "storage"): "(first: 5)",
        ("Dataset", "accessOf"): f'(userId: "{world.people["reader"].id}")',
        ("Query", "qualityBackTest"): f'(id: "{world.batch}")',
        ("Query", "previewFile"): '(input: {head: "YSxiCjEsMgo=", isWhole: true, fileName: "a.csv"})',
        ("Query", "datasetActivity"): f'(datasetId: "{world.dataset}", first: 5)',
        ("Query", "notificationChannels"): "(first: 5)",
        ("Query", "notifications"): "(first: 5)",
        ("NotificationChannel", "deliveries"): "(first: 5)",
        ("Query", "incidents"): f'(first: 5, filter: {{datasetId: "{world.dataset}"}})',
        ("Query", "qualityRun"): f'(id: "{world.run}")',
        ("Query", "ruleTemplates"): "(first: 5)",
        ("Query", "dataContract"): f'(datasetId: "{world.dataset}")',
        ("Query", "checkScheduleTimes"): '(cron: "0 6 * * *")',
        ("Query", "checkSchedules"): f'(first: 5, filter: {{datasetId: "{world.dataset}"}})',
        ("Dataset", "versions"): "(first: 5)",
        ("Dataset", "qualityRules"): "(first: 5)",
        ("Dataset", "qualityRuns"): "(first: 5)",
        ("Dataset", "qualityMetrics"): "(first: 5)",
        ("QualityRule", "recentResults"): "(first: 5)",
        ("DatasetVersion", "rows"): "(first: 5)",
        ("Team", "members"): "(first: 5)",
    }


Way = tuple[tuple[str, str], ...]
"""(type, field) from Query down to a type."""


def ways() -> dict[str, Way]:
    """Type -> the shortest way to it."""
    query = SCHEMA.query_type
    assert query is not None
    found: dict[str, Way] = {}
    waiting: list[tuple[GraphQLObjectType, Way]] = []
    for root in ROOTS:
        waiting.append((query, ()))
        while waiting:
            parent, way = waiting.pop(0)
            for name, field in parent.fields.items():
                type_ = get_named_type(field.type)
                if (parent is query and name != root) or not isinstance(type_, GraphQLObjectType) or type_.name in found:
                    continue
                if type_.name == "Phrase":
                    continue  # masked with the sentence beside it: test_masking.py
                if type_.name in OWN and not root.startswith(
                    ("sessions", "apiKeys", "teams", "users", "qualityRuleTypes", "ruleTemplates", "notification", "previewFile")
                ):
                    continue
                found[type_.name] = (*way, (parent.name, name))
                waiting.append((type_, found[type_.name]))
    return found


def selection(type_: GraphQLObjectType, given: dict[tuple[str, str], str]) -> str:
    """Every field of the type."""

    def one(name: str, field: GraphQLField) -> str:
        return name + given.get((type_.name, name), "") + ("" if is_leaf_type(get_named_type(field.type)) else " { __typename }")

    return " ".join(one(name, field) for name, field in type_.fields.items())


def objects(data: object, names: list[str]) -> list[dict]:
    """What stands at the end of a way, in order."""
    if isinstance(data, list):
        return [found for one in data for found in objects(one, names)]
    if not isinstance(data, dict):
        return []
    return objects(data.get(names[0]), names[1:]) if names else [data]


@dataclass(frozen=True)
class Wrong:
    """Something that is not as the policy says."""

    principal: str
    field: tuple[str, str]
    expected: str
    got: str


class Matrix:
    """Counts what was checked, and keeps what was wrong."""

    def __init__(self, world: World):
        self.world, self.wrong = world, list[Wrong]()
        self.checked: set[tuple[str, tuple[str, str]]] = set()

    def check(self, principal: Principal, field: tuple[str, str], expected: str, holds: bool, got: object) -> None:
        self.checked.add((principal.name, field))
        if not holds:
            self.wrong.append(Wrong(principal.name, field, expected, str(got)[:300]))


def codes(answer: dict) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def is_open(who: Who, principal: Principal, *, uploader: bool) -> bool:
    """Whether the principal gets something from a root field."""
    match who:
        case Who.ANYBODY:
            return True
        case Who.ACCOUNT:
            return principal.signed_in
        case Who.EDITOR:
            return principal.editor
        case Who.ADMINISTRATOR:
            return principal.administrator
        case Who.WRITER:
            return principal.signed_in and principal.name != "key READ"
        case Who.SELF:
            return uploader
        case Who.OWNER:
            return principal.owner
        case Who.UPLOADER:
            return principal.level >= Level.MANAGE or (uploader and principal.level >= Level.WRITE)
        case _:
            return principal.level >= NEEDED[who]


async def check_type(matrix: Matrix, type_name: str, way: Way, reference: list[dict]) -> None:
    """All fields of a type, as everybody."""
    world = matrix.world
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    query = document(world, type_, way)
    root = POLICY[way[0]]
    narrowed = [POLICY[step] for step in way[1:]]
    for principal in world.principals.values():
        answer = await world.ask(principal.name, query)
        found = objects(answer.get("data"), [name for _, name in way])
        allowed = is_open(root, principal, uploader=principal.name == "writer")
        if not principal.signed_in and root is not Who.ANYBODY:
            for name in type_.fields:
                matrix.check(principal, (type_name, name), "UNAUTHENTICATED", codes(answer) == ["UNAUTHENTICATED"], answer)
            continue
        visible = principal.level >= Level.READ or type_name in OWN | LOGS
        masked = principal.level < Level.WRITE
        if not allowed or not visible or (Who.MANAGER in narrowed and principal.level < Level.MANAGE):
            for name in type_.fields:
                nothing = CANARY not in str(answer.get("data")) and (
                    not found
                    or (
                        root is Who.ACCOUNT
                        and type_name
                        in (
                            "DatasetConnection",
                            "IncidentConnection",
                            "CheckScheduleConnection",
                            "SearchConnection",
                            "PageInfo",
                            "SearchFacet",
                        )
                    )
                )
                matrix.check(principal, (type_name, name), "nothing of the dataset", nothing, answer)
            continue
        for name in type_.fields:
            key = (type_name, name)
            if type_name in OWN | LOGS:
                answered = "errors" not in answer and all(name in one for one in found)
                told = principal.level >= Level.READ or type_name not in NOTIFICATIONS or CANARY not in str(answer)
                matrix.check(principal, key, "an answer", answered and told, answer)
                continue
            mine, theirs = [one[name] for one in found], [one[name] for one in reference]
            if name == "masked":
                matrix.check(principal, key, "of the sensitive column", mine == [False, masked, False], mine)
            elif POLICY[key] is Who.UNMASKED and masked:
                matrix.check(principal, key, "masked", is_masked(key, mine, theirs), mine)
            elif POLICY[key] is Who.MANAGER:
                matrix.check(principal, key, "for managers", (mine == [None]) is (principal.level < Level.MANAGE), mine)
            elif name in VARYING:
                same = [one is None for one in mine] == [one is None for one in theirs]
                matrix.check(principal, key, "an answer", same or Who.UNMASKED in narrowed, answer)
            elif Who.UNMASKED in narrowed and masked:
                matrix.check(principal, key, "nothing but what all may see", all(one in theirs for one in mine), mine)
            else:
                matrix.check(principal, key, f"{theirs}"[:200], mine == theirs and len(found) > 0, mine)


FURTHER = {
    ("DatasetVersion", "warningPhrases"),
    ("VersionError", "messagePhrase"),
    ("VersionError", "hintPhrase"),
    ("RejectedRow", "reasonPhrase"),
    ("QualityResult", "messagePhrase"),
    ("DatasetVersion", "error"),
    ("DatasetVersion", "rejectedRows"),
    ("QualityResult", "error"),
    ("RowPage", "cutCells"),
    ("VersionComparison", "profileChanges"),
}
"""Lists and objects of which the fields say what is masked."""


def is_masked(key: tuple[str, str], mine: list, theirs: list) -> bool:
    """Whether a reader's values are those of everybody without what the sensitive column makes of them."""
    if key in FURTHER:
        return CANARY not in str(mine)
    if key[0] == "FieldProfile":  # one for each column, of which the second is sensitive
        return mine[1] in (None, []) and (mine[0], mine[2]) == (theirs[0], theirs[2])
    return CANARY not in str(mine) and mine != theirs


def document(world: World, type_: GraphQLObjectType, way: Way) -> str:
    given = arguments(world)
    given |= {("Query", "datasetVersion"): f'(id: "{world.failed}")'} if type_.name == "VersionError" else {}
    inner = selection(type_, given)
    for step in reversed(way):
        inner = f"{step[1]}{given.get(step, '')} {{ {inner} }}"
    return f"{{ {inner} }}"


async def check_queries(matrix: Matrix) -> None:
    world, found = matrix.world, ways()
    for type_name, way in found.items():
        type_ = SCHEMA.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        asker = "writer" if way[0] == ("Query", "upload") else "admin"
        answer = await world.ask(asker, document(world, type_, way))
        reference = objects(answer.get("data"), [name for _, name in way])
        if type_name in WITHOUT_DATA:
            assert reference == [], f"{type_name} has data now: take it out of WITHOUT_DATA"
            for principal in world.principals.values():
                mine = await world.ask(principal.name, document(world, type_, way))
                nothing = objects(mine.get("data"), [name for _, name in way]) == []
                for name in type_.fields:
                    matrix.check(principal, (type_name, name), "nothing", nothing, mine)
            continue
        assert reference, (type_name, way, answer)
        await check_type(matrix, type_name, way, reference)


async def check_roots(matrix: Matrix) -> None:
    """Each query by itself."""
    world, given = matrix.world, arguments(matrix.world)
    query = SCHEMA.query_type
    assert query is not None
    for name in query.fields:
        who, inner = POLICY["Query", name], "" if is_leaf_type(get_named_type(query.fields[name].type)) else "{ __typename }"
        for principal in world.principals.values():
            answer = await world.ask(principal.name, f"{{ {name}{given.get(('Query', name), '')} {inner} }}")
            value = (answer.get("data") or {}).get(name)
            if who is Who.ANYBODY:
                holds = (value is not None) is (principal.signed_in or name != "viewer")
            elif not principal.signed_in:
                holds = codes(answer) == ["UNAUTHENTICATED"]
            elif not is_open(who, principal, uploader=principal.name == "writer"):
                refused = ["FORBIDDEN"] if who is Who.ADMINISTRATOR else ["NOT_FOUND"] if name == "compareVersions" else []
                holds = value is None and codes(answer) == refused
            else:
                holds = value is not None and "errors" not in answer
            matrix.check(principal, ("Query", name), who, holds, answer)


def payload_checks(matrix: Matrix, principal: Principal, name: str, answer: dict, allowed: bool, refusals: set[str]) -> None:
    """A mutation and each field of its payload."""
    assert SCHEMA.mutation_type is not None
    payload_type = get_named_type(SCHEMA.mutation_type.fields[name].type)
    assert isinstance(payload_type, GraphQLObjectType)
    payload = (answer.get("data") or {}).get(name)
    got = {error["code"] for error in payload["errors"]} if payload else set(codes(answer))
    refused = bool(got & {"UNAUTHENTICATED", "NOT_FOUND", "FORBIDDEN"})
    holds = not refused if allowed else (got <= refusals and bool(got))
    matrix.check(principal, ("Mutation", name), f"allowed: {allowed}", holds, answer)
    for field in payload_type.fields:
        silent = allowed or payload is None or field == "errors" or payload[field] in (None, [])
        matrix.check(principal, (payload_type.name, field), "nothing with errors", silent, answer)


async def check_dataset_mutations(matrix: Matrix) -> list[str]:
    """Each on a dataset of its own; returns those on which somebody was refused."""
    world = matrix.world
    names = list(mutations(operations.ids(world)))
    cases = [(name, principal) for name in names for principal in world.principals.values()]
    refused = []
    for (name, principal), on in zip(cases, await throwaway.make(world, len(cases)), strict=True):
        who = POLICY["Mutation", name]
        allowed = is_open(who, principal, uploader=principal.name == "writer")
        answer = await world.ask(principal.name, mutation(SCHEMA, name), input=mutations(on)[name])
        if not principal.signed_in:
            refusals = {"UNAUTHENTICATED"}
        elif who is Who.EDITOR or principal.level >= Level.READ:
            refusals = {"FORBIDDEN"}
        else:
            refusals = {"NOT_FOUND"}
        payload_checks(matrix, principal, name, answer, allowed, refusals)
        if not allowed:
            refused.append(on.dataset)
    return refused


@asynccontextmanager
async def clones(world: World) -> AsyncIterator[dict[str, dict[str, str]]]:
    """Other accounts of the same kinds, whose sessions may end: name -> headers."""
    roles = {
        "viewer": "VIEWER", "reader": "VIEWER", "other": "EDITOR", "writer": "EDITOR", "owner": "EDITOR", "admin": "ADMIN",
    }  # fmt: skip
    async with AsyncExitStack() as stack, world.database() as connection:
        people = {name: await stack.enter_async_context(a_person(world.system, role)) for name, role in roles.items()}
        made = {name: bearer(person) for name, person in people.items()}
        for scope in ("READ", "WRITE", "MANAGE", "ADMIN"):
            made[f"key {scope}"] = await a_key(connection, people["admin" if scope == "ADMIN" else "owner"].row_id, scope)
        for name in ("anonymous", "revoked"):
            made[name] = world.principals[name].headers
        yield made


async def check_account_mutations(matrix: Matrix) -> None:
    world = matrix.world
    for name, given in account_mutations().items():
        who = POLICY["Mutation", name]
        async with clones(world) as headers:
            for principal in world.principals.values():
                body = {"query": mutation(SCHEMA, name), "variables": {"input": given} if given is not None else {}}
                answer = (await world.http.post("/graphql", json=body, headers=headers[principal.name])).json()
                allowed = is_open(who, principal, uploader=False)
                refusals = {"UNAUTHENTICATED"} if not principal.signed_in else {"FORBIDDEN", "NOT_FOUND"}
                if who is Who.ADMINISTRATOR and principal.administrator:
                    # What is named does not exist, so that this is what the permitted learn; the others are FORBIDDEN.
                    got = {error["code"] for error in answer["data"][name]["errors"]}
                    matrix.check(principal, ("Mutation", name), "not FORBIDDEN", "FORBIDDEN" not in got, answer)
                    allowed, refusals = not got & {"NOT_FOUND"}, {"NOT_FOUND"}
                elif who is Who.ADMINISTRATOR and principal.signed_in:
                    refusals = {"FORBIDDEN"}
                payload_checks(matrix, principal, name, answer, allowed, refusals)


INBOX = "subscription { notificationsChanged { sequence unreadCount notification { title } } }"


async def check_subscriptions(matrix: Matrix) -> None:
    """Over real sockets."""
    world = matrix.world
    event = "sequence occurredAt dataset { id name } version { id label }"
    query = f'subscription {{ datasetStatusChanged(datasetId: "{world.dataset}") {{ {event} }} }}'
    runs = f'subscription {{ qualityRunChanged(datasetId: "{world.dataset}") {{ sequence run {{ id }} }} }}'
    for principal in world.principals.values():
        token = principal.headers.get("Authorization", "Bearer ").removeprefix("Bearer ")
        async with await Socket.open(world.system.url) as socket:
            await socket.send("connection_init", payload={"authorization": f"Bearer {token}"} if token else {})
            if not principal.signed_in:
                closed = await socket.closed() == 4403
                for name in ("datasetStatusChanged", "qualityRunChanged", "notificationsChanged"):
                    matrix.check(principal, ("Subscription", name), "closed", closed, closed)
                for name in ("sequence", "occurredAt", "dataset", "version"):
                    matrix.check(principal, ("DatasetStatusEvent", name), "closed", closed, closed)
                continue
            assert (await socket.receive())["type"] == "connection_ack"
            await socket.subscribe(INBOX, "inbox")
            state = (await socket.receive())["payload"]["data"]["notificationsChanged"]
            seen = state["unreadCount"] > 0 if principal.name in ("admin", "owner") else state["unreadCount"] == 0
            seen = seen or principal.name.startswith("key")
            matrix.check(principal, ("Subscription", "notificationsChanged"), Who.ACCOUNT, seen, state)
            await socket.send("complete", id="inbox")
            await socket.subscribe(query, "status")
            message = await socket.receive()
            if principal.level >= Level.READ:
                data = message["payload"]["data"]["datasetStatusChanged"] if message["type"] == "next" else {}
                holds = (data.get("dataset") or {}).get("id") == world.dataset
            else:
                data = message
                holds = CANARY not in str(message) and error_codes(message) == ["NOT_FOUND"]
            matrix.check(principal, ("Subscription", "datasetStatusChanged"), Who.READ, holds, message)
            for name in ("sequence", "occurredAt", "dataset", "version"):
                matrix.check(principal, ("DatasetStatusEvent", name), Who.PARENT, holds, message)
            if principal.level < Level.READ:
                await socket.subscribe(runs, "runs")
                message = await socket.receive()
                while message.get("id") != "runs":
                    message = await socket.receive()
                matrix.check(
                    principal, ("Subscription", "qualityRunChanged"), "NOT_FOUND", error_codes(message) == ["NOT_FOUND"], message
                )
            else:  # it stays open, and says nothing
                await socket.subscribe(runs, "runs")
                await socket.send("ping")
                message = await socket.receive()
                matrix.check(
                    principal, ("Subscription", "qualityRunChanged"), "open", message["type"] in ("pong", "next"), message
                )


def error_codes(message: dict) -> list[str]:
    payload = message.get("payload") or {}
    errors = payload if isinstance(payload, list) else payload.get("errors") or []
    return [error["extensions"]["code"] for error in errors]


def unreached(matrix: Matrix) -> Iterator[tuple[str, tuple[str, str]]]:
    for principal in matrix.world.principals:
        for field in POLICY:
            if (principal, field) not in matrix.checked and field[0] not in WITHOUT_DATA | {"UserError", "Phrase"}:
                yield principal, field


@pytest.mark.timeout(300)
async def test_every_field_does_for_every_principal_what_the_policy_says(world: World) -> None:
    matrix = Matrix(world)
    await check_queries(matrix)
    await check_roots(matrix)
    await check_subscriptions(matrix)
    refused = await check_dataset_mutations(matrix)
    await check_account_mutations(matrix)
    assert matrix.wrong == [], "\n" + "\n".join(map(str, matrix.wrong))
    assert await throwaway.touched(world, [from_id(one, "Dataset") for one in refused]) == []
    assert list(unreached(matrix)) == []
    assert len(world.principals) == 12
    assert set(Who) == set(POLICY.values())
