"""Accounts: finding them, and the first administrator."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput
from app.core.hashing import hash_password, hashing
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Role, System
from app.models.accounts import User
from app.services import audit
from app.services.accounts import addresses, passwords

USER_COLUMNS = (
    User.id, User.email, User.display_name, User.role, User.active, User.created_at,
    User.totp_confirmed_at.is_not(None).label("mfa_enabled"),
)  # fmt: skip
HOLDER_COLUMNS = (User.role, User.totp_confirmed_at.is_not(None).label("mfa_enabled"))
_ODD = {"Cc", "Cs", "Cn", "Zl", "Zp"}
# They turn the direction of writing: what one reads is then not what is written.
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Holder:
    """What may change of the account of an open socket, so that the socket ends."""

    role: Role
    mfa_enabled: bool


async def get_user(connection: AsyncConnection, user_id: UUID) -> AnyRow | None:
    """The row of an account, or None."""
    return (await connection.execute(select(*USER_COLUMNS).where(User.id == user_id))).one_or_none()


async def ensure_admin(session: AsyncSession, *, email: str, password: str | None) -> bool:
    """An active administrator with this address exists; its password is `password` when one is given. True when it is new.

    Raises:
        InvalidInput: the password cannot be accepted.
    """
    if password is not None:
        try:
            passwords.check(password, email=email)
        except InvalidInput as error:
            raise InvalidInput(say("ADMIN_PASSWORD", "{reason} (DATAKURA_ADMIN_PASSWORD)", reason=error.message)) from error
    row = (
        await session.execute(select(User.id, User.password_hash).where(User.email_key == addresses.key_of(email)))
    ).one_or_none()
    if row is None:
        if password is None:
            return False
        user = User(
            id=uuid7(), email=email.strip(), email_key=addresses.key_of(email), display_name="Administrator", role=Role.ADMIN,
            password_hash=await hash_password(password),
        )  # fmt: skip
        session.add(user)
        await audit.record(session, System("prepare"), "user.create_admin", user.id)
        return True
    if password is None:
        return False
    async with hashing.turn("ourselves") as turn:
        right = await passwords.matches(turn, password, row.password_hash)
        renewed = None if right else await turn.hash(password)
    if renewed is not None:
        await session.execute(update(User).where(User.id == row.id).values(password_hash=renewed, active=True, role=Role.ADMIN))
        await audit.record(session, System("prepare"), "user.reset_password", row.id)
    return False


def clean_line(text: str, longest: int, *path: str) -> str:
    """A name in one line, its spaces folded. Raises InvalidInput when it is empty, too long, or plays with the reader's eyes."""
    clean = " ".join(text.split())
    if (
        not 1 <= len(clean) <= longest
        or any(unicodedata.category(character) in _ODD for character in clean)
        or _TURNS & set(clean)
    ):
        raise InvalidInput(
            say("PERSON_NAME", "Give a name of 1 to {longest} characters, without control characters.", longest=longest),
            path=path,
        )
    return clean
