"""Signing in: a password, then a second factor where the account has one; and proving again who one is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import security
from app.core.errors import Conflict, InvalidCredentials, StepUpRequired
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import System, Viewer
from app.models.accounts import MfaChallenge, SignInSession, User
from app.services import audit
from app.services.accounts import attempts, passwords, second_factor, sessions
from app.services.accounts.accounts import USER_COLUMNS
from app.services.accounts.sessions import Issuer, Session

REFUSED = say("WRONG_PASSWORD_OR_ADDRESS", "The e-mail address or the password is wrong.")
WRONG_CODE = say("WRONG_CODE_OR_LATE", "The code is wrong, was used before, or the sign-in took too long.")
CHALLENGE_MINUTES = 5
_API = System("api")


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; a code is asked for."""

    token: str
    expires_at: datetime


async def sign_in(issuer: Issuer, *, email: str, password: str, origin: audit.Origin) -> Session | Challenge:
    """A new session, or a challenge when the account has a second factor.

    Raises:
        InvalidCredentials: unknown address, wrong password, deactivated, or too many failures: the same words and time for all.
        Unavailable: too many sign-ins at the same moment.
    """
    async with security.one_of_few():
        opened = await _sign_in(issuer, email=email, password=password, origin=origin)
    if opened is None:
        raise InvalidCredentials(REFUSED)
    return opened if isinstance(opened, Challenge) else await sessions.issue(issuer, opened)


async def _sign_in(issuer: Issuer, *, email: str, password: str, origin: audit.Origin) -> sessions.Opened | Challenge | None:
    clean = email.strip().lower()
    limits = passwords.limits(clean, origin.ip_address)
    row = None
    if len(clean) <= 320 and "\x00" not in clean:
        async with issuer.db.read(_API) as connection:
            statement = select(*USER_COLUMNS, User.password_hash).where(func.lower(User.email) == clean)
            row = (await connection.execute(statement)).one_or_none()
    right = await passwords.matches(password, row.password_hash if row else None)
    opened: sessions.Opened | Challenge | None = None
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        # Asked after the password was checked: of many guesses at once, those that end after the limit is reached are lost.
        if row is None or not right or not row.active or await attempts.exhausted(session, limits):
            await attempts.count_failure(session, limits)
        elif row.mfa_enabled:
            opened = await challenge(session, row)
        else:
            await _rehash(session, row, password)
            await attempts.forget(session, limits)
            opened = await sessions.open_session(session, issuer.settings, row, how="password")
    return opened


async def verify(issuer: Issuer, *, challenge_token: str, code: str, origin: audit.Origin) -> Session:
    """The session of a sign-in whose second factor was right: a code of the app, or a recovery code.

    Raises:
        InvalidCredentials: wrong, used before, too late, or five failures within a quarter of an hour.
    """
    opened: sessions.Opened | None = None
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        digest = security.digest(challenge_token)
        row = (
            await session.execute(
                select(*USER_COLUMNS)
                .join(MfaChallenge, MfaChallenge.user_id == User.id)
                .where(
                    MfaChallenge.token_hash == digest,
                    MfaChallenge.used_at.is_(None),
                    MfaChallenge.expires_at > func.now(),
                    User.active,
                )
                .with_for_update(of=MfaChallenge)
            )
        ).one_or_none()
        if row is not None and await second_factor.accept(session, issuer.sealer, row.id, code):
            await session.execute(update(MfaChallenge).where(MfaChallenge.token_hash == digest).values(used_at=func.now()))
            await attempts.forget(session, passwords.limits(row.email.lower(), origin.ip_address))
            opened = await sessions.open_session(session, issuer.settings, row, how="password and code")
    if opened is None:
        raise InvalidCredentials(WRONG_CODE)
    return await sessions.issue(issuer, opened)


