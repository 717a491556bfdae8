"""The second factor: time-based codes (RFC 6238), recovery codes, and turning it on and off."""

import io
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pyotp
import segno
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import security
from app.core.errors import Conflict
from app.core.phrases import say
from app.core.sealing import Place, Sealer
from app.core.settings import Settings
from app.core.viewer import Role, Viewer
from app.models.accounts import RecoveryCode, User
from app.services import audit
from app.services.accounts import sessions
from app.services.accounts.step_up import require_step_up
from app.services.accounts.throttle import Tries

STEP_SECONDS = 30
WINDOW_STEPS = 1
"""Clocks differ, and people type slowly: the step before and the one after count too."""
RECOVERY_CODES = 10
ISSUER = "Datakura"
# Without those that look alike.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs."""

    secret: str
    otpauth_uri: str
    qr_code_svg: str


def required(settings: Settings, role: Role) -> bool:
    """True for accounts that have to have a second factor."""
    return settings.require_second_factor == "all" or (settings.require_second_factor == "admins" and role is Role.ADMIN)


def due(settings: Settings, role: Role, mfa_enabled: bool) -> bool:
    """True for accounts that have to have a second factor and have none: they may set one up, and nothing else."""
    return required(settings, role) and not mfa_enabled


async def enrol(session: AsyncSession, viewer: Viewer, sealer: Sealer) -> Enrolment:
    """A new seed waits to be confirmed by one of its codes; until then sign-in does not ask for it.

    Raises:
        StepUpRequired: who this is was not proved lately.
        Conflict: the second factor is on already.
    """
    require_step_up(viewer)
    secret = pyotp.random_base32(32)
    stored = await session.execute(
        update(User)
        .where(User.id == viewer.id, User.totp_confirmed_at.is_(None))
        .values(totp_secret=sealer.seal(secret.encode(), _place(viewer.id)), totp_last_step=0)
        .returning(User.id)
    )
    if stored.first() is None:
        raise Conflict(say("SECOND_FACTOR_ON", "The second factor is on. Turn it off first (mutation disableTotp)."))
    await audit.record(session, viewer, "totp.enrol", viewer.id)
    uri = pyotp.TOTP(secret).provisioning_uri(name=viewer.email, issuer_name=ISSUER)
    return Enrolment(secret, uri, _qr_code(uri))


async def confirm(session: AsyncSession, viewer: Viewer, sealer: Sealer, code: str, tries: Tries) -> list[str] | None:
    """The second factor is on; returns the recovery codes, which are shown this once. None: the code was wrong.

    All other sessions end: they were opened without it.

    Raises:
        StepUpRequired: who this is was not proved lately.
        Conflict: nothing waits to be confirmed.
    """
    require_step_up(viewer)
    row = (
        await session.execute(
            select(User.totp_secret, User.totp_confirmed_at).where(User.id == viewer.id).with_for_update(key_share=True)
        )
    ).one()
    if row.totp_secret is None or row.totp_confirmed_at is not None:
        raise Conflict(say("NO_SECOND_FACTOR_TO_CONFIRM", "There is no second factor to confirm (mutation enrollTotp)."))
    if not await accept(session, sealer, viewer.id, code, tries):
        return None
    await session.execute(update(User).where(User.id == viewer.id).values(totp_confirmed_at=func.now()))
    await sessions.end_all(session, viewer.id, but=viewer.session_id)
    await audit.record(session, viewer, "totp.confirm", viewer.id)
    return await _new_recovery_codes(session, viewer.id)


async def renew_recovery_codes(session: AsyncSession, viewer: Viewer) -> list[str]:
    """Ten new recovery codes; the old ones are void.

    Raises:
        StepUpRequired: who this is was not proved lately.
        Conflict: the second factor is off.
    """
    require_step_up(viewer)
    if not viewer.mfa_enabled:
        raise Conflict(say("SECOND_FACTOR_OFF", "The second factor is off: there is nothing to recover."))
    await audit.record(session, viewer, "totp.renew_recovery_codes", viewer.id)
    return await _new_recovery_codes(session, viewer.id)


async def disable(session: AsyncSession, viewer: Viewer) -> None:
    """Sign-in asks for the password alone.

    Raises:
        StepUpRequired: who this is was not proved lately.
    """
    require_step_up(viewer)
    await remove(session, viewer.id)
    await audit.record(session, viewer, "totp.disable", viewer.id)


async def remove(session: AsyncSession, user_id: UUID) -> None:
    """The account has no second factor."""
    await session.execute(
        update(User).where(User.id == user_id).values(totp_secret=None, totp_confirmed_at=None, totp_last_step=0)
    )
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


async def accept(session: AsyncSession, sealer: Sealer, user_id: UUID, code: str, tries: Tries) -> bool:
    """True when the code is right and was not used before; it is used up then, in this transaction.

    The account's row is locked first: of many uses of one code at the same time, one succeeds.

    Args:
        tries: leave of `throttle.code` for this account, asked for before the transaction: Redis may take its time.
    """
    assert tries.line == f"account {user_id}"
    row = (
        await session.execute(select(User.totp_secret).where(User.id == user_id).with_for_update(key_share=True))
    ).one_or_none()
    if row is None:
        return False
    cleaned = "".join(code.split()).replace("-", "").upper()
    return await _use_code(session, sealer, user_id, row.totp_secret, cleaned) or await _use_recovery_code(
        session, user_id, cleaned
    )


async def _use_code(session: AsyncSession, sealer: Sealer, user_id: UUID, sealed: bytes | None, code: str) -> bool:
    if sealed is None or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    totp = pyotp.TOTP(sealer.open(sealed, _place(user_id)).decode())
    now = int(datetime.now(UTC).timestamp()) // STEP_SECONDS
    steps = [
        step
        for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1)
        if secrets.compare_digest(totp.generate_otp(step), code)
    ]
    if not steps:
        return False
    used = await session.execute(
        update(User)
        .where(User.id == user_id, User.totp_last_step < steps[-1])
        .values(totp_last_step=steps[-1])
        .returning(User.id)
    )
    return used.first() is not None


async def _use_recovery_code(session: AsyncSession, user_id: UUID, code: str) -> bool:
    used = await session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == security.digest(code), RecoveryCode.used_at.is_(None))
        .values(used_at=func.now())
        .returning(RecoveryCode.user_id)
    )
    return used.first() is not None


async def _new_recovery_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    await session.execute(insert(RecoveryCode), [{"user_id": user_id, "code_hash": security.digest(code)} for code in codes])
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def _place(user_id: UUID) -> Place:
    return Place("users", "totp_secret", user_id)


def _qr_code(uri: str) -> str:
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, xmldecl=False, svgns=True, nl=False, title="TOTP")
    return picture.getvalue().decode()
