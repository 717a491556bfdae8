"""What the API answers, as far as this client asks. Checked when it arrives: a server may be older, newer, or another one."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

ENDED = frozenset({"READY", "FAILED", "QUARANTINED", "EXPIRED", "DELETED"})
"""States that a version does not leave by itself."""


class Answer(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore", strict=False)


class UserError(Answer):
    """Why a mutation changed nothing."""

    code: str
    message: str
    path: list[str] | None = None


class Payload(Answer):
    """What every mutation answers with."""

    errors: list[UserError]


class Account(Answer):
    """Who is signed in."""

    email: str
    display_name: str


class Session(Answer):
    """A signed-in session."""

    access_token: str
    viewer: Account


class Challenge(Answer):
    """A second factor is asked for."""

    expires_at: datetime


class SignedIn(Payload):
    """Outcome of `signIn`."""

    session: Session | None = None
    mfa_challenge: Challenge | None = None


class WhoAmI(Answer):
    """The account of a token; None: the token is not accepted."""

    viewer: Account | None


class Dataset(Answer):
    """A dataset as it is chosen to upload into."""

    id: str
    name: str
    slug: str


class DatasetEdge(Answer):
    """One of a page."""

    node: Dataset


class PageInfo(Answer):
    """Where a page ends."""

    has_next_page: bool
    end_cursor: str | None


class DatasetPage(Answer):
    """A page of datasets."""

    edges: list[DatasetEdge]
    page_info: PageInfo


class FoundDatasets(Answer):
    """By its address, and by a piece of its name."""

    dataset_by_slug: Dataset | None
    datasets: DatasetPage


class Created(Payload):
    """Outcome of `createDataset`."""

    dataset: Dataset | None = None


class UploadPart(Answer):
    """A part to PUT."""

    number: int
    url: str
    headers: list[dict[str, str]]


class StoredPart(Answer):
    """A part that the store holds."""

    number: int
    etag: str
    size_bytes: int


class Upload(Answer):
    """A file on its way."""

    id: str
    part_size_bytes: int
    expires_at: datetime
    parts: list[UploadPart]
    stored_parts: list[StoredPart] = []


class VersionError(Answer):
    """Why a version is FAILED or QUARANTINED, or what it waits for."""

    code: str
    message: str
    hint: str | None = None
    line: int | None = None


class VersionState(Answer):
    """How far a version is."""

    id: str
    number: int
    status: str
    stage: str | None = None
    progress: float = 0.0
    error: VersionError | None = None

    @property
    def ended(self) -> bool:
        """Whether it stays as it is."""
        return self.status in ENDED


class Started(Payload):
    """Outcome of `startUpload`."""

    upload: Upload | None = None
    version: VersionState | None = None


class Resumed(Answer):
    """An upload from an earlier run and its version; None: not there, or not ours."""

    upload: Upload | None
    dataset_version: VersionState | None


class VersionChanged(Payload):
    """Outcome of a mutation on a version."""

    version: VersionState | None = None


class RejectedRow(Answer):
    """A record that could not be read."""

    line: int
    reason: str
    field_path: str | None = None
    text: str


class ReadOptions(Answer):
    """How the file was read; None where an option has no meaning for the format."""

    format: str | None = None
    compression: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_rows: int | None = None
    skipped_rows: int | None = None
    decimal_separator: str | None = None
    thousands_separator: str | None = None
    sheet: str | None = None


class Version(VersionState):
    """A version with everything that its uploader wants to know."""

    label: str | None = None
    is_current: bool
    row_count: int | None = None
    column_count: int | None = None
    rejected_row_count: int = 0
    rejected_rows: list[RejectedRow] = []
    warnings: list[str] = []
    read_options: ReadOptions | None = None


class FoundVersion(Answer):
    """A version by its id."""

    dataset_version: Version | None


class FoundState(Answer):
    """How far a version is, by its id."""

    dataset_version: VersionState | None


class Violation(Answer):
    """A blocking rule that a version does not satisfy."""

    message: str


class Published(Payload):
    """Outcome of `publishVersion`."""

    version: Version | None = None
    violations: list[Violation] = []


JsonObject = dict[str, JsonValue]
"""Any JSON object."""
