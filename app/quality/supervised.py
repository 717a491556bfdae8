"""Rules checked in children that can be killed: whatever a rule does, the others have their results."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from pydantic import ValidationError

from app.core.child import ChildExit, ChildLimits, ExitReason, run_child
from app.core.phrases import say
from app.quality.job import EXIT_UNREADABLE, QualityJob, dump_job, load_result
from app.quality.problems import Code, Problem
from app.quality.running import failed_to_run
from app.quality.spec import RuleResult, RuleSpec
from app.quality.table import Unreadable

log = structlog.get_logger(__name__)

OnResult = Callable[[RuleResult], Awaitable[None]]

USER_SQL = frozenset({"sql_metric", "sql_failed_rows"})
"""Types that run what somebody wrote: each in a child of its own."""
MAX_CHILDREN = 64
"""Beyond these, rules that have no result yet are given up: something is wrong with all of them."""

_CODES = {
    ExitReason.MEMORY: (Code.OUT_OF_MEMORY, say("RULE_MEMORY", "The rule needs more memory than a run may take.")),
    ExitReason.TIMEOUT: (Code.TIMED_OUT, say("RULE_TOO_SLOW", "The rule takes longer than a run may.")),
    ExitReason.CPU: (Code.TIMED_OUT, say("RULE_TOO_SLOW", "The rule takes longer than a run may.")),
    ExitReason.FILE_SIZE: (Code.OUT_OF_MEMORY, say("RULE_SCRATCH", "The rule needs more scratch than a run may take.")),
}
_CRASHED = (Code.CRASHED, say("RULE_CRASHED", "The rule made the check end without a result."))
_LATE = (Code.TIMED_OUT, say("RUN_TIME_OVER", "The run's time was over before the rule had a result."))


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Of a whole run and of its children."""

    timeout_seconds: float
    """Of the whole run."""
    user_sql_seconds: float = 60.0
    """Of each rule that is SQL of a user."""
    file_size_bytes: int = 8 << 30


@dataclass
class _Run:
    job: QualityJob
    bounds: Bounds
    deadline: float
    on_result: OnResult
    stop: asyncio.Event | None
    results: dict[str, RuleResult] = field(default_factory=dict)
    children: int = 0

    async def tell(self, result: RuleResult) -> None:
        if result.rule_id not in self.results:
            self.results[result.rule_id] = result
            await self.on_result(result)


async def check(job: QualityJob, bounds: Bounds, *, on_result: OnResult, stop: asyncio.Event | None = None) -> list[RuleResult]:
    """One result for each rule of the job, in their order.

    Rules share a child; what is left when it dies is tried again in halves, so that a rule that kills its child ends up alone.

    Args:
        on_result: called with each result as soon as it is there.
        stop: setting it kills the child; asyncio.CancelledError is raised.
    Raises:
        Unreadable: the table itself could not be opened.
    """
    loop = asyncio.get_running_loop()
    run = _Run(job, bounds, loop.time() + bounds.timeout_seconds, on_result, stop)
    await _group(run, [spec for spec in job.specs if spec.type not in USER_SQL], share=0.5)
    for spec in job.specs:
        if spec.type in USER_SQL:
            await _group(run, [spec], share=1.0)
    return [run.results[spec.id] for spec in job.specs]


async def _group(run: _Run, specs: Sequence[RuleSpec], *, share: float) -> None:
    """All of them have results."""
    if not specs:
        return
    seconds = run.deadline - asyncio.get_running_loop().time()
    if seconds <= 0 or run.children >= MAX_CHILDREN:
        code, message = _LATE if seconds <= 0 else _CRASHED
        for spec in specs:
            await run.tell(_error(spec, code, message))
        return
    alone = len(specs) == 1
    # A rule alone may use all the time that is left; several keep some of it for another try.
    allowed = seconds if alone else seconds * share
    if specs[0].type in USER_SQL:
        allowed = min(allowed, run.bounds.user_sql_seconds)
    end = await _child(run, specs, allowed)
    if end.reason is ExitReason.CANCELLED:
        raise asyncio.CancelledError
    if end.exit_code == EXIT_UNREADABLE:
        raise Unreadable(end.stderr_tail.strip())
    left = [spec for spec in specs if spec.id not in run.results]
    if not left:
        return
    log.warning("quality.child_ended", reason=end.reason, exit_code=end.exit_code, signal=end.signal, rules_left=len(left),
                stderr=end.stderr_tail)  # fmt: skip
    if alone:
        await run.tell(_error(left[0], *_CODES.get(end.reason, _CRASHED)))
        return
    middle = (len(left) + 1) // 2
    await _group(run, left[:middle], share=share)
    await _group(run, left[middle:], share=share)


async def _child(run: _Run, specs: Sequence[RuleSpec], seconds: float) -> ChildExit:
    run.children += 1
    own = run.job.limits
    limits = ChildLimits(
        memory_bytes=own.memory_bytes,
        timeout_seconds=seconds,
        cpu_seconds=max(1, int(seconds * own.threads) + 1),
        file_size_bytes=run.bounds.file_size_bytes,
    )

    async def on_line(line: bytes) -> None:
        try:
            result = load_result(line)
        except ValidationError:
            log.warning("quality.strange_line", length=len(line))
            return
        await run.tell(result)

    job = replace(run.job, specs=tuple(specs))
    return await run_child([sys.executable, "-m", "app.quality"], dump_job(job), limits=limits, on_line=on_line, stop=run.stop)


def _error(spec: RuleSpec, code: Code, message: str) -> RuleResult:
    return failed_to_run(spec, spec.type, Problem((), message, code))
