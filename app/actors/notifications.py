"""Work on notifications: a message becomes deliveries and notices; a delivery is attempted."""

import time
from uuid import UUID

from app.actors.registry import Work, actor
from app.adapters import webhooks
from app.adapters.mail import Letter, Refused, make_mailer
from app.core import faults
from app.core.errors import Unavailable
from app.core.ledger import Claim, succeed
from app.core.phrases import say
from app.core.sealing import sealer_of
from app.core.settings import Settings
from app.core.viewer import System
from app.models.notifications import ChannelType
from app.services.notifications import deliveries, messages, sending, texts
from app.services.notifications.deliveries import Outcome, Outgoing

_WORKER = System("worker")
_GONE, _OK = 410, range(200, 300)


@actor(messages.FAN_OUT, queue="outbound")
async def fan_out(work: Work, claim: Claim) -> None:
    """Everybody concerned has a notice, and every channel a delivery that is due."""
    async with work.db.transaction(_WORKER) as session:
        await sending.fan_out(session, UUID(claim.args["messageId"]))
        await succeed(session, claim)
        faults.point("notification.before_fan_out")


@actor(deliveries.ACTOR, queue="outbound", on_dead=deliveries.bury)
async def deliver(work: Work, claim: Claim) -> None:
    """The delivery was attempted once. When a worker dies in between it is attempted again, under the same id."""
    async with work.db.transaction(_WORKER) as session:
        outgoing = await deliveries.begin(session, sealer_of(work.settings), claim)
    if outgoing is None:
        return
    faults.point("notification.before_send")
    outcome = await _attempt(outgoing, work.settings)
    faults.point("notification.after_send")
    async with work.db.transaction(_WORKER) as session:
        await deliveries.record(session, claim, outgoing, outcome, _WORKER)
        faults.point("notification.before_finish")


async def _attempt(outgoing: Outgoing, settings: Settings) -> Outcome:
    values = texts.example_values(settings.url)
    if outgoing.message is not None:
        values = texts.values_of(outgoing.message, settings.url)
    text = texts.text_of(values, outgoing.words)
    if outgoing.type is ChannelType.EMAIL:
        return await _mail(Letter(outgoing.id, outgoing.target, text.subject, text.body), settings)
    headers = {"Content-Type": "application/json"}
    if outgoing.type is ChannelType.SLACK:
        return await _post(outgoing, texts.slack_body(text), headers, settings)
    body = texts.webhook_body(outgoing.message, text, outgoing.created_at)
    headers |= webhooks.signature_headers(f"msg_{outgoing.id.hex}", int(time.time()), body, outgoing.signing_secrets)
    return await _post(outgoing, body, headers, settings)


async def _mail(letter: Letter, settings: Settings) -> Outcome:
    mailer = make_mailer(settings)
    try:
        await mailer.send(letter)
    except Refused as error:
        return Outcome(error.message, final=True)
    except Unavailable as error:
        return Outcome(error.message, retry_after_seconds=error.retry_after_seconds)
    return Outcome(body=mailer.remark.encode())


async def _post(outgoing: Outgoing, body: bytes, headers: dict[str, str], settings: Settings) -> Outcome:
    allowed = settings.notification_networks
    try:
        target = webhooks.parse_target(outgoing.target, plain_http=settings.profile != "production", allowed=allowed)
        answer = await webhooks.post(
            target, body, headers, allowed=allowed, timeout_seconds=settings.notification_timeout_seconds, ca_file=settings.tls_ca_file
        )  # fmt: skip
    except (webhooks.BadTarget, webhooks.NoAnswer) as error:
        return Outcome(error.message)
    if answer.status in _OK:
        return Outcome(response_code=answer.status, body=answer.body)
    return Outcome(
        _said(answer.status), answer.status, answer.body, answer.retry_after_seconds, gone=answer.status == _GONE
    )  # fmt: skip


def _said(status: int) -> str:
    if 300 <= status < 400:
        return say(
            "TARGET_REDIRECTS",
            "The target answered {status}. Redirects are not followed: give the address that it leads to.",
            status=status,
        )
    return say("TARGET_ANSWERED", "The target answered {status}.", status=status)
