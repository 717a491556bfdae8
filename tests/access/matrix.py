"""What the matrix of fields and principals is made of: who may what, what was checked, and what was wrong."""

from dataclasses import dataclass
from typing import assert_never

from graphql import GraphQLObjectType

from app.api.policy import POLICY, Who
from app.api.schema import make_schema
from app.services.access import Level
from tests.access.world import Principal, World

SCHEMA = make_schema()._schema
WITHOUT_DATA = {
    "RuleViolation", "QualityRunEvent", "DataContractChanges", "DataContractRuleChange", "DataContractPropertyChange", "NotificationsEvent", "CutCell", "StoredPart",
    "HttpHeader", "Session", "MfaChallenge", "SchemaChange", "ProfileChange",
}  # fmt: skip
"""Types of which this world holds none, or only a mutation gives one. Whoever gets one here makes the test fail."""
EVENTS = {"DatasetStatusEvent"}


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

    def check(self, principal: Principal, field: tuple[str, str], expected: object, holds: bool, got: object) -> None:
        self.checked.add((principal.name, field))
        if not holds:
            self.wrong.append(Wrong(principal.name, field, str(expected)[:300], str(got)[:300]))

    def unchecked(self, part: str) -> list[tuple[str, tuple[str, str]]]:
        """Fields of a part of the schema that were not asked for as somebody."""
        fields = [field for field in POLICY if part_of(field[0]) == part]
        return [(name, field) for name in self.world.principals for field in fields if (name, field) not in self.checked]


def part_of(type_name: str) -> str:
    """Which of the three tests has to ask for the fields of a type."""
    if type_name in WITHOUT_DATA or type_name in ("UserError", "Phrase"):
        return "nobody has any"
    if type_name == "Mutation" or type_name.endswith("Payload"):
        return "mutations"
    return "subscriptions" if type_name == "Subscription" or type_name in EVENTS else "fields"


def object_type(name: str) -> GraphQLObjectType:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return type_


def codes(answer: dict) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def is_open(who: Who, principal: Principal, *, uploader: bool) -> bool:
    """Whether the principal gets something from a root field."""
    may_write = not principal.is_key or principal.name != "key READ"
    match who:
        case Who.ANYBODY:
            return True
        case Who.ACCOUNT:
            return principal.signed_in
        case Who.PERSON:
            return principal.signed_in and not principal.is_key
        case Who.EDITOR:
            return principal.editor
        case Who.ADMINISTRATOR:
            return principal.administrator
        case Who.WRITER:
            return principal.signed_in and may_write
        case Who.SELF:
            return uploader
        case Who.OWNER:
            return principal.owner
        case Who.UPLOADER:
            return principal.level >= Level.MANAGE or (uploader and principal.level >= Level.WRITE)
        case Who.READ:
            return principal.level >= Level.READ
        case Who.WATCHER:
            return principal.level >= Level.READ and may_write
        case Who.WRITE:
            return principal.level >= Level.WRITE
        case Who.MANAGE:
            return principal.level >= Level.MANAGE
        case Who.PARENT | Who.MANAGER | Who.CONCERNED | Who.UNMASKED:
            raise AssertionError(f"{who.name} is no rule of a root field")
    assert_never(who)
