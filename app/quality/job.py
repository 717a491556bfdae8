"""What the checking child is told and what it answers, as JSON.

`python -m app.quality` reads one `QualityJob` from standard input and writes one `RuleResult` a line as they come. Exit status 0
means that every rule has its result; EXIT_UNREADABLE that the table could not be opened; anything else is a crash.
"""

from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from app.core.phrases import orjson_default
from app.ingest import codec
from app.quality.spec import History, Limits, RuleResult, RuleSpec, TableInfo

EXIT_UNREADABLE = 3

_RESULT: TypeAdapter[RuleResult] = TypeAdapter(RuleResult)


@dataclass(frozen=True, kw_only=True)
class QualityJob:
    """One table and the rules for it. All paths are absolute."""

    table: TableInfo
    specs: tuple[RuleSpec, ...]
    history: History
    limits: Limits = Limits()


def dump_job(job: QualityJob) -> bytes:
    """The job as JSON."""
    return orjson.dumps(job)


def load_job(text: bytes) -> QualityJob:
    """The job that `text` holds, checked strictly.

    Raises:
        pydantic.ValidationError: names the field that does not fit.
    """
    return codec.load(QualityJob, text)


def dump_result(result: RuleResult) -> bytes:
    """One line of JSON without its line end."""
    return orjson.dumps(result, orjson_default, orjson.OPT_PASSTHROUGH_SUBCLASS)


def load_result(line: bytes) -> RuleResult:
    """The result of one line.

    Raises:
        pydantic.ValidationError: the line is none.
    """
    return _RESULT.validate_json(line, strict=True)
