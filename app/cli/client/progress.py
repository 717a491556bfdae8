"""What an upload tells while it runs."""

from typing import Protocol

from app.cli.client.answers import VersionState


class Progress(Protocol):
    """Told each step of the upload of one file; whoever shows it decides how."""

    def reading(self, name: str, size_bytes: int) -> None:
        """The file's checksum is computed from now on."""

    def read(self, count: int) -> None:
        """So many more bytes were read."""

    def sending(self, size_bytes: int, stored_bytes: int) -> None:
        """The bytes are sent from now on; `stored_bytes` of them are there since an earlier run."""

    def sent(self, count: int) -> None:
        """So many more bytes are under way; negative: they were lost and are sent again."""

    def following(self, state: VersionState) -> None:
        """How far the version is."""

    def note(self, text: str) -> None:
        """Something that a person should know."""


class Silent:
    """Tells nobody."""

    def reading(self, name: str, size_bytes: int) -> None:
        """Nothing."""

    def read(self, count: int) -> None:
        """Nothing."""

    def sending(self, size_bytes: int, stored_bytes: int) -> None:
        """Nothing."""

    def sent(self, count: int) -> None:
        """Nothing."""

    def following(self, state: VersionState) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""
