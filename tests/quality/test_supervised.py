"""Children that check: results come through, and what kills a child takes only itself along."""

import asyncio
from pathlib import Path

import pytest

from app.core.child import ChildExit, run_child
from app.quality import supervised
from app.quality.job import Begun, QualityJob, dump_job, dump_line, load_job, load_line
from app.quality.spec import PREVIOUS, History, Limits, MetricPoint, Operator, RuleResult, RuleSpec, RuleStatus, TableInfo
from app.quality.supervised import Bounds, check
from app.quality.table import Unreadable
from tests.quality.tables import RECORDED, rule, write
from tests.quality.test_comparing_rules import NOW, profiled

ENDLESS = "SELECT count(*) FROM data a, data b, data c, data d, data e WHERE hash(a.i, b.i, c.i, d.i, e.i) = 3"
GREEDY = "SELECT length(string_agg(a.s || b.s, '')) FROM data a, data b"


def job(tmp_path: Path, *specs: RuleSpec, memory_bytes: int = 512 << 20) -> QualityJob:
    info = write(tmp_path / "t.parquet", {"i": list(range(3_000)), "s": ["x" * 100] * 3_000})
    (tmp_path / "scratch").mkdir()
    return QualityJob(
        table=info,
        specs=specs,
        history=History(now=NOW),
        limits=Limits(memory_bytes=memory_bytes, scratch_dir=str(tmp_path / "scratch")),
    )


async def test_results_come_through_and_a_rule_that_never_ends_is_stopped_alone(tmp_path: Path) -> None:
    told: list[str] = []

    async def on_result(result: RuleResult) -> None:
        told.append(result.rule_id)

    asked = job(
        tmp_path, rule("sql_metric", id="endless", sql=ENDLESS, **RECORDED), rule("unique", "i"), rule("length", "s", max=5)
    )
    found = await check(asked, Bounds(timeout_seconds=100, user_sql_seconds=1), on_result=on_result)
    assert [(result.rule_id, result.status, result.value, result.error and result.error.code) for result in found] == [
        ("endless", RuleStatus.ERROR, None, "TIMED_OUT"),
        ("unique", RuleStatus.PASS, 0.0, None),
        ("length", RuleStatus.FAIL, 3_000.0, None),
    ]
    assert sorted(told) == ["endless", "length", "unique"]


