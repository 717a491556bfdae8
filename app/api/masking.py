"""What of an error leaves the house: coded errors do; everything else becomes INTERNAL with the request's id."""

import re
from collections.abc import Iterator

import structlog
from graphql import ExecutionResult, GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult as StrawberryResult

from app.core.errors import DomainError, RateLimited, Unavailable
from app.core.phrases import say
from app.schema.phrases import extension

log = structlog.get_logger(__name__)

_SUGGESTION = re.compile(r" Did you mean [^?]*\?")


class Masking(SchemaExtension):
    """Replaces the errors of every result, single or streamed."""

    def __init__(self, *, suggestions: bool = True):
        self._suggestions = suggestions

    def on_operation(self) -> Iterator[None]:
        """Masks the result of a query or mutation."""
        yield
        self._mask(self.execution_context.result)

    def on_stream_result(self, result: object) -> Iterator[None]:
        """Masks each result of a subscription."""
        self._mask(result)
        yield None

    def _mask(self, result: object) -> None:
        if isinstance(result, ExecutionResult | StrawberryResult) and result.errors:
            request_id = getattr(getattr(self.execution_context.context, "origin", None), "request_id", None)
            result.errors = [masked(error, request_id) for error in result.errors]
            if not self._suggestions:
                # strawberry's own switch leaves them in the errors of arguments, types, enums and input fields.
                for error in result.errors:
                    error.message = _SUGGESTION.sub("", error.message)


def masked(error: GraphQLError, request_id: str | None) -> GraphQLError:
    """The error as a client may see it. What is not known as a client's matter is logged with its stack."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, DomainError):
        extensions: dict[str, object] = {"code": original.code, **extension(original.message)}
        if original.path:
            extensions["path"] = list(original.path)
        if isinstance(original, RateLimited | Unavailable):
            extensions["retryAfterSeconds"] = original.retry_after_seconds
        return _rebuilt(error, original.message, extensions)
    if original is None or isinstance(original, GraphQLError | CannotGetOperationTypeError | InvalidOperationTypeError):
        return _rebuilt(error, error.message, {"code": "BAD_REQUEST", **(error.extensions or {})})
    log.error("operation.failed", request_id=request_id, path=error.path, exc_info=original)
    message = say("OUR_FAULT", "Something went wrong on our side. Give the request id when you report it.")
    return _rebuilt(error, message, {"code": "INTERNAL", "requestId": request_id, **extension(message)})


def _rebuilt(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path, extensions=extensions
    )
