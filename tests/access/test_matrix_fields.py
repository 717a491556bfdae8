"""Every field that can be read, as every kind of principal: what `app.api.policy` says is what happens."""

import re
from typing import assert_never
from uuid import UUID

from graphql import get_named_type, is_leaf_type

from app.api.policy import POLICY, Who
from app.schema.ids import to_id
from app.services.access import Level
from tests.access.matrix import SCHEMA, WITHOUT_DATA, Matrix, codes, is_open, object_type
from tests.access.ways import NOTIFICATIONS, OF_ACCOUNTS, OF_ADMINISTRATORS, OF_ALL, Way, arguments, document, objects, ways
from tests.access.world import CANARY, Principal, World

SIGNED = {"downloadUrl", "url", "failedRowsUrl"}
"""Addresses that say when they were made."""
MOVING = {
    "TaskQueue", "Task", "TaskEdge", "SystemHealth", "SystemDependency", "SystemProcess", "SearchIndexState", "AuditTrail", "StorageReport",
}  # fmt: skip
"""What the running system makes of itself: another value at each look."""
OF_WHO_ASKS = {("RuleTemplate", name) for name in ("datasetCount", "ruleCount", "datasets")}
"""Counts of what the viewer sees."""
EMPTY = {"DatasetConnection", "IncidentConnection", "CheckScheduleConnection", "SearchConnection", "PageInfo", "SearchFacet"}
"""Types of the frame of a list, which is there for who may see nothing in it."""
OWN = {
    "SignInSession": (
        "SELECT id, host(ip_address) AS ip_address, user_agent FROM sign_in_sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()"
    ),
    "ApiKey": "SELECT id, name, prefix FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL",
    "NotificationChannel": "SELECT id, name, type FROM notification_channels WHERE owner_id = $1",
    "NotificationDelivery": (
        "SELECT d.id, d.status FROM notification_deliveries d JOIN notification_channels c ON c.id = d.channel_id WHERE c.owner_id = $1"
    ),
    "Notification": "SELECT id, sequence, kind FROM notices WHERE user_id = $1",
}
"""What belongs to an account, as the database has it: what is asked for of each type has to be these rows."""
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


