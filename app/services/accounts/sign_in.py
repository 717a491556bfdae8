"""Signing in: a password, then a second factor where the account has one; and proving again who one is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import security
from app.core.errors import Conflict, InvalidCredentials, StepUpRequired
from app.core.hashing import Turn, hashing, needs_rehash
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import System, Viewer
from app.models.accounts import MfaChallenge, SignInSession, User
from app.services import audit
from app.services.accounts import addresses, failures, passwords, second_factor, sessions
from app.services.accounts.accounts import USER_COLUMNS
from app.services.accounts.sessions import Issuer, Session
from app.services.accounts.throttle import Asker

REFUSED = say("WRONG_PASSWORD_OR_ADDRESS", "The e-mail address or the password is wrong.")
WRONG_CODE = say("WRONG_CODE_OR_LATE", "The code is wrong, was used before, or the sign-in took too long.")
CHALLENGE_MINUTES = 5
_API = System("api")


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; a code is asked for."""

    token: str
    expires_at: datetime


async def sign_in(issuer: Issuer, *, email: str, password: str, asker: Asker, origin: audit.Origin) -> Session | Challenge:
    """A new session, or a challenge when the account has a second factor.

    Raises:
        InvalidCredentials: unknown address, wrong password, or deactivated: the same words and time for all.
        RateLimited: too many tries, whether there is such an account or not.
        Unavailable: too many sign-ins at the same moment, or nobody can count them.
    """
    tries = await issuer.throttle.password(email, asker)
    async with hashing.turn(tries.line) as turn:
        opened = await _sign_in(issuer, turn, email=email, password=password, origin=origin)
    if opened is None:
        raise InvalidCredentials(REFUSED)
    await issuer.throttle.right(tries)
    return opened if isinstance(opened, Challenge) else await sessions.issue(issuer, opened)


async def _sign_in(
    issuer: Issuer, turn: Turn, *, email: str, password: str, origin: audit.Origin
) -> sessions.Opened | Challenge | None:
    row = None
    if (key := addresses.findable_key(email)) is not None:
        async with issuer.db.read(_API) as connection:
            statement = select(*USER_COLUMNS, User.password_hash).where(User.email_key == key)
            row = (await connection.execute(statement)).one_or_none()
    right = await passwords.matches(turn, password, row.password_hash if row else None)
    if row is None or not right or not row.active:
        await failures.note(issuer.db, row and row.id, "password", origin)
        return None
    renewed = await turn.hash(password) if needs_rehash(row.password_hash) and not row.mfa_enabled else None
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        if row.mfa_enabled:
            return await challenge(session, row)
        if renewed is not None:
            same = (User.id == row.id, User.password_hash == row.password_hash)
            await session.execute(update(User).where(*same).values(password_hash=renewed))
        return await sessions.open_session(session, issuer.settings, row, how="password")


async def verify(issuer: Issuer, *, challenge_token: str, code: str, asker: Asker, origin: audit.Origin) -> Session:
    """The session of a sign-in whose second factor was right: a code of the app, or a recovery code.

    Raises:
        InvalidCredentials: wrong, used before, or too late.
        RateLimited: too many tries, or five codes of this account within a quarter of an hour.
        Unavailable: nobody can count them.
    """
    tries = await issuer.throttle.challenge(challenge_token, asker)
    digest = security.digest(challenge_token)
    found = (
        select(*USER_COLUMNS)
        .join(MfaChallenge, MfaChallenge.user_id == User.id)
        .where(
            MfaChallenge.token_hash == digest,
            MfaChallenge.used_at.is_(None),
            MfaChallenge.expires_at > func.now(),
            User.active,
        )
    )
    async with issuer.db.read(_API) as connection:
        row = (await connection.execute(found)).one_or_none()
    if row is None:
        raise InvalidCredentials(WRONG_CODE)
    code_tries = await issuer.throttle.code(row.id)
    opened: sessions.Opened | None = None
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        row = (await session.execute(found.with_for_update(of=MfaChallenge, key_share=True))).one_or_none()
        if row is not None and await second_factor.accept(session, issuer.sealer, row.id, code, code_tries):
            await session.execute(update(MfaChallenge).where(MfaChallenge.token_hash == digest).values(used_at=func.now()))
            opened = await sessions.open_session(session, issuer.settings, row, how="password and code")
    if opened is None:
        await failures.note(issuer.db, row and row.id, "code", origin)
        raise InvalidCredentials(WRONG_CODE)
    await issuer.throttle.right(tries, code_tries)
    return await sessions.issue(issuer, opened)


