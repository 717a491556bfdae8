"""GET /mails: the mails that a system without a mail server would have sent, for who develops on this machine."""

import asyncio
import html
import ipaddress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.adapters.mail import mails_folder
from app.core.settings import Settings

MOST = 50


class MailsPage:
    """Shows the newest mails, to this machine only: they hold links that open accounts."""

    def __init__(self, settings: Settings):
        self._folder = mails_folder(settings)
        self._shown = settings.profile != "production" and not settings.mail_url.get_secret_value()

    async def __call__(self, request: Request) -> Response:
        """The page; 404 where mails really are sent, and for everybody from elsewhere."""
        if not self._shown or not _is_from_here(request):
            return HTMLResponse("There is no such page.", 404)
        mails = await asyncio.to_thread(_newest, self._folder)
        body = "".join(_article(mail) for mail in mails) or "<p>No mail was sent yet.</p>"
        page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Mails</title><h1>Mails</h1>{body}</html>"
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _is_from_here(request: Request) -> bool:
    """By the connection itself, and by the name that was typed: a page of another site may not be answered under its name."""
    try:
        near = ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
    return near and request.url.hostname in ("127.0.0.1", "localhost", "::1") and "x-forwarded-for" not in request.headers


def _newest(folder: Path) -> list[EmailMessage]:
    # Names begin with the time.
    files = sorted(folder.glob("*.eml"), reverse=True)[:MOST]
    return [message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default) for file in files]


def _article(mail: EmailMessage) -> str:
    text = html.escape(str(mail.get_content()))
    lines = "<br>".join(
        f'<a href="{line}">{line}</a>' if line.startswith(("http://", "https://")) else line for line in text.split("\n")
    )
    heads = "".join(f"<dt>{name}<dd>{html.escape(str(mail[name]))}" for name in ("To", "Subject", "Date"))
    return f"<article><dl>{heads}</dl><p>{lines}</p><hr></article>"
