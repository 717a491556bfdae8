"""Global ids: opaque, and they know their type."""

import base64
import binascii
from uuid import UUID

import strawberry

from app.core.errors import InvalidInput
from app.core.ids import global_id
from app.core.phrases import say

_CODES = {
    "User": "u", "Dataset": "d", "DatasetVersion": "v", "FileObject": "f", "Upload": "p", "AccessGrant": "g", "QualityRule": "r", "QualityRun": "q", "QualityBackTest": "b", "Incident": "i", "CheckSchedule": "c", "RuleTemplate": "m", "RuleTemplateRule": "n", "QualityResult": "o",
    "AuditEvent": "a", "Team": "t", "ApiKey": "k", "SignInSession": "s", "Task": "j",
    "NotificationChannel": "x", "NotificationDelivery": "l", "Notification": "y",
}  # fmt: skip
_TYPES = {code: name for name, code in _CODES.items()}


def to_id(type_name: str, id: UUID) -> strawberry.ID:
    """The global id of a row: 23 URL-safe characters."""
    return strawberry.ID(global_id(_CODES[type_name], id))


def is_kind(type_name: str) -> bool:
    """True for a type whose objects have global ids."""
    return type_name in _CODES


def parse_id(global_id: str) -> tuple[str, UUID] | None:
    """(type name, row id), or None when it is no id of ours."""
    try:
        return _TYPES[global_id[:1]], UUID(bytes=base64.b64decode(global_id[1:] + "==", altchars=b"-_", validate=True))
    except (KeyError, ValueError, binascii.Error):
        return None


def from_id(global_id: str, type_name: str, *path: str) -> UUID:
    """The row id of a global id that has to be of one type.

    Raises:
        InvalidInput: it is not; `path` names the argument or field.
    """
    parsed = parse_id(global_id)
    if parsed is None or parsed[0] != type_name:
        article = "an" if type_name[0] in "AEIOU" and not type_name.startswith("User") else "a"
        raise InvalidInput(
            say(
                "ID_OF_OTHER_TYPE",
                "{id!r} is not the id of {article} {type}.",
                id=global_id[:60],
                article=article,
                type=type_name,
            ),
            path=path or ("id",),
        )
    return parsed[1]
