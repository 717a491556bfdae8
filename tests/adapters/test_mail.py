"""Letters to a real mail server, and into a folder."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.adapters.mail import FolderMailer, Letter, Refused, SmtpMailer
from app.core.errors import Unavailable
from app.core.ids import uuid7
from tests.support.system import free_port

SENDER = "Datakura <data@example.com>"


def letter(
    recipient: str = "amy@example.com", subject: str = "Ihr Link / リンク", text: str = "Line one\n\nhttp://x/#token\n招待\n"
) -> Letter:
    return Letter(uuid7(), recipient, subject, text)


class Mailbox:
    """Takes mail for everybody, except where the address says otherwise."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        code = {"unknown@example.com": "550 no such user", "full@example.com": "452 mailbox full"}.get(address)
        if code is None:
            envelope.rcpt_tos.append(address)
        return code or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if b"refuse this" in (envelope.content or b""):
            return "554 spam"
        self.taken.append(envelope)
        return "250 OK"


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"user@x", b"p:ss/word")
    # Not handled: the server itself says what follows from it.
    return AuthResult(success=right, handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    """HOST:PORT of a mail server that wants a name and a password."""
    controller = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), authenticator=authenticate, auth_required=True, auth_require_tls=False
    )
    controller.start()
    yield f"127.0.0.1:{controller.port}"
    controller.stop()


async def test_a_letter_arrives_as_it_was_written(server: str, mailbox: Mailbox) -> None:
    sent = letter()
    mailer = SmtpMailer(f"smtp://user%40x:p%3Ass%2Fword@{server}", sender=SENDER)
    await mailer.send(sent)
    await mailer.send(sent)
    first, second = [parsed(envelope) for envelope in mailbox.taken]
    assert mailbox.taken[0].rcpt_tos == ["amy@example.com"]
    assert (first["From"], first["To"], first["Subject"]) == (SENDER, "amy@example.com", sent.subject)
    assert first.get_content() == sent.text
    assert first["Message-ID"] == second["Message-ID"] == f"<{sent.id}@example.com>"
    assert first["Date"] == second["Date"]
    assert abs((datetime.now(UTC) - first["Date"].datetime).total_seconds()) < 60


@pytest.mark.parametrize(
    ("recipient", "text", "expected"),
    [("unknown@example.com", "x", Refused), ("full@example.com", "x", Unavailable), ("amy@example.com", "refuse this", Refused)],
)
async def test_what_a_server_will_never_take_is_told_from_what_it_takes_later(
    server: str, mailbox: Mailbox, recipient: str, text: str, expected: type[Exception]
) -> None:
    mailer = SmtpMailer(f"smtp://user%40x:p%3Ass%2Fword@{server}", sender=SENDER)
    with pytest.raises(expected):
        await mailer.send(letter(recipient, text=text))
    assert mailbox.taken == []


async def test_a_wrong_password_and_a_silent_server_are_waited_for(server: str, mailbox: Mailbox) -> None:
    for url, says in (
        (f"smtp://user%40x:wrong@{server}", "The mail server does not accept our name and password."),
        (f"smtp://127.0.0.1:{free_port()}", "The mail server does not answer, or asks to come again."),
    ):
        with pytest.raises(Unavailable) as told:
            await SmtpMailer(url, sender=SENDER).send(letter())
        assert told.value.message == says
    assert mailbox.taken == []


async def test_nothing_is_said_to_a_server_without_tls(server: str, mailbox: Mailbox) -> None:
    with pytest.raises((Unavailable, ssl.SSLError)):
        await SmtpMailer(f"smtps://user%40x:p%3Ass%2Fword@{server}", sender=SENDER).send(letter())
    assert mailbox.taken == []


@pytest.mark.parametrize("url", ["http://example.com", "smtp://", "example.com:25"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="DATAKURA_MAIL_URL has to be"):
        SmtpMailer(url, sender=SENDER)


@pytest.mark.parametrize("field", ["recipient", "subject"])
async def test_no_line_break_makes_a_header(tmp_path: Path, field: str) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed|CR|header"):
        await FolderMailer(tmp_path, sender=SENDER).send(letter(**{field: "a@example.com\r\nBcc: b@example.com"}))
    assert list(tmp_path.glob("*.eml")) == []


async def test_a_folder_holds_each_letter_once_for_its_owner_alone(tmp_path: Path) -> None:
    sent, mailer = letter(), FolderMailer(tmp_path / "mails", sender=SENDER)
    await asyncio.gather(mailer.send(sent), mailer.send(letter()))
    await mailer.send(sent)
    files = list((tmp_path / "mails").iterdir())
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def parsed(envelope: Envelope) -> EmailMessage:
    from email import message_from_bytes, policy

    content = envelope.content
    assert isinstance(content, bytes)
    # Lines end with CR LF on their way.
    return message_from_bytes(content.replace(b"\r\n", b"\n"), _class=EmailMessage, policy=policy.default)
