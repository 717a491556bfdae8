"""What is asked of the API about notifications."""

from tests.support.client import Client
from tests.support.people import Person

CREATE = """mutation C($input: CreateNotificationChannelInput!) { createNotificationChannel(input: $input) {
    channel { id name type target events scope enabled disabledReason previousSecretUntil } signingSecret
    errors { code message path } } }"""
UPDATE = """mutation U($input: UpdateNotificationChannelInput!) { updateNotificationChannel(input: $input) {
    channel { id name target events scope enabled disabledReason subjectTemplate bodyTemplate datasets { id } } errors { code message path } } }"""
DELETE = """mutation D($input: DeleteNotificationChannelInput!) { deleteNotificationChannel(input: $input) {
    deletedId errors { code message path } } }"""
ROTATE = """mutation R($input: RotateSigningSecretInput!) { rotateSigningSecret(input: $input) {
    channel { id previousSecretUntil } signingSecret errors { code message path } } }"""
TEST = """mutation T($input: SendTestNotificationInput!) { sendTestNotification(input: $input) {
    delivery { id status isTest attempts responseCode responseExcerpt error title dataset { id } channel { id } finishedAt }
    errors { code message path } } }"""
REPLAY = """mutation R($input: ReplayNotificationDeliveryInput!) { replayNotificationDelivery(input: $input) {
    delivery { id status attempts } errors { code message path } } }"""
LOG = """query L($id: ID!) { node(id: $id) { ... on NotificationChannel { enabled disabledReason deliveries(first: 20) { edges { node {
    id status isTest attempts responseCode responseExcerpt error nextAttemptAt finishedAt title dataset { id } } } } } } }"""
INBOX = """query I($unread: Boolean! = false) { unreadNotificationCount notifications(first: 20, unreadOnly: $unread) { edges { node {
    id sequence kind title readAt dataset { id } version { id } run { id } channel { id } } } } }"""
READ = """mutation R($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) {
    unreadCount errors { code message path } } }"""
WATCH = """mutation W($input: WatchDatasetInput!) { watchDataset(input: $input) { dataset { id watched } errors { code } } }"""
UNWATCH = (
    """mutation W($input: WatchDatasetInput!) { unwatchDataset(input: $input) { dataset { id watched } errors { code } } }"""
)
BOTH = ["INCIDENT_OPENED", "INCIDENT_RESOLVED"]


async def channel(client: Person, type: str, target: str, **given: object) -> dict:
    """The payload of a channel that was made."""
    payload = await client.mutate(CREATE, **{"name": f"A {type}", "type": type, "target": target, "events": BOTH, **given})
    assert payload["errors"] == [], payload
    return payload


async def log(client: Client, channel_id: str) -> list[dict]:
    """The deliveries to a channel, newest first."""
    return [edge["node"] for edge in (await client.run(LOG, id=channel_id))["node"]["deliveries"]["edges"]]


async def inbox(client: Client, *, unread: bool = False) -> list[dict]:
    """One's notifications, newest first."""
    return [edge["node"] for edge in (await client.run(INBOX, unread=unread))["notifications"]["edges"]]


def codes(payload: dict) -> list[str]:
    """Of its errors."""
    return [error["code"] for error in payload["errors"]]
