"""Named crash points: places where a test asks a process to die as if its machine lost power."""

import os
import signal
from functools import cache

from app.core.settings import get_settings

POINTS = (
    "api.before_commit",
    "api.after_commit",
    "api.after_multipart_complete",
    "relay.after_publish",
    "relay.after_commit",
    "worker.before_claim",
    "worker.after_claim",
    "worker.after_download",
    "worker.after_child",
    "worker.after_store",
    "worker.before_finish",
    "worker.after_finish",
    "quality.after_begin",
    "quality.after_download",
    "quality.after_child",
    "quality.after_store",
    "quality.before_finish",
    "notification.before_fan_out",
    "notification.before_send",
    "notification.after_send",
    "notification.before_finish",
)
"""Every declared point, in the order of one upload, of the quality run that follows it, and of who is told."""


@cache
def _wanted() -> str:
    settings = get_settings()
    wanted = settings.crash_point
    if wanted and settings.profile != "test":
        raise RuntimeError("DATAKURA_CRASH_POINT is for tests: set DATAKURA_PROFILE=test, or remove it.")
    if wanted and wanted not in POINTS:
        raise RuntimeError(f"Unknown crash point {wanted!r}; there are: {', '.join(POINTS)}.")
    return wanted


def point(name: str) -> None:
    """Die here by SIGKILL when the test environment asks for `name`; otherwise nothing."""
    if _wanted() == name:
        os.kill(os.getpid(), signal.SIGKILL)
