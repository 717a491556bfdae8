"""One file from disk to a version that was read, and published when that is asked for; goes on where an earlier run stopped."""

import contextlib
import time
import uuid
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from app.cli.client import documents, parts
from app.cli.client.answers import (
    Dataset,
    FoundVersion,
    Published,
    Resumed,
    Started,
    Upload,
    Version,
    VersionChanged,
    VersionState,
)
from app.cli.client.api import Api
from app.cli.client.errors import ClientError, FileProblem, Refused, UploadGone
from app.cli.client.patience import Patience
from app.cli.client.progress import Progress
from app.cli.client.resume import Checkpoint, ResumeFolder, Subject
from app.cli.client.source import Source
from app.cli.client.watch import Watch

AWAITING = "AWAITING_UPLOAD"
_OVER = frozenset({"EXPIRED", "DELETED"})


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person wants of the version."""

    label: str | None = None
    comment: str | None = None
    options: dict[str, JsonValue] = field(default_factory=dict)
    """Fields of `ReadOptionsInput`; those that are absent are found out."""
    publish: bool = False

    @property
    def declared(self) -> dict[str, JsonValue]:
        """Fields of `StartUploadInput`."""
        given: dict[str, JsonValue] = {"label": self.label, "comment": self.comment, "options": self.options or None}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A version that has ended."""

    dataset: Dataset
    version: Version
    violations: tuple[str, ...]
    """Rules that kept it from being published."""
    seconds: float
    resumed: bool = False
    """Whether bytes of an earlier run were used."""

    @property
    def is_ready(self) -> bool:
        """Whether the file was read."""
        return self.version.status == "READY"


@dataclass(frozen=True)
class _Transfer:
    """An upload and its version."""

    upload: Upload
    state: VersionState


@dataclass(frozen=True)
class _Sending:
    """Parts on their way."""

    upload: Upload
    sender: parts.PartSender


