"""`datakura check` as a pipeline runs it: a process, its table, its exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

CONTRACT = """
kind: DataContract
apiVersion: v3.1.0
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: zip, logicalType: string, required: true}
      - name: state
        logicalType: string
        quality:
          - {id: known, name: Known states, metric: invalidValues, arguments: {validValues: [open, closed]}, mustBeLessThan: 50, unit: percent}
          - {type: text, description: States are explained in the handbook.}
    quality:
      - {id: rows, metric: rowCount, mustBeBetween: [1, 100]}
      - {id: sum, type: sql, query: "SELECT sum(id) FROM {object}", mustBeGreaterThan: 5}
"""
GOOD = "id,zip,state\n1,0123,open\n2,4567,closed\n3,8901,open\n"
BAD = "id,zip,state\n1,0123,open\n3,4567,lost\n3,,open\n"


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a folder, with a contract there."""
    (folder / "contract.yaml").write_text(CONTRACT)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "check", "orders.csv", "--contract", "contract.yaml", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_good_file_passes(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    done = check(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        "orders.csv: 3 rows, 3 fields",
        "status  rule          type          field  value  expected",
        "PASS    schema        schema_match         0      <= 0",
        "PASS    primaryKey    primary_key   id     0      <= 0",
        "PASS    zip.required  nulls         zip    0      <= 0",
        "PASS    rows          row_count            3      in 1 .. 100",
        "PASS    sum           sql_metric           6      > 5",
        "PASS    Known states  in_set        state  0      < 0.5",
        "note: state.quality[1]: not checked, because it is a description for people.",
        "",
        "6 rules: 6 passed",
    ]


def test_a_bad_file_fails_the_pipeline_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(BAD)
    done = check(tmp_path, "--failed-rows", "failed")
    assert done.returncode == 1
    assert "FAIL primaryKey primary_key id 1 <= 0" in [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "  The number of rows that 'id' does not identify is 1; it has to be at most 0.\n    row 3: id = 3\n" in done.stdout
    assert "    row 3: zip = None\n" in done.stdout
    assert done.stdout.endswith("\n6 rules: 4 passed, 2 failed\n")
    files = sorted((tmp_path / "failed").iterdir())
    rows = [duckdb.sql(f"SELECT row_number, id, zip, state FROM '{path}'").fetchall() for path in files]
    assert rows == [[(3, 3, None, "open")]] * 2


def test_a_disabled_rule_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    rule = "{type: row_count, operator: EQUAL, threshold: 9, enabled: false}"
    (tmp_path / "other.yaml").write_text(OTHER.replace("  - name: other\n", "").split("      - {id: growth")[0].replace("\\x1b[31m", "")
                                         + f"      - {{id: off, type: custom, engine: datakura, implementation: {rule}}}\n")  # fmt: skip
    done = check(tmp_path, "--contract", "other.yaml")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 rules: none")


UNREADABLE = """
kind: DataContract
apiVersion: v3.1.0
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: id
        items: {required: true}
        quality:
          - not empty
          - {id: known, metric: nullValues, mustBe: 0}
          - {id: misspelt, metric: nulValues, mustBe: 0}
          - {id: endless, metric: nullValues}
    quality:
      - {name: Sum, type: sql, mustBeGreaterThan: 5}
      - {id: own, type: custom, engine: datakura, implementation: nulls}
      - {id: nobody, type: custom, implementation: {type: nulls}}
      - {type: text, description: See the handbook.}
      - {id: theirs, type: custom, engine: soda, implementation: {type: duplicate_percent}}
"""


def test_an_entry_that_cannot_be_understood_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    (tmp_path / "other.yaml").write_text(UNREADABLE)
    done = check(tmp_path, "--contract", "other.yaml", "--junit", "report.xml")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "9 rules: 2 passed, 7 could not run")
    assert [line for line in done.stdout.splitlines() if "not checked" in line] == [
        "  Sum: not checked, because it has no query.",
        "  own: not checked, because its implementation is not a rule.",
        "  nobody: not checked, because it does not say for which engine it is.",
        "  misspelt: not checked, because the metric 'nulValues' is not known.",
        "  endless: not checked, because it has no condition such as mustBe.",
        "  id.quality[0]: not checked, because it is no entry with names and values.",
        "  id[]: not checked, because it is a part of another column, and rules look at whole columns.",
        "note: orders.quality[3]: not checked, because it is a description for people.",
        "note: theirs: not checked, because it is for the engine 'soda'.",
    ]
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("errors")) == ("9", "7")
    assert [case.get("name") for case in suite if case.find("error") is not None] == [
        "Sum", "own", "nobody", "misspelt", "endless", "id.quality[0]", "id[]",
    ]  # fmt: skip