async def test_a_rule_that_takes_all_memory_is_stopped_alone(tmp_path: Path) -> None:
    asked = job(
        tmp_path,
        rule("sql_metric", id="greedy", sql=GREEDY, **RECORDED),
        rule("sql_metric", id="sum", sql="SELECT sum(i) FROM data", **RECORDED),
    )
    greedy, total = await check(asked, Bounds(timeout_seconds=100), on_result=_nothing)
    assert (greedy.status, greedy.error and greedy.error.code) == (RuleStatus.ERROR, "OUT_OF_MEMORY")
    assert (total.status, total.value) == (RuleStatus.PASS, 4_498_500.0)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rules each child was given."""
    started: list[int] = []

    async def counted(argv: list[str], stdin: bytes, **given: object) -> ChildExit:
        started.append(len(load_job(stdin).specs))
        return await run_child(argv, stdin, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(supervised, "run_child", counted)
    return started


async def test_any_number_of_rules_that_are_sql_share_one_child(tmp_path: Path, children: list[int]) -> None:
    many = [
        rule("sql_metric", id=f"{at}", sql=f"SELECT sum(i + {at}) FROM data", operator=Operator.LESS_THAN, threshold=5e6)
        for at in range(supervised.MAX_DEATHS + 86)
    ]
    found = await check(job(tmp_path, rule("unique", "i"), *many), Bounds(timeout_seconds=100), on_result=_nothing)
    assert [(result.status, result.value) for result in found] == [
        (RuleStatus.PASS, 0.0),
        *((RuleStatus.PASS if at < 168 else RuleStatus.FAIL, 4_498_500.0 + 3_000 * at) for at in range(150)),
    ]
    assert children == [1, 150]


async def test_a_death_leaves_the_other_rules_a_child_to_share(tmp_path: Path, children: list[int]) -> None:
    deadly = "SELECT length(string_agg(a.s || b.s, '')) FROM data a, data b"
    rules = [rule("sql_metric", id=f"{at}", sql=f"SELECT {at} + count(*) FROM data", **RECORDED) for at in range(6)]
    rules[1] = rule("sql_metric", id="endless", sql=ENDLESS, **RECORDED)
    rules[4] = rule("sql_metric", id="greedy", sql=deadly, **RECORDED)
    found = await check(job(tmp_path, *rules), Bounds(timeout_seconds=100, user_sql_seconds=2), on_result=_nothing)
    assert [(result.value, result.error and result.error.code) for result in found] == [
        (3_000.0, None), (None, "TIMED_OUT"), (3_002.0, None), (3_003.0, None), (None, "OUT_OF_MEMORY"), (3_005.0, None),
    ]  # fmt: skip
    assert children[:2] == [6, 4]


async def test_rules_beyond_the_last_death_say_that_they_were_not_reached(
    tmp_path: Path, children: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "MAX_DEATHS", 1)
    rules = [rule("sql_metric", id="endless", sql=ENDLESS, **RECORDED), rule("sql_metric", sql="SELECT 1", **RECORDED)]
    late, other = await check(job(tmp_path, *rules), Bounds(timeout_seconds=100, user_sql_seconds=1), on_result=_nothing)
    assert (late.error and late.error.code, other.error and other.error.code) == ("TIMED_OUT", "CRASHED")
    assert other.message.endswith("many rules made it end without a result; this one was not reached.")
    assert children == [2]


async def test_a_rule_that_kills_its_child_is_found_among_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A fault in the child, before anything else runs in it: one type of rule ends the process.
    (tmp_path / "fault").mkdir()
    (tmp_path / "fault/sitecustomize.py").write_text(
        "import os\nfrom app.quality.rules.json import Json\nJson.measure = lambda self, subject: os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'fault'}:{root}")
    asked = job(tmp_path, rule("nulls", "i"), rule("unique", "i"), rule("json", "s"), rule("nulls", "s", id="nulls-s"))
    found = await check(asked, Bounds(timeout_seconds=100), on_result=_nothing)
    assert [(result.rule_id, result.status, result.error and result.error.code) for result in found] == [
        ("nulls", RuleStatus.PASS, None),
        ("unique", RuleStatus.PASS, None),
        ("json", RuleStatus.ERROR, "CRASHED"),
        ("nulls-s", RuleStatus.PASS, None),
    ]


async def test_a_table_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    asked = QualityJob(table=TableInfo(path=str(tmp_path / "none")), specs=(rule("nulls", "i"),), history=History(now=NOW))
    with pytest.raises(Unreadable):
        await check(asked, Bounds(timeout_seconds=60), on_result=_nothing)


async def test_stopping_a_run_cancels_it(tmp_path: Path) -> None:
    asked = job(tmp_path, rule("sql_metric", sql=ENDLESS, **RECORDED))
    stop = asyncio.Event()
    running = asyncio.create_task(check(asked, Bounds(timeout_seconds=60), on_result=_nothing, stop=stop))
    asyncio.get_running_loop().call_later(0.5, stop.set)
    with pytest.raises(asyncio.CancelledError):
        await running


async def _nothing(result: RuleResult) -> None:
    pass


def test_jobs_and_results_cross_the_pipe_whole(tmp_path: Path) -> None:
    info = profiled(tmp_path, "p", {"i": [1, 2], "s": ["a", None]})
    asked = QualityJob(
        table=info,
        specs=(
            rule("in_set", "s", values=["a", 1, 2.5, True], severity="INFO", operator="EQUAL", threshold=0.5, filter="i > 1"),
        ),
        history=History(now=NOW, versions={PREVIOUS: info}, metrics={"x": (MetricPoint(value=1.5, checked_at=NOW),)}),
    )
    assert load_job(dump_job(asked)) == asked
    from app.quality.engine import check as check_here

    for result in check_here(
        info, [rule("nulls", "s"), rule("nulls", "gone", id="gone"), rule("unique", "i"), rule("duplicate_rows")]
    ):
        assert load_line(dump_line(result)) == result
    begun = Begun(begun_rule_id="x")
    assert load_line(dump_line(begun)) == begun
