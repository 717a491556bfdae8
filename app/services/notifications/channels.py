"""Channels: where an account, or a team, wants to be told, of what, and in which words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters import webhooks
from app.core.errors import Conflict, Forbidden, InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.sealing import Place, Sealer, sealer_of
from app.core.settings import Settings
from app.core.viewer import Scope, Viewer
from app.models.accounts import TeamMember, User
from app.models.datasets import Dataset
from app.models.notifications import ChannelScope, ChannelType, NotificationChannel, NotificationEvent
from app.services import access, audit, cursors
from app.services.accounts import addresses
from app.services.accounts.accounts import clean_line
from app.services.cursors import Page
from app.services.notifications import templates

MISSING = say("NO_SUCH_CHANNEL", "There is no such notification channel of yours.")
MAX_NAME = 100
MAX_CHANNELS = 20
"""Of one account, those that it made for teams included."""
MAX_DATASETS = 100
MAX_OVERLAP = timedelta(days=7)
COLUMNS = (
    NotificationChannel.id, NotificationChannel.owner_id, NotificationChannel.team_id, NotificationChannel.name,
    NotificationChannel.type, NotificationChannel.shown_target, NotificationChannel.events, NotificationChannel.scope,
    NotificationChannel.dataset_ids, NotificationChannel.subject_template, NotificationChannel.body_template,
    NotificationChannel.enabled, NotificationChannel.disabled_reason, NotificationChannel.disabled_reason_phrase, NotificationChannel.previous_secret_until,
    NotificationChannel.created_at, NotificationChannel.updated_at,
)  # fmt: skip
"""What may be read back: neither secrets nor the whole target."""
_ORDER = "notification_channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A channel to make."""

    name: str
    type: ChannelType
    target: str
    events: Sequence[NotificationEvent]
    scope: ChannelScope = ChannelScope.MINE
    dataset_ids: Sequence[UUID] = ()
    team_id: UUID | None = None
    subject_template: str | None = None
    body_template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change; None: stays. An empty template is removed."""

    name: str | None = None
    target: str | None = None
    events: Sequence[NotificationEvent] | None = None
    scope: ChannelScope | None = None
    dataset_ids: Sequence[UUID] | None = None
    subject_template: str | None = None
    body_template: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A channel, and its new secret when it got one: it is shown this once."""

    id: UUID
    secret: str | None = field(repr=False)


async def create(session: AsyncSession, viewer: Viewer, settings: Settings, draft: Draft) -> Written:
    """A channel that is told from now on.

    Raises:
        Forbidden: an API key that only reads; a team that one is not in; a mail address of strangers.
        InvalidInput: a name, target, event, dataset or template that cannot be accepted. LimitExceeded: too many channels.
    """
    require_writer(viewer)
    if draft.team_id is not None:
        await _require_member(session, viewer, draft.team_id)
    values = {
        "name": clean_line(draft.name, MAX_NAME, "name"),
        "events": _events(draft.events),
        "subject_template": templates.checked(draft.subject_template, "subjectTemplate"),
        "body_template": templates.checked(draft.body_template, "bodyTemplate"),
        **await _datasets(session, viewer, draft.scope, draft.dataset_ids, of_team=draft.team_id is not None),
    }
    channel_id, sealer = uuid7(), sealer_of(settings)
    values |= _target(viewer, sealer, settings, channel_id, draft.type, draft.target)
    # The account's row lock: two requests at the same time would both find the last free place.
    await session.execute(select(User.id).where(User.id == viewer.id).with_for_update(key_share=True))
    count = select(func.count()).where(NotificationChannel.owner_id == viewer.id)
    if (await session.execute(count)).scalar_one() >= MAX_CHANNELS:
        raise LimitExceeded(
            say(
                "MOST_CHANNELS", "You have {most} notification channels. Delete one that is not used any more.", most=MAX_CHANNELS
            )
        )
    secret = webhooks.new_secret() if draft.type is ChannelType.WEBHOOK else None
    sealed = None if secret is None else sealer.seal(secret.encode(), place("secret", channel_id))
    await session.execute(
        insert(NotificationChannel).values(
            id=channel_id, owner_id=viewer.id, team_id=draft.team_id, type=draft.type, secret=sealed, **values
        )
    )
    await audit.record(
        session, viewer, "notification_channel.create", channel_id, name=values["name"], type=draft.type.value,
        target=values["shown_target"],
    )  # fmt: skip
    return Written(channel_id, secret)


