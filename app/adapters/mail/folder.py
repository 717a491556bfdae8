"""Mail into a folder of .eml files: for a system without a mail server, and for who develops one."""

import asyncio
from pathlib import Path

from app.adapters.mail.protocol import Letter, message_of
from app.core.settings import Settings


def mails_folder(settings: Settings) -> Path:
    """Where mails are written to when no mail server is given."""
    return settings.data_dir / "mails"


class FolderMailer:
    """Writes one file for each letter, readable by its owner only: it may hold a link that opens an account."""

    remark = "No mail server is set: the mail was written to the folder 'mails' of the server, and nobody gets it."

    def __init__(self, folder: Path, *, sender: str):
        self._folder, self._sender = folder, sender

    async def send(self, letter: Letter) -> None:
        """The letter is a file; written again, it is the same one."""
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{letter.id}.eml"
        half = file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_bytes(message_of(letter, self._sender).as_bytes())
        half.replace(file)
