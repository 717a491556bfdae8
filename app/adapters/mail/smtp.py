"""Mail through a server: smtps:// speaks TLS from the start, smtp:// begins it by STARTTLS before anything is said."""

import ipaddress
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from app.adapters.mail.protocol import Letter, Refused, message_of
from app.core.errors import Unavailable
from app.core.phrases import say

_SECONDS = 20.0
_ASK_AGAIN_SECONDS = 60.0


class SmtpMailer:
    """One connection for each letter: there are few."""

    remark = ""

    def __init__(self, url: str, *, sender: str):
        """
        Args:
            url: smtps://USER:PASSWORD@HOST[:465] or smtp://USER:PASSWORD@HOST[:587]; user and password percent-encoded.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("DATAKURA_MAIL_URL has to be smtps://USER:PASSWORD@HOST:PORT or smtp://USER:PASSWORD@HOST:PORT.")
        self._sender = sender
        self._host, self._tls = parts.hostname, parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, letter: Letter) -> None:
        """The server has taken the letter."""
        try:
            await aiosmtplib.send(
                message_of(letter, self._sender),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                # On this machine a relay without TLS is fine: None takes it when it is offered.
                start_tls=None if self._tls or _is_loopback(self._host) else True,
                timeout=_SECONDS,
            )
        except SMTPAuthenticationError as error:
            raise Unavailable(
                say("MAIL_SERVER_SIGN_IN", "The mail server does not accept our name and password."), retry_after_seconds=300
            ) from error
        except SMTPRecipientsRefused as error:
            if all(refusal.code >= 500 for refusal in error.recipients):
                raise Refused(say("MAIL_ADDRESS_UNKNOWN", "The mail server does not know this address.")) from error
            raise _later() from error
        except SMTPResponseException as error:
            if error.code >= 500:
                raise Refused(
                    say("MAIL_REFUSED", "The mail server refuses the letter with code {code}.", code=error.code)
                ) from error
            raise _later() from error
        except (SMTPException, OSError) as error:
            raise _later() from error


def _later() -> Unavailable:
    return Unavailable(
        say("MAIL_SERVER_AWAY", "The mail server does not answer, or asks to come again."), retry_after_seconds=_ASK_AGAIN_SECONDS
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
