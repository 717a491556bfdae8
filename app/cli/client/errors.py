"""What a person reads when an upload does not succeed.

ClientError
├── FileProblem       the file cannot be uploaded as it is
├── Unreachable       the server, or the object storage, does not answer; trying later may help
├── NotADatakura      something answers at the address, but no Datakura
├── SignInRefused     wrong e-mail address or password, a second factor, an unusable token
├── Unauthenticated   the session or the token has ended
├── Refused           the server will not do it; `code` is the API's
└── UploadGone        the upload that was being sent is no longer there
"""


class ClientError(Exception):
    """Base of all. `message` says what is wrong and where, `hint` what to do; `code` is for programs."""

    code = "ERROR"

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message} {hint}")
        self.message = message
        self.hint = hint
        self.code = code or type(self).code


class FileProblem(ClientError):
    """A file that cannot be uploaded as it is."""

    code = "FILE_PROBLEM"


class Unreachable(ClientError):
    """Nobody answers, or only that it cannot now."""

    code = "UNREACHABLE"


class NotADatakura(ClientError):
    """Another program answers."""

    code = "NOT_A_DATAKURA"


class SignInRefused(ClientError):
    """Nobody can be signed in with what was given."""

    code = "INVALID_CREDENTIALS"


class Unauthenticated(ClientError):
    """The session or the token is not accepted any more."""

    code = "UNAUTHENTICATED"


class Refused(ClientError):
    """The server understood and will not do it."""

    def __init__(self, message: str, *, code: str, path: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, code=code, hint=hint)
        self.path = path
        """The input field that is wrong, outermost first; empty when none is."""


class UploadGone(ClientError):
    """Expired or aborted while it was sent."""

    code = "UPLOAD_GONE"
