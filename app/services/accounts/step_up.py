"""Proving again who one is, before what a stolen session must not do."""

from datetime import UTC, datetime, timedelta

from app.core.errors import StepUpRequired
from app.core.phrases import say
from app.core.viewer import Viewer

VALID_FOR = timedelta(minutes=10)


def require_step_up(viewer: Viewer) -> None:
    """Raises StepUpRequired unless the person proved in this session within ten minutes who they are. An API key cannot."""
    if viewer.scope is not None:
        raise StepUpRequired(say("KEY_CANNOT", "An API key cannot do this. Sign in as a person."))
    if viewer.authenticated_at is None or datetime.now(UTC) - viewer.authenticated_at > VALID_FOR:
        raise StepUpRequired(
            say("STEP_UP", "Confirm with your password or a code that it is you (mutation stepUp), then do this again.")
        )