async def update_channel(session: AsyncSession, viewer: Viewer, settings: Settings, channel_id: UUID, changes: Changes) -> UUID:
    """The channel is as told. Switched on again, it forgets why it was switched off.

    Raises:
        NotFound: none of yours or of your teams. Otherwise as `create`.
    """
    require_writer(viewer)
    row = await get(session, viewer, channel_id)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.name is not None:
        values["name"] = clean_line(changes.name, MAX_NAME, "name")
    if changes.events is not None:
        values["events"] = _events(changes.events)
    if changes.target is not None:
        values |= _target(viewer, sealer_of(settings), settings, channel_id, row.type, changes.target)
    if changes.scope is not None or changes.dataset_ids is not None:
        scope = changes.scope or row.scope
        chosen = changes.dataset_ids if changes.dataset_ids is not None else row.dataset_ids
        values |= await _datasets(session, viewer, scope, chosen, of_team=row.team_id is not None)
    for name, template in (("subject_template", changes.subject_template), ("body_template", changes.body_template)):
        if template is not None:
            path = "subjectTemplate" if name == "subject_template" else "bodyTemplate"
            values[name] = templates.checked(template, path)
    if changes.enabled is not None:
        values |= {"enabled": changes.enabled, "disabled_reason": None}
    await session.execute(update(NotificationChannel).where(NotificationChannel.id == channel_id).values(values))
    await audit.record(
        session, viewer, "notification_channel.update", channel_id, fields=sorted(values.keys() - {"updated_at", "shown_target"})
    )
    return channel_id


async def delete_channel(session: AsyncSession, viewer: Viewer, channel_id: UUID) -> UUID:
    """The channel is gone, its log of deliveries too; what was on its way is not sent.

    Raises:
        NotFound: none of yours or of your teams. Forbidden: an API key that only reads.
    """
    require_writer(viewer)
    row = await get(session, viewer, channel_id)
    await session.execute(delete(NotificationChannel).where(NotificationChannel.id == channel_id))
    await audit.record(session, viewer, "notification_channel.delete", channel_id, name=row.name)
    return channel_id


async def rotate_secret(
    session: AsyncSession, viewer: Viewer, settings: Settings, channel_id: UUID, *, overlap: timedelta
) -> Written:
    """A new secret signs; the one before it signs too until `overlap` has passed. One that was still older ends now.

    Raises:
        NotFound: none of yours or of your teams. Forbidden: an API key that only reads.
        Conflict: no webhook, nothing is signed. InvalidInput: more than seven days.
    """
    require_writer(viewer)
    if not timedelta() <= overlap <= MAX_OVERLAP:
        raise InvalidInput(say("SECRET_OVERLAP", "The overlap is 0 to 168 hours."), path=("overlapHours",))
    row = await get(session, viewer, channel_id)
    if row.type is not ChannelType.WEBHOOK:
        raise Conflict(say("CHANNEL_NO_SECRET", "Only webhooks are signed; this channel has no secret."))
    sealer, secret = sealer_of(settings), webhooks.new_secret()
    held = (
        await session.execute(
            select(NotificationChannel.secret).where(NotificationChannel.id == channel_id).with_for_update(key_share=True),
        )
    ).scalar_one()
    assert held is not None
    values: dict[str, object] = {"previous_secret": None, "previous_secret_until": None}
    if overlap:
        former = sealer.open(bytes(held), place("secret", channel_id))
        values["previous_secret"] = sealer.seal(former, place("previous_secret", channel_id))
        values["previous_secret_until"] = func.now() + overlap
    values["secret"] = sealer.seal(secret.encode(), place("secret", channel_id))
    await session.execute(
        update(NotificationChannel).where(NotificationChannel.id == channel_id).values(updated_at=func.now(), **values)
    )
    hours = overlap.total_seconds() / 3600
    await audit.record(session, viewer, "notification_channel.rotate_secret", channel_id, overlapHours=hours)
    return Written(channel_id, secret)


def own(viewer: Viewer) -> Select[*tuple[object, ...]]:
    """SELECT of the viewer's channels: those that it made for itself, and those of its teams."""
    return select(*COLUMNS).where(owned_by(viewer))


def owned_by(viewer: Viewer):  # type: ignore[no-untyped-def]  # a condition on `notification_channels`
    """See `own`."""
    teams = select(TeamMember.team_id).where(TeamMember.user_id == viewer.id)
    personal = (NotificationChannel.owner_id == viewer.id) & NotificationChannel.team_id.is_(None)
    return or_(personal, NotificationChannel.team_id.in_(teams))


