"""What a person reads when the system cannot start."""

from pathlib import Path


class StartError(Exception):
    """The system cannot start; the text says what is wrong, where, and what to do, for a person."""


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, indented; a remark when there is none."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 16_384))
            lines = stream.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    return "\n".join(f"    {line[:400]}" for line in lines[-count:]) or "    (the log is empty)"


def explain(what: str, log: Path) -> str:
    """`what` happened, why if the log tells, and the end of the log."""
    lines = last_lines(log)
    if "No space left on device" in lines:
        what = f"The disk is full. {what} Free some space, then start again."
    return f"{what} The log {log} ends with:\n{lines}"
