"""How a message reads: for a mailbox, for Slack, and as the JSON of a webhook. The same message always reads the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from app.models.incidents import IncidentPriority
from app.services.notifications import templates
from app.services.notifications.messages import Message, Told, global_ids, headline

MOST_LISTED = 50
"""Rules that a text names."""
MOST_SLACK = 3_000
"""Characters of one section block, as Slack has it."""
TEST = "TEST"
EXAMPLE_URL = "https://datakura.example.com"
_RANK = {priority.value: rank for rank, priority in enumerate(IncidentPriority)}


@dataclass(frozen=True, slots=True)
class Words:
    """What a channel says its messages with; None: the usual words."""

    channel_name: str
    subject_template: str | None
    body_template: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """A message as people read it."""

    subject: str
    body: str


def text_of(values: dict[str, str], words: Words) -> Text:
    """The message in the channel's words."""
    given = values | {"channel.name": words.channel_name}
    subject = templates.render(words.subject_template or templates.SUBJECT, given)
    body = templates.render(words.body_template or templates.BODY, given)
    return Text(templates.line(subject) or "Datakura", body)


def values_of(message: Message, url: str) -> dict[str, str]:
    """What the variables of templates stand for.

    Args:
        url: address of this installation, without a slash at its end.
    """
    page = f"{url}/datasets/{message.dataset_slug}"
    opened, resolved = _list(message.opened), _list(message.resolved)
    changes = [f"{title}\n{lines}" for title, lines in (("Fails now:", opened), ("Passes again:", resolved)) if lines]
    return {
        "headline": headline(message),
        "changes": "\n\n".join(changes),
        "event": message.events[0].value,
        "priority": max((told.priority for told in message.opened), key=_RANK.__getitem__, default=""),
        "dataset.name": message.dataset_name,
        "dataset.slug": message.dataset_slug,
        "dataset.url": page,
        "version.number": "" if message.version_number is None else str(message.version_number),
        "version.label": message.version_label,
        "quality.url": f"{page}/quality",
        "opened.count": str(len(message.opened)),
        "opened.list": opened,
        "resolved.count": str(len(message.resolved)),
        "resolved.list": resolved,
        "open.count": str(message.open_count),
        "time": f"{message.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    }


def example_values(url: str) -> dict[str, str]:
    """Values as those of a message, of nothing that exists: for tests of a channel and for previews."""
    page = f"{url}/datasets/example"
    return {
        "headline": "Example: 1 rule fails, 1 passes again on version 3",
        "changes": "Fails now:\n- Prices are positive (CRITICAL)\n\nPasses again:\n- No duplicates (MEDIUM)",
        "event": TEST,
        "priority": "CRITICAL",
        "dataset.name": "Example",
        "dataset.slug": "example",
        "dataset.url": page,
        "version.number": "3",
        "version.label": "",
        "quality.url": f"{page}/quality",
        "opened.count": "1",
        "opened.list": "- Prices are positive (CRITICAL)",
        "resolved.count": "1",
        "resolved.list": "- No duplicates (MEDIUM)",
        "open.count": "1",
        "time": "2026-01-31 12:00:00 UTC",
    }


def webhook_body(message: Message | None, text: Text, created_at: datetime) -> bytes:
    """`{type, timestamp, data}` as Standard Webhooks suggests. The same for every attempt."""
    return orjson.dumps(
        {
            "type": _type(message),
            "timestamp": created_at.astimezone(UTC).isoformat(),
            "data": {"subject": text.subject, "text": text.body, **({} if message is None else _data(message))},
        }
    )


def slack_body(text: Text) -> bytes:
    """What Slack's incoming webhooks take, and those of others that do as Slack does."""
    title, body = _escaped(text.subject), _escaped(text.body).strip()
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*"[:MOST_SLACK]}}]
    if body:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": body[:MOST_SLACK]}})
    return orjson.dumps({"text": title, "blocks": blocks})


def _type(message: Message | None) -> str:
    if message is None:
        return "test"
    return "incident.opened" if message.opened else "incident.resolved"


def _data(message: Message) -> dict[str, object]:
    ids = global_ids(message)
    version = None if "version" not in ids else {"id": ids["version"], "number": message.version_number}
    return {
        "dataset": {"id": ids["dataset"], "name": message.dataset_name, "slug": message.dataset_slug},
        "version": version,
        "run": {"id": ids["run"]} if "run" in ids else None,
        "opened": [_named(told) for told in message.opened],
        "resolved": [_named(told) for told in message.resolved],
        "openCount": message.open_count,
    }


def _named(told: Told) -> dict[str, object]:
    return {
        "incidentId": told.global_incident_id, "ruleId": told.global_rule_id, "title": told.title, "priority": told.priority,
        "reopened": told.reopened,
    }  # fmt: skip


def _list(told: Sequence[Told]) -> str:
    lines = [f"- {one.title} ({one.priority}{', again' if one.reopened else ''})" for one in told[:MOST_LISTED]]
    if len(told) > MOST_LISTED:
        lines.append(f"- and {len(told) - MOST_LISTED} more")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """Slack's three special characters: nobody is mentioned or linked by the name of a rule."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
