"""Rules checked in children that can be killed: whatever a rule does, the others have their results."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from pydantic import ValidationError

from app.core.child import ChildLimits, ExitReason, run_child
from app.core.phrases import say
from app.quality.job import EXIT_UNREADABLE, Begun, QualityJob, dump_job, load_line
from app.quality.problems import Code, Problem
from app.quality.running import failed_to_run
from app.quality.spec import RuleResult, RuleSpec
from app.quality.table import Unreadable

log = structlog.get_logger(__name__)

OnResult = Callable[[RuleResult], Awaitable[None]]

USER_SQL = frozenset({"sql_metric", "sql_failed_rows"})
"""Types that run what somebody wrote: in a child apart from all others."""
MAX_DEATHS = 64
"""Children that ended before all of their rules had results. After these, what has no result yet is given up."""

_CODES = {
    ExitReason.MEMORY: (Code.OUT_OF_MEMORY, say("RULE_MEMORY", "The rule needs more memory than a run may take.")),
    ExitReason.TIMEOUT: (Code.TIMED_OUT, say("RULE_TOO_SLOW", "The rule takes longer than a run may.")),
    ExitReason.CPU: (Code.TIMED_OUT, say("RULE_TOO_SLOW", "The rule takes longer than a run may.")),
    ExitReason.FILE_SIZE: (Code.OUT_OF_MEMORY, say("RULE_SCRATCH", "The rule needs more scratch than a run may take.")),
}
_CRASHED = (Code.CRASHED, say("RULE_CRASHED", "The rule made the check end without a result."))
_GIVEN_UP = (
    Code.CRASHED,
    say("RULE_NOT_REACHED", "The check was given up because many rules made it end without a result; this one was not reached."),
)
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
    deaths: int = 0

    async def tell(self, result: RuleResult) -> None:
        if result.rule_id not in self.results:
            self.results[result.rule_id] = result
            await self.on_result(result)

    def left(self, specs: Sequence[RuleSpec]) -> list[RuleSpec]:
        return [spec for spec in specs if spec.id not in self.results]


@dataclass(frozen=True)
class _End:
    """How a child ended that left rules without results."""

    reason: ExitReason
    begun: str | None
    """The rule of a user's SQL whose turn it was."""
    too_long: bool = False
    """That rule took longer than a rule of its kind may."""


async def check(job: QualityJob, bounds: Bounds, *, on_result: OnResult, stop: asyncio.Event | None = None) -> list[RuleResult]:
    """One result for each rule of the job, in their order.

    Rules share a child, those that are SQL of users another one. What is left when a child dies is tried again, so that a rule
    that kills its child ends up alone.

    Args:
        on_result: called with each result as soon as it is there.
        stop: setting it kills the child; asyncio.CancelledError is raised.
    Raises:
        Unreadable: the table itself could not be opened.
    """
    loop = asyncio.get_running_loop()
    run = _Run(job, bounds, loop.time() + bounds.timeout_seconds, on_result, stop)
    await _group(run, [spec for spec in job.specs if spec.type not in USER_SQL])
    await _user_sql(run, [spec for spec in job.specs if spec.type in USER_SQL])
    return [run.results[spec.id] for spec in job.specs]


async def _group(run: _Run, specs: Sequence[RuleSpec]) -> None:
    """All of them have results. Nobody knows which rule a death was the doing of: it is sought by halves."""
    # A rule alone may use all the time that is left; several keep some of it for another try.
    end = await _child(run, specs, share=1.0 if len(specs) == 1 else 0.5)
    if end is None:
        return
    left = run.left(specs)
    if len(specs) == 1:
        await run.tell(_error(left[0], *_CODES.get(end.reason, _CRASHED)))
        return
    middle = (len(left) + 1) // 2
    await _group(run, left[:middle])
    await _group(run, left[middle:])


async def _user_sql(run: _Run, specs: Sequence[RuleSpec]) -> None:
    """All of them have results. The child tells whose turn it is."""
    end = await _child(run, specs, share=1.0)
    if end is None:
        return
    left = run.left(specs)
    running = [spec for spec in left if spec.id == end.begun]
    if len(specs) == 1 or (end.too_long and running):
        culprit = (running or left)[0]
        await run.tell(_error(culprit, *_CODES.get(end.reason, _CRASHED)))
        await _user_sql(run, run.left(specs))
    elif running:
        # The rules before it may have left it less memory than it would have had alone.
        await _user_sql(run, running)
        await _user_sql(run, run.left(specs))
    else:
        for spec in left:
            await _user_sql(run, [spec])


async def _child(run: _Run, specs: Sequence[RuleSpec], *, share: float) -> _End | None:
    """The rules were given to a child. None: all have results, maybe because they were given up.

    Args:
        share: of the time that is left.
    """
    if not specs:
        return None
    seconds = run.deadline - asyncio.get_running_loop().time()
    if seconds <= 0 or run.deaths >= MAX_DEATHS:
        for spec in specs:
            await run.tell(_error(spec, *(_LATE if seconds <= 0 else _GIVEN_UP)))
        return None
    end = await _run_child(run, specs, seconds * share)
    left = run.left(specs)
    if not left:
        return None
    run.deaths += 1
    log.warning("quality.child_ended", reason=end.reason, rules_left=len(left), begun=end.begun)
    return end


async def _run_child(run: _Run, specs: Sequence[RuleSpec], seconds: float) -> _End:
    own = run.job.limits
    limits = ChildLimits(
        memory_bytes=own.memory_bytes,
        timeout_seconds=seconds,
        cpu_seconds=max(1, int(seconds * own.threads) + 1),
        file_size_bytes=run.bounds.file_size_bytes,
    )
    begun: str | None = None
    loop = asyncio.get_running_loop()

    async def on_line(line: bytes) -> None:
        nonlocal begun
        try:
            told = load_line(line)
        except ValidationError:
            log.warning("quality.strange_line", length=len(line))
            return
        if isinstance(told, Begun):
            begun = told.begun_rule_id
            turn.reschedule(loop.time() + run.bounds.user_sql_seconds)
        else:
            turn.reschedule(None)
            await run.tell(told)

    job = dump_job(replace(run.job, specs=tuple(specs)))
    try:
        async with asyncio.timeout(None) as turn:
            end = await run_child([sys.executable, "-m", "app.quality"], job, limits=limits, on_line=on_line, stop=run.stop)
    except TimeoutError:
        if not turn.expired():
            raise
        return _End(ExitReason.TIMEOUT, begun, too_long=True)
    if end.reason is ExitReason.CANCELLED:
        raise asyncio.CancelledError
    if end.exit_code == EXIT_UNREADABLE:
        raise Unreadable(end.stderr_tail.strip())
    if end.exit_code != 0:
        log.warning("quality.child_failed", exit_code=end.exit_code, signal=end.signal, stderr=end.stderr_tail)
    return _End(end.reason, begun)


def _error(spec: RuleSpec, code: Code, message: str) -> RuleResult:
    return failed_to_run(spec, spec.type, Problem((), message, code))