class Reading:
    """The answers to one document as everybody, and what they have to be."""

    def __init__(self, matrix: Matrix, root: str, found: dict[str, Way], given: dict[tuple[str, str], str]):
        self.matrix, self.root, self.found = matrix, root, found
        self.asked = document(root, found, given)
        self.answers: dict[str, dict] = {}
        self.rows: dict[tuple[str, UUID | None], list[dict[str, str]]] = {}

    async def ask(self) -> None:
        for name in self.matrix.world.principals:
            self.answers[name] = await self.matrix.world.ask(name, self.asked)
        if POLICY["Query", self.root] is not Who.ACCOUNT:
            return
        async with self.matrix.world.database() as connection:
            for type_name, statement in OWN.items():
                for user_id in {principal.user_id for principal in self.matrix.world.principals.values()}:
                    found = [dict(row) for row in await connection.fetch(statement, user_id)]
                    self.rows[type_name, user_id] = [_as_answered(type_name, row) for row in found]

    def of(self, name: str, way: Way) -> list[dict]:
        return objects(self.answers[name].get("data"), [field for _, field in way])

    @property
    def reference(self) -> str:
        """Who sees all of it."""
        return "writer" if self.root == "upload" else "admin"

    def check_root(self) -> None:
        who, name = POLICY["Query", self.root], self.root
        for principal in self.matrix.world.principals.values():
            answer = self.answers[principal.name]
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
            self.matrix.check(principal, ("Query", name), who, holds, answer)

    def check_type(self, type_name: str, way: Way) -> None:
        """All fields of a type, as everybody."""
        theirs = self.of(self.reference, way)
        if type_name in WITHOUT_DATA:
            assert theirs == [], f"{type_name} has data now: take it out of WITHOUT_DATA"
        else:
            assert theirs or type_name in NOTIFICATIONS, (type_name, way, self.answers[self.reference])
        for principal in self.matrix.world.principals.values():
            mine = self.of(principal.name, way)
            for name in object_type(type_name).fields:
                expected, holds = self.expect(principal, type_name, name, way, mine, theirs)
                self.matrix.check(principal, (type_name, name), expected, holds, [one.get(name) for one in mine])

    def expect(
        self, principal: Principal, type_name: str, name: str, way: Way, found: list[dict], reference: list[dict]
    ) -> tuple[object, bool]:
        """(what has to be there, whether it is) of a field of a type as somebody."""
        answer, root, key = self.answers[principal.name], POLICY[way[0]], (type_name, name)
        narrowed = [POLICY[step] for step in way[1:]]
        if type_name in WITHOUT_DATA:
            return "nothing", found == []
        if not principal.signed_in and root is not Who.ANYBODY:
            return "UNAUTHENTICATED", codes(answer) == ["UNAUTHENTICATED"] and found == []
        open_ = is_open(root, principal, uploader=principal.name == "writer")
        visible = principal.level >= Level.READ or type_name in OF_ACCOUNTS | OF_ALL | OF_ADMINISTRATORS
        if not open_ or not visible or (Who.MANAGER in narrowed and principal.level < Level.MANAGE):
            if root is Who.ACCOUNT and type_name in EMPTY:
                hollow = name != "edges" or all(one["edges"] == [] for one in found)
                return "an empty list", hollow and CANARY not in str(found)
            return "nothing of the dataset", found == []
        if "errors" in answer:
            return "no error", False
        if type_name in OF_ACCOUNTS:
            return self.expect_own(principal, type_name, name, way, found)
        mine, theirs = [one[name] for one in found], [one[name] for one in reference]
        masked = principal.level < Level.WRITE
        if Who.CONCERNED in narrowed:
            theirs = [one[name] for one in self.concerning(principal, way, reference)]
        inner = get_named_type(object_type(type_name).fields[name].type)
        if self.found.get(inner.name) == (*way, key):  # what stands in it is a matter of its own type
            mine, theirs = [_frame(one) for one in mine], [_frame(one) for one in theirs]
        match POLICY[key]:
            case Who.PARENT:
                if name == "masked":
                    return "of the sensitive column", mine == [False, masked, False]
                if name == "viewerLevel":
                    return principal.level.name, set(mine) == {principal.level.name}
                if Who.UNMASKED in narrowed and masked:
                    return "nothing but what all may see", all(one in theirs for one in mine)
                if key in OF_WHO_ASKS:
                    return "no more than there is", len(mine) == len(theirs) and all(map(_no_more, mine, theirs))
                if name in SIGNED or type_name in MOVING:
                    return [_kind(one) for one in theirs], [_kind(one) for one in mine] == [_kind(one) for one in theirs]
                there = len(found) > 0 or (Who.CONCERNED in narrowed and not theirs)
                return theirs, mine == theirs and there
            case Who.UNMASKED if masked:
                return "masked", is_masked(key, mine, theirs)
            case Who.UNMASKED:
                same = [_kind(one) for one in mine] == [_kind(one) for one in theirs] if name in SIGNED else mine == theirs
                return theirs, same and len(found) > 0
            case Who.MANAGER:
                expected = theirs if principal.level >= Level.MANAGE else [None] * len(theirs)
                return expected, mine == expected and None not in theirs
            case Who.CONCERNED:
                expected = [
                    value if self.is_concerned(principal, one["id"]) else None
                    for value, one in zip(theirs, reference, strict=True)
                ]
                return expected, mine == expected and any(one is not None for one in theirs)
            case (
                Who.ANYBODY | Who.ACCOUNT | Who.PERSON | Who.EDITOR | Who.ADMINISTRATOR | Who.WRITER | Who.SELF | Who.READ
                | Who.WATCHER | Who.WRITE | Who.OWNER | Who.UPLOADER | Who.MANAGE
            ) as who:  # fmt: skip
                raise AssertionError(f"{who.name} is a rule of root fields")
            case who:
                assert_never(who)

    def expect_own(self, principal: Principal, type_name: str, name: str, way: Way, found: list[dict]) -> tuple[object, bool]:
        """Of what belongs to the account that asks: these rows and no others, and nothing of a dataset that it does not see."""
        noun = re.sub("Connection$|Edge$", "", type_name)
        # The inbox holds nothing of a dataset that is not seen any more; the log of a channel says that there was something.
        rows = [] if noun == "Notification" and principal.level < Level.READ else self.rows[noun, principal.user_id]
        told = principal.level >= Level.READ or type_name not in NOTIFICATIONS or CANARY not in str(found)
        if type_name.endswith("Connection"):
            counted = sum(len(one["edges"]) for one in found) if name == "edges" else len(rows)
            return f"{len(rows)} and not the canary", counted == len(rows) and told and all(
                one[name] is not None for one in found
            )
        if type_name == noun and rows and name in rows[0]:
            expected = sorted(row[name] for row in rows)
            return expected, sorted(str(one[name]) for one in found) == expected and told
        return f"{len(rows)} and not the canary", len(found) == len(rows) and told and all(name in one for one in found)

    def is_concerned(self, principal: Principal, user: str) -> bool:
        own = principal.user_id is not None and to_id("User", principal.user_id) == user
        return principal.administrator or own

    def concerning(self, principal: Principal, way: Way, reference: list[dict]) -> list[dict]:
        """Those of the reference that are about the principal; there is one for each account."""
        step = next(place for place, one in enumerate(way) if POLICY[one] is Who.CONCERNED)
        accounts = self.of(self.reference, way[:step])
        assert len(accounts) == len(reference) > 1
        return [one for one, account in zip(reference, accounts, strict=True) if self.is_concerned(principal, account["id"])]