async def list_page(connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None) -> Page[AnyRow]:
    """The viewer's channels, newest first."""
    statement = own(viewer).order_by(NotificationChannel.id.desc()).limit(first + 1)
    if after is not None:
        statement = statement.where(NotificationChannel.id < cursors.decode(after, _ORDER, UUID)[0])
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.id))


async def find(session: AsyncConnection | AsyncSession, viewer: Viewer, channel_id: UUID) -> AnyRow | None:
    """The row of a channel of the viewer, or None."""
    return (await session.execute(own(viewer).where(NotificationChannel.id == channel_id))).one_or_none()


async def get(session: AsyncConnection | AsyncSession, viewer: Viewer, channel_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, viewer, channel_id)
    if row is None:
        raise NotFound(MISSING)
    return row


def place(column: str, channel_id: UUID) -> Place:
    """Where a channel's secret stands."""
    return Place("notification_channels", column, channel_id)


def require_writer(viewer: Viewer) -> None:
    """Raises Forbidden for an API key that only reads: what it makes here would go on telling when the key has ended."""
    if viewer.scope is not None and viewer.scope < Scope.WRITE:
        raise Forbidden(
            say("NEEDS_WRITE_SCOPE", "This needs the scope WRITE; this API key only reads. Use a key with a wider scope.")
        )


async def _require_member(session: AsyncSession, viewer: Viewer, team_id: UUID) -> None:
    member = select(TeamMember.team_id).where(TeamMember.team_id == team_id, TeamMember.user_id == viewer.id)
    if (await session.execute(member)).first() is None:
        raise Forbidden(
            say("TEAM_CHANNELS", "Channels of a team are made by its members, and you are none of this team."), path=("teamId",)
        )


def _events(given: Sequence[NotificationEvent]) -> list[str]:
    if not given:
        raise InvalidInput(say("ONE_EVENT", "Give at least one event."), path=("events",))
    return [event.value for event in NotificationEvent if event in given]


async def _datasets(
    session: AsyncSession, viewer: Viewer, scope: ChannelScope, dataset_ids: Sequence[UUID], *, of_team: bool
) -> dict[str, object]:
    chosen = list(dict.fromkeys(dataset_ids))
    if scope is not ChannelScope.SELECTED:
        if of_team and scope is ChannelScope.ALL:
            raise InvalidInput(
                say("TEAM_SCOPE", "A team is told of its own datasets (MINE), or of those that are SELECTED."), path=("scope",)
            )
        return {"scope": scope, "dataset_ids": []}
    if not 1 <= len(chosen) <= MAX_DATASETS:
        raise InvalidInput(
            say("SELECTED_DATASETS", "With the scope SELECTED give 1 to {most} datasets.", most=MAX_DATASETS),
            path=("datasetIds",),
        )
    visible = await session.execute(select(Dataset.id).where(Dataset.id.in_(chosen), access.visible(viewer)))
    if len(visible.all()) < len(chosen):
        raise NotFound(say("NO_SUCH_DATASET", "There is no such dataset, or you may not see it."))
    return {"scope": scope, "dataset_ids": chosen}


def _target(
    viewer: Viewer, sealer: Sealer, settings: Settings, channel_id: UUID, kind: ChannelType, target: str
) -> dict[str, object]:
    given = target.strip()
    if kind is ChannelType.EMAIL:
        try:
            shown = given = addresses.checked(given)
        except InvalidInput as error:
            raise InvalidInput(error.message, path=("target",)) from error
        _require_known_address(viewer, given)
    else:
        try:
            shown = webhooks.parse_target(
                given, plain_http=settings.profile != "production", allowed=settings.notification_networks
            ).shown
        except webhooks.BadTarget as error:
            raise InvalidInput(error.message, path=("target",)) from error
    return {"target": sealer.seal(given.encode(), place("target", channel_id)), "shown_target": shown}


def _require_known_address(viewer: Viewer, address: str) -> None:
    """Nobody is sent mail by us because somebody with an account feels like it."""
    domain = address.rpartition("@")[2].lower()
    if viewer.administers or domain == viewer.email.rpartition("@")[2].lower():
        return
    raise Forbidden(
        say(
            "MAIL_DOMAIN",
            "Mail goes to addresses of the domain that your own has. Ask an administrator to make a channel for others.",
        ),
        path=("target",),
    )