class Uploader:
    """Uploads files into datasets of one server."""

    def __init__(self, api: Api, notes: ResumeFolder, progress: Progress, *, patience: Patience | None = None) -> None:
        self._api = api
        self._notes = notes
        self._progress = progress
        self._patience = patience or Patience()
        self._sending: _Sending | None = None
        self._warned = False

    @property
    def kept(self) -> str | None:
        """What an interruption at this moment leaves in the object storage, for a person; None: nothing."""
        if self._sending is None:
            return None
        sender, ends = self._sending.sender, self._sending.upload.expires_at
        return f"{len(sender.etags)} of {sender.count} parts are stored and kept until {ends:%Y-%m-%d %H:%M} UTC."

    async def upload(self, source: Source, dataset: Dataset, wishes: Wishes) -> Outcome:
        """The version has ended: READY, or not; it is published when that was wished and can be.

        Raises:
            FileProblem: the file cannot be read, or changed meanwhile.
            Unreachable, Unauthenticated, Refused, UploadGone: the next run goes on where this one stopped.
        """
        begun = time.monotonic()
        self._sending = None
        self._progress.reading(source.name, source.size_bytes)
        digest = await source.sha256(self._progress.read)
        subject = Subject(
            server=self._api.url,
            account=self._api.account.email if self._api.account else "",
            dataset_id=dataset.id,
            file=source.identity,
            sha256=digest,
            wishes=wishes.declared,
        )
        self._notes.forget_old()
        version_id, resumed = await self._store(source, subject, wishes)
        outcome = await self.finish(dataset, version_id, publish=wishes.publish)
        self._notes.forget(subject)
        return replace(outcome, seconds=time.monotonic() - begun, resumed=resumed)

    async def finish(self, dataset: Dataset, version_id: str, *, publish: bool) -> Outcome:
        """The version, whose bytes are stored, has ended; it is published when that is wished and can be.

        Raises:
            Unreachable, Unauthenticated, Refused
        """
        begun = time.monotonic()
        version = await self._follow(dataset, version_id)
        violations: tuple[str, ...] = ()
        if version.status == "READY" and publish:
            version, violations = await self._publish(version)
        return Outcome(dataset=dataset, version=version, violations=violations, seconds=time.monotonic() - begun)

    async def _store(self, source: Source, subject: Subject, wishes: Wishes) -> tuple[str, bool]:
        """The bytes are stored and declared complete: the version's id, and whether an earlier run had begun it."""
        checkpoint = self._notes.find(subject)
        transfer = await self._resume(checkpoint) if checkpoint else None
        resumed = transfer is not None
        if transfer is None or checkpoint is None:
            transfer, checkpoint = await self._start(source, subject, wishes, checkpoint)
        if transfer.state.status != AWAITING:
            return transfer.state.id, resumed
        if checkpoint.etags is not None:
            # The answer to an earlier `completeUpload` was lost, or it never came so far: it can simply be said again.
            with contextlib.suppress(Refused):
                return await self._complete(transfer.upload, checkpoint.etags), True
        already = parts.stored(transfer.upload, source.size_bytes)
        try:
            etags = await self._send(source, transfer, already)
        except FileProblem:
            # Nobody can go on with it: no other bytes have this checksum.
            self._notes.forget(subject)
            await self._abort(transfer.upload)
            raise
        self._keep(subject, replace(checkpoint, etags=etags))
        return await self._complete(transfer.upload, etags), bool(already)

    async def _resume(self, checkpoint: Checkpoint) -> _Transfer | None:
        """The upload of an earlier run; None when there is none any more."""
        if checkpoint.upload_id is None or checkpoint.version_id is None:
            return None
        ids = {"uploadId": checkpoint.upload_id, "versionId": checkpoint.version_id}
        found = await self._api.query(documents.RESUME_UPLOAD, Resumed, **ids)
        if found.upload is None or found.dataset_version is None or found.dataset_version.status in _OVER:
            return None
        return _Transfer(found.upload, found.dataset_version)

    async def _start(
        self, source: Source, subject: Subject, wishes: Wishes, earlier: Checkpoint | None
    ) -> tuple[_Transfer, Checkpoint]:
        """A version waits for the bytes. The key of an earlier run that did not hear the answer is used again."""
        unheard = earlier is not None and earlier.upload_id is None
        checkpoint = earlier if earlier and unheard else Checkpoint(idempotency_key=str(uuid.uuid4()))
        self._keep(subject, checkpoint)
        declared: dict[str, JsonValue] = {
            "datasetId": subject.dataset_id,
            "fileName": source.name,
            "sizeBytes": source.size_bytes,
            "sha256": subject.sha256,
            **wishes.declared,
        }
        try:
            started = await self._api.mutate(documents.START_UPLOAD, Started, declared, key=checkpoint.idempotency_key)
        except Refused as error:
            self._notes.forget(subject)
            if unheard and error.code == "CONFLICT":
                # The earlier run was of a version of this program that asked in other words.
                return await self._start(source, subject, wishes, None)
            raise
        if started.upload is None or started.version is None:
            raise ClientError("The server says that it started the upload, and does not show it.")
        if started.version.status in _OVER:
            return await self._start(source, subject, wishes, None)
        checkpoint = replace(checkpoint, upload_id=started.upload.id, version_id=started.version.id)
        self._keep(subject, checkpoint)
        return _Transfer(started.upload, started.version), checkpoint

    async def _send(self, source: Source, transfer: _Transfer, already: dict[int, str]) -> dict[int, str]:
        upload = transfer.upload
        lengths = {piece.number: piece.length for piece in parts.pieces(source.size_bytes, upload.part_size_bytes)}
        self._progress.sending(source.size_bytes, sum(lengths[number] for number in already))

        async def renew() -> Upload:
            ids = {"uploadId": upload.id, "versionId": transfer.state.id}
            fresh = (await self._api.query(documents.RESUME_UPLOAD, Resumed, **ids)).upload
            if fresh is None:
                raise UploadGone("The upload is no longer there.", hint="Run the command again to start anew.")
            return fresh

        sender = parts.PartSender(source, upload, already, renew=renew, sent=self._progress.sent, patience=self._patience)
        self._sending = _Sending(upload, sender)
        await sender.send_missing()
        self._sending = None
        # What was sent is what was read for the checksum only if nobody wrote in between.
        source.check_unchanged()
        return sender.etags

    async def _abort(self, upload: Upload) -> None:
        with contextlib.suppress(ClientError):
            await self._api.mutate(documents.ABORT_UPLOAD, VersionChanged, {"uploadId": upload.id})

    async def _complete(self, upload: Upload, etags: dict[int, str]) -> str:
        listed: list[JsonValue] = [{"number": number, "etag": etag} for number, etag in sorted(etags.items())]
        done = await self._api.mutate(documents.COMPLETE_UPLOAD, VersionChanged, {"uploadId": upload.id, "parts": listed})
        if done.version is None:
            raise ClientError("The server says that the upload is complete, and does not show its version.")
        return done.version.id

    async def _follow(self, dataset: Dataset, version_id: str) -> Version:
        told = ""
        async for state in Watch(self._api, dataset.id, version_id).states():
            self._progress.following(state)
            if state.error is not None and not state.ended and state.error.code != told:
                told = state.error.code
                self._progress.note(f"It waits. {state.error.message}")
        version = (await self._api.query(documents.VERSION, FoundVersion, id=version_id)).dataset_version
        if version is None:
            raise ClientError("The version is no longer there: its dataset was deleted, or is hidden from you.", code="NOT_FOUND")
        return version

    async def _publish(self, version: Version) -> tuple[Version, tuple[str, ...]]:
        """The version as it is now, and what kept it from being published."""
        done = await self._api.mutate(documents.PUBLISH, Published, {"versionId": version.id})
        return done.version or version, tuple(violation.message for violation in done.violations)

    def _keep(self, subject: Subject, checkpoint: Checkpoint) -> None:
        try:
            self._notes.keep(subject, checkpoint)
        except OSError as error:
            if not self._warned:
                self._progress.note(
                    f"If this run is interrupted, the next one begins anew: {error.filename} cannot be written ({error.strerror})."
                )
            self._warned = True