async def step_up(issuer: Issuer, viewer: Viewer, *, password: str | None, code: str | None, origin: audit.Origin) -> None:
    """The session may do for ten minutes what needs a fresh proof. With a second factor on, only a code is one.

    Raises:
        StepUpRequired: an API key, which cannot.
        InvalidCredentials: wrong, or too many failures.
    """
    if viewer.session_id is None:
        raise StepUpRequired(say("KEY_PROVES_NOTHING", "An API key cannot prove who you are. Sign in as a person."))
    limits = passwords.limits(str(viewer.id), origin.ip_address)
    async with issuer.db.read(viewer) as connection:
        known = (await connection.execute(select(User.password_hash).where(User.id == viewer.id))).scalar_one()
    right = False
    if not viewer.mfa_enabled:
        right = await passwords.matches(password or "", known)
    async with issuer.db.transaction(viewer) as session:
        session.info["origin"] = origin
        if viewer.mfa_enabled:
            right = await second_factor.accept(session, issuer.sealer, viewer.id, code or "")
        elif await attempts.exhausted(session, limits) or not right:
            right = False
            await attempts.count_failure(session, limits)
        if right:
            await session.execute(
                update(SignInSession).where(SignInSession.id == viewer.session_id).values(authenticated_at=func.now())
            )
            await audit.record(session, viewer, "session.step_up", viewer.session_id)
    if not right:
        raise InvalidCredentials(
            say("CODE_WRONG_OR_USED", "The code is wrong or was used before.")
            if viewer.mfa_enabled
            else say("PASSWORD_WRONG", "The password is wrong.")
        )


async def change_password(issuer: Issuer, viewer: Viewer, *, current: str, new: str, origin: audit.Origin) -> None:
    """The account has a new password, and no other session than this one.

    Raises:
        StepUpRequired: an API key.
        InvalidCredentials: the current one is wrong, or was guessed at too often.
        InvalidInput: the new one cannot be accepted.
        Conflict: the account has no password, or got another one meanwhile.
    """
    if viewer.session_id is None:
        raise StepUpRequired(say("KEY_CHANGES_NO_PASSWORD", "An API key cannot change a password. Sign in as a person."))
    passwords.check(new, email=viewer.email, path="newPassword")
    limits = passwords.limits(str(viewer.id), origin.ip_address)
    async with issuer.db.read(viewer) as connection:
        known = (await connection.execute(select(User.password_hash).where(User.id == viewer.id))).scalar_one()
    right = await passwords.matches(current, known)
    renewed = await security.hash_password(new)
    async with issuer.db.transaction(viewer) as session:
        session.info["origin"] = origin
        refused = not right or await attempts.exhausted(session, limits)
        if refused:
            await attempts.count_failure(session, limits)
        else:
            done = await session.execute(
                update(User)
                .where(User.id == viewer.id, User.password_hash == known)
                .values(password_hash=renewed)
                .returning(User.id)
            )
            if done.first() is None:
                raise Conflict(say("PASSWORD_CHANGED_MEANWHILE", "The password was changed meanwhile. Sign in again."))
            await attempts.forget(session, limits)
            await sessions.end_all(session, viewer.id, but=viewer.session_id)
            await audit.record(session, viewer, "user.change_password", viewer.id)
    if refused:
        raise InvalidCredentials(say("CURRENT_PASSWORD_WRONG", "The current password is wrong."))


async def challenge(session: AsyncSession, row: AnyRow) -> Challenge:
    """A code of the second factor is asked for: the account in `row` has proved the first one."""
    token, ends = security.new_secret(), datetime.now(UTC) + timedelta(minutes=CHALLENGE_MINUTES)
    await session.execute(insert(MfaChallenge).values(token_hash=security.digest(token), user_id=row.id, expires_at=ends))
    return Challenge(token, ends)


async def _rehash(session: AsyncSession, row: AnyRow, password: str) -> None:
    """A hash made with other parameters than today's is renewed, now that the password is at hand."""
    if security.needs_rehash(row.password_hash):
        renewed = await security.hash_password(password)
        await session.execute(
            update(User).where(User.id == row.id, User.password_hash == row.password_hash).values(password_hash=renewed)
        )
