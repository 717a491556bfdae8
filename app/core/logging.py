"""JSON log lines from structlog and from the standard library, with the request's or the task's ids, without secrets."""

import logging
import logging.handlers
import re
import sys
from collections.abc import MutableMapping

import orjson
import structlog

from app.core.settings import Settings

_SECRET_KEYS = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key|private_?key|signature", re.I)
_SECRET_TEXT = (
    (re.compile(r"(\w+://[^:/\s@]*):[^@\s]+@"), r"\1:***@"),
    (re.compile(r"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"']+"), r"\1***"),
    (re.compile(r"(Bearer )[\w.~+/=-]+"), r"\1***"),
    (re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"), "***"),
    (re.compile(r"\bdk_\w{8,}"), "dk_***"),
    # One-time links carry their token behind #, answers of an OpenID provider theirs in the query.
    (re.compile(r"(#)[\w-]{40,}"), r"\1***"),
    (re.compile(r"([?&](?:code|state|token|id_token|access_token|refresh_token)=)[^&\s\"']+"), r"\1***"),
)


def mask(text: str) -> str:
    """`text` without passwords in URLs, signatures of presigned URLs, tokens, API keys and the secrets of one-time links."""
    for pattern, replacement in _SECRET_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _masked(_logger: object, _name: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    for key, value in event.items():
        event[key] = _without_secrets(key, value)
    return event


def _without_secrets(name: str, value: object) -> object:
    """The value as it may be logged; of mappings and lists, all that is inside."""
    if _SECRET_KEYS.search(name):
        return "***"
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _without_secrets(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", inner) for inner in value]
    return value


def configure(settings: Settings, *, process: str) -> None:
    """Every log line of this process is one JSON object: to DATAKURA_LOG_DIR/<process>.log (10 MiB, 5 kept), or stdout."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _masked,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event, default=str).decode()),
        ],
    )
    handler: logging.Handler
    if settings.log_dir is None:
        handler = logging.StreamHandler(sys.stdout)
    else:
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            settings.log_dir / f"{process}.log", maxBytes=10_485_760, backupCount=5, encoding="utf-8"
        )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "dramatiq"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # Chatty at INFO, and they print request bodies and keys at DEBUG.
    for name in ("botocore", "aiobotocore", "boto3", "urllib3", "asyncio", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