def is_masked(key: tuple[str, str], mine: list, theirs: list) -> bool:
    """Whether a reader's values are those of everybody without what the sensitive column makes of them."""
    if key in FURTHER:
        return CANARY not in str(mine)
    if key[0] == "FieldProfile":  # one for each column, of which the second is sensitive
        return mine[1] in (None, []) and (mine[0], mine[2]) == (theirs[0], theirs[2])
    return CANARY not in str(mine) and mine != theirs


def _as_answered(type_name: str, row: dict[str, object]) -> dict[str, str]:
    camel = {re.sub("_(.)", lambda found: found[1].upper(), name): value for name, value in row.items()}
    return {name: to_id(type_name, value) if isinstance(value, UUID) else str(value) for name, value in camel.items()}


def _frame(value: object) -> object:
    """Objects without what stands in them."""
    return [_frame(one) for one in value] if isinstance(value, list) else {} if isinstance(value, dict) else value


def _kind(value: object) -> str:
    return type(value).__name__


def _no_more(mine: object, theirs: object) -> bool:
    return mine <= theirs if isinstance(mine, int) and isinstance(theirs, int) else _kind(mine) == _kind(theirs)


async def test_every_field_gives_every_principal_what_the_policy_says(world: World) -> None:
    matrix, found, given = Matrix(world), ways(), arguments(world)
    assert SCHEMA.query_type is not None
    for root, field in SCHEMA.query_type.fields.items():
        reading = Reading(matrix, root, found, given)
        await reading.ask()
        assert is_leaf_type(get_named_type(field.type)) or reading.of(reading.reference, (("Query", root),)), root
        reading.check_root()
        for type_name, way in found.items():
            if way[0] == ("Query", root) and type_name != "VersionError":
                reading.check_type(type_name, way)
    # The version of all the others could be read.
    failed = found["VersionError"]
    only = {"DatasetVersion": failed[:-1], "VersionError": failed}
    reading = Reading(matrix, failed[0][1], only, {**given, failed[0]: f'(id: "{world.failed}")'})
    await reading.ask()
    reading.check_type("VersionError", failed)
    assert matrix.wrong == [], "\n" + "\n".join(map(str, matrix.wrong))
    assert matrix.unchecked("fields") == []
    assert len(world.principals) == 12
