"""What the checking child is told and what it answers, as JSON.

`python -m app.quality` reads one `QualityJob` from standard input and writes one `RuleResult` a line as they come; before that of
a rule that is SQL of a user stands a line with its `Begun`. Exit status 0 means that every rule has its result; EXIT_UNREADABLE
that the table could not be opened; anything else is a crash.
"""

from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from app.core.phrases import orjson_default
from app.ingest import codec
from app.quality.spec import History, Limits, RuleResult, RuleSpec, TableInfo

EXIT_UNREADABLE = 3


@dataclass(frozen=True, kw_only=True)
class QualityJob:
    """One table and the rules for it. All paths are absolute."""

    table: TableInfo
    specs: tuple[RuleSpec, ...]
    history: History
    limits: Limits = Limits()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The turn of a rule has come: what happens until the next line is its doing."""

    begun_rule_id: str


_LINE: TypeAdapter[Begun | RuleResult] = TypeAdapter(Begun | RuleResult)


def dump_job(job: QualityJob) -> bytes:
    """The job as JSON."""
    return orjson.dumps(job)


def load_job(text: bytes) -> QualityJob:
    """The job that `text` holds, checked strictly.

    Raises:
        pydantic.ValidationError: names the field that does not fit.
    """
    return codec.load(QualityJob, text)


def dump_line(one: Begun | RuleResult) -> bytes:
    """One line of JSON without its line end."""
    return orjson.dumps(one, orjson_default, orjson.OPT_PASSTHROUGH_SUBCLASS)


def load_line(line: bytes) -> Begun | RuleResult:
    """What one line tells.

    Raises:
        pydantic.ValidationError: the line is none.
    """
    return _LINE.validate_json(line, strict=True)