async def step_up(issuer: Issuer, viewer: Viewer, *, password: str | None, code: str | None, origin: audit.Origin) -> None:
    """The session may do for ten minutes what needs a fresh proof. With a second factor on, only a code is one.

    Raises:
        StepUpRequired: an API key, which cannot.
        InvalidCredentials: wrong.
        RateLimited: too many tries.
        Unavailable: too many passwords at the same moment, or nobody can count them.
    """
    if viewer.session_id is None:
        raise StepUpRequired(say("KEY_PROVES_NOTHING", "An API key cannot prove who you are. Sign in as a person."))
    proofs = [await issuer.throttle.again(viewer)]
    if viewer.mfa_enabled:
        proofs.append(await issuer.throttle.code(viewer.id))
        right = False
    else:
        async with hashing.turn(proofs[0].line) as turn:
            right = await passwords.matches(turn, password or "", await _password_hash(issuer, viewer))
    async with issuer.db.transaction(viewer) as session:
        session.info["origin"] = origin
        if viewer.mfa_enabled:
            right = await second_factor.accept(session, issuer.sealer, viewer.id, code or "", proofs[1])
        if right:
            await session.execute(
                update(SignInSession).where(SignInSession.id == viewer.session_id).values(authenticated_at=func.now())
            )
            await audit.record(session, viewer, "session.step_up", viewer.session_id)
    if not right:
        await failures.note(issuer.db, viewer.id, "step-up", origin)
        raise InvalidCredentials(
            say("CODE_WRONG_OR_USED", "The code is wrong or was used before.")
            if viewer.mfa_enabled
            else say("PASSWORD_WRONG", "The password is wrong.")
        )
    await issuer.throttle.right(*proofs)


async def change_password(issuer: Issuer, viewer: Viewer, *, current: str, new: str, origin: audit.Origin) -> None:
    """The account has a new password, and no other session than this one.

    Raises:
        StepUpRequired: an API key.
        InvalidCredentials: the current one is wrong.
        InvalidInput: the new one cannot be accepted.
        Conflict: the account got another one meanwhile.
        RateLimited: too many tries.
        Unavailable: too many passwords at the same moment, or nobody can count them.
    """
    if viewer.session_id is None:
        raise StepUpRequired(say("KEY_CHANGES_NO_PASSWORD", "An API key cannot change a password. Sign in as a person."))
    passwords.check(new, email=viewer.email, path="newPassword")
    tries = await issuer.throttle.again(viewer)
    async with hashing.turn(tries.line) as turn:
        known = await _password_hash(issuer, viewer)
        if not await passwords.matches(turn, current, known):
            await failures.note(issuer.db, viewer.id, "change of password", origin)
            raise InvalidCredentials(say("CURRENT_PASSWORD_WRONG", "The current password is wrong."))
        renewed = await turn.hash(new)
        async with issuer.db.transaction(viewer) as session:
            session.info["origin"] = origin
            same = (User.id == viewer.id, User.password_hash == known)
            done = await session.execute(update(User).where(*same).values(password_hash=renewed).returning(User.id))
            if done.first() is None:
                raise Conflict(say("PASSWORD_CHANGED_MEANWHILE", "The password was changed meanwhile. Sign in again."))
            await sessions.end_all(session, viewer.id, but=viewer.session_id)
            await audit.record(session, viewer, "user.change_password", viewer.id)
    await issuer.throttle.right(tries)


async def _password_hash(issuer: Issuer, viewer: Viewer) -> str | None:
    async with issuer.db.read(viewer) as connection:
        statement = select(User.password_hash).where(User.id == viewer.id)
        return (await connection.execute(statement)).scalar_one()


async def challenge(session: AsyncSession, row: AnyRow) -> Challenge:
    """A code of the second factor is asked for: the account in `row` has proved the first one."""
    token, ends = security.new_secret(), datetime.now(UTC) + timedelta(minutes=CHALLENGE_MINUTES)
    await session.execute(insert(MfaChallenge).values(token_hash=security.digest(token), user_id=row.id, expires_at=ends))
    return Challenge(token, ends)
