"""The errors that a caller can act on.

DomainError
├── NotFound             no such object, or the viewer may not see it (the same words for both)
├── Conflict             the object is not in the state that this needs, or has moved on
├── InvalidInput         a field of the input is wrong
├── Forbidden            visible, but the viewer's level is too low
├── LimitExceeded        a quota or bound
├── InvalidCredentials   wrong e-mail or password
├── StepUpRequired       the session has to prove anew who it belongs to
├── Unauthenticated      no valid session: a top-level GraphQL error
├── RateLimited          too often: a top-level GraphQL error
├── OperationTimeout     took too long and was ended: a top-level GraphQL error
├── FellBehind           a subscriber is slower than what it follows: its socket closes
└── Unavailable          a dependency is away: try again
"""


class DomainError(Exception):
    """Base of all that is said to a caller as `UserError { code message path }`."""

    code = "INTERNAL"

    def __init__(self, message: str, *, path: tuple[str, ...] | None = None):
        super().__init__(message)
        self.message = message
        self.path = path
        """Names of the input field, outermost first, camelCase."""


class NotFound(DomainError):
    """No such object, or not one that the viewer may see."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    """The object's state does not allow this now."""

    code = "CONFLICT"


class InvalidInput(DomainError):
    """A value that cannot be accepted; `path` names the field."""

    code = "INVALID_INPUT"


class Forbidden(DomainError):
    """The viewer sees the object but may not do this."""

    code = "FORBIDDEN"


class LimitExceeded(DomainError):
    """A quota or a bound was reached."""

    code = "LIMIT_EXCEEDED"


class InvalidCredentials(DomainError):
    """The same for an unknown address, a wrong password and a deactivated account."""

    code = "INVALID_CREDENTIALS"


class StepUpRequired(DomainError):
    """Allowed, but not before the person has proved again who they are (mutation stepUp)."""

    code = "STEP_UP_REQUIRED"


class SecondFactorRequired(DomainError):
    """The account has to have a second factor here, and can do nothing else before it set one up."""

    code = "SECOND_FACTOR_REQUIRED"


class Unauthenticated(DomainError):
    """No valid session or key."""

    code = "UNAUTHENTICATED"


class RateLimited(DomainError):
    """Too often, or too much in a short time; the same call may be repeated later."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after_seconds: float):
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class OperationTimeout(DomainError):
    """Took longer than an operation may; its statements were cancelled."""

    code = "TIMEOUT"


class FellBehind(DomainError):
    """A subscriber is still busy with earlier events while more and more datasets change: it has to begin anew."""

    code = "FELL_BEHIND"


class Unavailable(DomainError):
    """A dependency does not answer; the same call may succeed later."""

    code = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after_seconds: float = 5.0):
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
