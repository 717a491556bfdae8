"""Whatever is said to a person has a code: what a page in another language lacks is seen here, not by its reader."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api import export_codes

ROOT = Path(__file__).parents[2]

SAID_FIRST = {
    "NotFound", "Conflict", "InvalidInput", "Forbidden", "LimitExceeded", "InvalidCredentials", "StepUpRequired",
    "Unauthenticated", "RateLimited", "OperationTimeout", "FellBehind", "Unavailable", "RuleProblem", "NothingToCompare",
    "ContractProblem", "NotARule", "BadTarget", "NoAnswer", "Refused", "TableGone", "_Bad",
}  # fmt: skip
"""Errors whose first argument a person reads."""
SAID_SECOND = {"IngestError", "Problem"}
SAID_BY_NAME = {"hint", "message", "label", "only_recorded"}
"""Keyword arguments of `IngestError`, `IngestFailure` and `Measure` that a person reads."""
KEYWORDS_OF = {"IngestError", "IngestFailure", "Measure", "rows_that", "bad_rows"}
OPERATORS = ("app/cli", "app/embedded", "app/adapters/openid.py", "app/core/production.py")
"""What an operator reads at the terminal or in the log stays English."""


def uncoded() -> Iterator[str]:
    """Places that say something without a code."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith(OPERATORS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for said in said_by(node, node.func.id):
                    if any(isinstance(part, ast.JoinedStr) or is_text(part) for part in branches(said)):
                        yield f"{name}:{said.lineno}"


def said_by(call: ast.Call, name: str) -> Iterator[ast.expr]:
    """The arguments of a call that a person reads."""
    if name in SAID_FIRST:
        yield from call.args[:1]
    if name in SAID_SECOND:
        yield from call.args[1:2]
    if name in KEYWORDS_OF:
        yield from (keyword.value for keyword in call.keywords if keyword.arg in SAID_BY_NAME)


def branches(said: ast.expr) -> Iterator[ast.expr]:
    """Both of `a if b else c`, both of `a + b`."""
    match said:
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, right=second):
            yield from branches(first)
            yield from branches(second)
        case _:
            yield said


def is_text(said: ast.expr) -> bool:
    return isinstance(said, ast.Constant) and isinstance(said.value, str)


def test_whatever_is_said_has_a_code() -> None:
    assert list(uncoded()) == []


def test_the_exported_codes_are_current(tmp_path: Path) -> None:
    assert export_codes.main(["--check"]) == 0
    stale = tmp_path / "codes.json"
    stale.write_text("{}", encoding="utf-8")
    assert export_codes.main(["--check", str(stale)]) == 1


@pytest.mark.parametrize(
    "source",
    [
        'say(code, "Text.")',
        'say("CODE", f"Text {value}.")',
        'say("code", "Text.")',
        'say("CODE", "Text {value}.")',
        'say("CODE", "Text.", value=1)',
        'say("CODE", "Text."); say("CODE", "Another text.")',
    ],
)
def test_what_no_catalogue_could_follow_is_refused(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "module.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(export_codes, "ROOT", tmp_path)
    with pytest.raises(export_codes.WrongSentence, match=r"^app/module\.py:1: "):
        export_codes.codes()
