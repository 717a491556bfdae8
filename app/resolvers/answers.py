"""How a mutation answers: a domain error becomes the payload's `errors`."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import structlog

from app.core.errors import DomainError, RateLimited, SecondFactorRequired, Unauthenticated
from app.schema.base import UserError


class Payload(Protocol):
    """What every payload can be made of: errors alone."""

    def __init__(self, *, errors: list[UserError]) -> None: ...


P = TypeVar("P", bound=Payload)
log = structlog.get_logger(__name__)


async def answer(payload: type[P], done: Awaitable[P]) -> P:
    """The payload that `done` gives, or one that says what was wrong.

    Unauthenticated, SecondFactorRequired and RateLimited go through: they are no matter of this mutation but of the whole request.
    """
    try:
        return await done
    except (Unauthenticated, SecondFactorRequired, RateLimited):
        raise
    except DomainError as error:
        log.info("mutation.refused", code=error.code, message=error.message)
        return payload(errors=[UserError.of(error)])
