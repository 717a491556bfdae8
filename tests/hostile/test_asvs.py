"""docs/asvs.md leaves out no requirement of ASVS 5.0, levels 1 and 2, and names tests that exist."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if re.match(r"\| V\d", line)
]  # fmt: skip
NAMED = re.compile(r"`([\w./-]+?)(?:::(test_\w+))?`")


def test_no_requirement_is_left_out() -> None:
    known = Path(__file__).with_name("asvs_5.0.0.txt").read_text(encoding="utf-8").splitlines()
    assert len(known) == 253
    assert [f"{row[0]} {row[1]}" for row in ROWS] == known


def test_each_has_a_state_and_a_reason() -> None:
    states = Counter(row[3] for row in ROWS)
    assert set(states) == {"met", "in part", "not met", "N/A"}
    told = f"Of {len(ROWS)}: {states['met']} met, {states['in part']} in part, {states['not met']} not met, {states['N/A']} N/A."
    assert told in PAGE
    assert [row[0] for row in ROWS if len(row) != 5 or len(row[4]) < 7] == []


@pytest.mark.parametrize("state", ["met", "in part"])
def test_what_is_met_is_shown_by_something_that_exists(state: str) -> None:
    wrong = []
    for row in (row for row in ROWS if row[3] == state):
        named = [(path, test) for path, test in NAMED.findall(row[4]) if "/" in path or path.endswith(".graphql")]
        for path, test in named:
            file = ROOT / path
            if not file.exists() or (test and not re.search(rf"^(async )?def {test}\(", file.read_text(), re.M)):
                wrong.append(f"{row[0]}: {path} {test}")
        if not named and not (state == "in part" or "as V" in row[4]):
            wrong.append(f"{row[0]}: shown by nothing")
    assert wrong == []