def test_programs_get_json(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(BAD)
    done = check(tmp_path, "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["summary"] == {"pass": 4, "warn": 0, "fail": 2, "error": 0, "skipped": 0}
    key = next(one for one in answer["results"] if one["rule"] == "primaryKey")
    assert (key["status"], key["value"], key["failedRows"]) == (
        "FAIL",
        1.0,
        [{"row": 3, "values": {"id": 3, "zip": None, "state": "open"}}],
    )


PIPELINE = """set -euo pipefail
datakura() {{ "{python}" -c "from app.cli import main; main()" "$@"; }}
datakura check orders.csv --contract contract.yaml --junit report.xml {options} | tee report.txt
echo published > published.txt
"""


@pytest.mark.parametrize(("content", "status"), [(GOOD, 0), (BAD, 1)])
def test_a_pipeline_of_the_shell_stops_at_bad_data_and_keeps_the_reports(tmp_path: Path, content: str, status: int) -> None:
    (tmp_path / "orders.csv").write_text(content)
    (tmp_path / "contract.yaml").write_text(CONTRACT)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(tmp_path)}
    script = PIPELINE.format(python=sys.executable, options="")
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, (tmp_path / "published.txt").exists()) == (status, status == 0)
    assert (tmp_path / "report.txt").read_text() == done.stdout
    assert done.stdout.splitlines()[-1] == ("6 rules: 6 passed" if status == 0 else "6 rules: 4 passed, 2 failed")
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()[0]
    told = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")}
    assert told == {"name": "orders.csv", "tests": "6", "failures": str(2 * status), "errors": "0", "skipped": "0"}
    failed = [(case.get("classname"), case.get("name"), case[0].get("type"), case[0].text) for case in suite if len(case)]
    assert failed == [
        ("primary_key.id", "primaryKey", "FAIL", "row 3: id = 3"), ("nulls.zip", "zip.required", "FAIL", "row 3: zip = None"),
    ][: 2 * status]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("orders.csv", None, "orders.csv: There is no such file.\n"),
        (
            "contract.yaml",
            "kind: [",
            "contract.yaml: line 1: This is no YAML: expected the node content, but found '<stream end>'.\n",
        ),
        ("orders.csv", "", "orders.csv: The file is empty (0 bytes). Check the export that wrote it.\n"),
    ],
)
def test_what_cannot_be_judged_has_a_status_of_its_own(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    if content is None:
        (tmp_path / name).unlink()
    elif name == "orders.csv":
        (tmp_path / name).write_text(content)
    else:
        (tmp_path / "other.yaml").write_text(content)
    done = check(tmp_path, *(["--contract", "other.yaml"] if name == "contract.yaml" else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.replace("other.yaml", "contract.yaml").startswith(message)


OTHER = """
kind: DataContract
apiVersion: v3.1.0
id: orders
version: 1.0.0
status: active
schema:
  - name: "or\\x1b[31mders"
    quality:
      - {id: growth, type: custom, engine: datakura, implementation: {type: row_count_change, operator: BETWEEN, threshold: -0.5,
         upperThreshold: 0.5, warnThreshold: -0.1, warnUpperThreshold: 0.1}}
      - {name: "red\\x1b[31m", metric: rowCount, mustBe: 3}
  - name: other
"""


def test_an_earlier_file_is_compared_with_and_warnings_may_fail(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(GOOD)
    (tmp_path / "old.csv").write_text(GOOD + "4,1111,open\n")
    (tmp_path / "other.yaml").write_text(OTHER)
    arguments = ("--contract", "other.yaml", "--object", "or\x1b[31mders")
    alone = check(tmp_path, *arguments)
    assert (alone.returncode, alone.stdout.splitlines()[-1]) == (0, "2 rules: 1 passed, 1 had nothing to compare with")
    compared = check(tmp_path, *arguments, "--previous", "old.csv")
    assert compared.returncode == 0
    assert "The relative change of the number of rows is -0.25; it has to be between -0.1 and 0.1." in compared.stdout
    assert "There are 3 rows now; there were 4." in compared.stdout
    assert "\x1b" not in compared.stdout
    assert check(tmp_path, *arguments, "--previous", "old.csv", "--strict").returncode == 1
