"""Sending mail behind one Protocol: to a mail server, or into a folder where nobody is bothered."""

from app.adapters.mail.folder import FolderMailer, mails_folder
from app.adapters.mail.protocol import Letter, Mailer, Refused
from app.adapters.mail.smtp import SmtpMailer
from app.core.settings import Settings

__all__ = ["FolderMailer", "Letter", "Mailer", "Refused", "SmtpMailer", "mails_folder", "make_mailer"]


def make_mailer(settings: Settings) -> Mailer:
    """The mailer of this installation: DATAKURA_MAIL_URL, or a folder when there is none."""
    url = settings.mail_url.get_secret_value()
    return SmtpMailer(url, sender=settings.mail_from) if url else FolderMailer(mails_folder(settings), sender=settings.mail_from)
