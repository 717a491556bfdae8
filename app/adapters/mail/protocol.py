"""What a mailer does, and the letter that it sends."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from uuid import UUID

from app.core.phrases import Said


class Refused(Said):
    """The mail server will not take this letter, now or later."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of plain text to one address."""

    id: UUID
    """Of version 7: its time becomes the letter's date, also when it is sent again."""
    recipient: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends letters."""

    remark: str
    """What people should know about letters that went this way; "" when there is nothing to say."""

    async def send(self, letter: Letter) -> None:
        """The letter is handed over. Sent again, it carries the same Message-ID.

        Raises:
            Unavailable: the server does not answer, or asks to come again.
            Refused: it will not take the letter.
        """


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as RFC 5322 has it. Addresses and subject are set by the library, which lets no line break through."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(datetime.fromtimestamp((letter.id.int >> 80) / 1000, UTC))
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    # Out-of-office notices would only come back to nobody.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
