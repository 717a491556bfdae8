"""`datakura upload` from a person's point of view: what it does, says, and answers to a program."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.client.errors import FileProblem
from app.cli.client.source import Source
from tests.cli.command import Command
from tests.support.client import Client
from tests.support.people import a_person
from tests.support.system import EMAIL, System

FRUIT = b"id,name,price\n1,apple,1.50\n2,pear,2.25\n3,,0.75\n"
DIRTY = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(1, 120)) + b"one,two,three\n" * 12
BY_SLUG = """query BySlug($slug: String!) { datasetBySlug(slug: $slug) {
    id name status owner { email } currentVersion { id number label comment rowCount } } }"""


async def by_slug(client: Client, slug: str) -> dict | None:
    return (await client.run(BY_SLUG, slug=slug))["datasetBySlug"]


def timeless(text: str) -> str:
    """Without the seconds that it took."""
    return re.sub(r"\d+\.\d s$", "? s", text, flags=re.MULTILINE)


async def test_a_file_becomes_a_published_version_of_a_new_dataset(command: Command, admin: Client) -> None:
    command.file("fruit.csv", FRUIT)
    run = await command.run(
        "upload", "fruit.csv", "--dataset", "Fruit by hand", "--publish", "--label", "v1", "--comment", "first"
    )
    assert (run.status, timeless(run.out)) == (
        0,
        ("Fruit by hand, version 1: READY, published\n"
        "  3 rows, 3 columns, ? s\n"
        "  read as CSV, utf-8, delimiter comma\n"),
    )  # fmt: skip
    assert run.err.splitlines()[:3] == [
        "Dataset 'Fruit by hand' is new.",
        "fruit.csv: reading 47 bytes",
        "fruit.csv: sending 47 bytes",
    ]
    found = await by_slug(admin, "fruit-by-hand")
    assert found is not None
    version = found["currentVersion"]
    assert (found["status"], found["owner"], version) == (
        "ACTIVE",
        {"email": EMAIL},
        {"id": version["id"], "number": 1, "label": "v1", "comment": "first", "rowCount": 3},
    )
    files = (await admin.version(version["id"]))["files"]
    assert (await admin.http.get(files[0]["downloadUrl"])).content == FRUIT
    assert command.notes == []


async def test_json_is_one_line_for_each_file_and_quiet_says_nothing_else(command: Command, admin: Client) -> None:
    dataset_id = await admin.create("Two files")
    command.file("a.csv", FRUIT)
    command.file("b.tsv", b"x\ty\n1\t2\n")
    run = await command.run("upload", "a.csv", "b.tsv", "-d", "two-files", "--json", "--quiet")
    assert (run.status, run.err) == (0, "")
    first, second = run.lines
    version = first["version"]
    assert first == {
        "file": "a.csv",
        "status": "READY",
        "published": False,
        "dataset": {"id": dataset_id, "name": "Two files", "slug": "two-files"},
        "version": {"id": version["id"], "number": 1, "label": None},
        "rowCount": 3,
        "columnCount": 3,
        "rejectedRowCount": 0,
        "warnings": [],
        "rejectedRows": [],
        "readOptions": {
            "format": "CSV", "compression": "NONE", "encoding": "utf-8", "delimiter": ",", "quote": '"', "headerRows": 1,
            "skippedRows": 0, "decimalSeparator": ".", "thousandsSeparator": "", "sheet": None,
        },
        "violations": [],
        "error": None,
        "resumed": False,
        "seconds": first["seconds"],
    }  # fmt: skip
    assert (second["file"], second["version"]["number"], second["rowCount"]) == ("b.tsv", 2, 1)
    assert (await admin.version(version["id"]))["status"] == "READY"


async def test_the_dataset_is_found_by_its_name_in_any_case(command: Command, admin: Client) -> None:
    dataset_id = await admin.create("Second table")
    command.file("a.csv", FRUIT)
    run = await command.run("upload", "a.csv", "-d", "SECOND TABLE", "--no-create", "--json", "-q")
    assert (run.status, run.lines[0]["dataset"]["id"]) == (0, dataset_id)


async def test_a_file_that_cannot_be_read_ends_with_status_1_its_error_and_advice(command: Command) -> None:
    command.file("noise.bin", bytes(range(256)) * 40)
    run = await command.run("upload", "noise.bin", "-d", "Noise", "-q")
    assert (run.status, run.out) == (1, "")
    assert run.err == (
        "noise.bin: Noise, version 1, is FAILED.\n"
        "  This is binary data of no known format: CSV, JSON, Parquet, Arrow and XLSX are read.\n"
        "  Save the table as CSV, JSON, Parquet, Arrow or XLSX and upload that.\n"
    )
    again = await command.run("upload", "noise.bin", "-d", "Noise", "--json", "-q")
    (line,) = again.lines
    assert (again.status, line["status"], line["version"]["number"], line["error"]["code"]) == (1, "FAILED", 2, "UNKNOWN_FORMAT")


async def test_a_mark_that_no_terminal_shows_is_named(command: Command) -> None:
    command.file("notes.csv", b"note\nfine\nwell, maybe\nno idea\nok\n")
    run = await command.run("upload", "notes.csv", "-d", "Notes")
    assert timeless(run.out).splitlines()[1:3] == ["  4 rows, 1 column, ? s", "  read as CSV, utf-8, delimiter U+001F"]


async def test_rejected_records_are_named_by_line_and_reason_the_first_ten(command: Command) -> None:
    command.file("dirty.csv", DIRTY)
    shown = await command.run("upload", "dirty.csv", "-d", "Dirty")
    assert timeless(shown.out).splitlines() == [
        "Dirty, version 1: READY",
        "  119 rows, 2 columns, ? s",
        "  read as CSV, utf-8, delimiter comma",
        "  12 records could not be read:",
        *(f"    line {line}: it has 3 cells where the table has 2 columns" for line in range(121, 131)),
        "    and 2 more; all are in the version's file of rejected records",
    ]


async def test_options_say_how_the_file_is_read(command: Command, admin: Client) -> None:
    command.file("odd.txt", "これは表ではない\n001\tx\n002\t-\n".encode("cp932"))
    options = [
        "--encoding",
        "cp932",
        "--delimiter",
        "tab",
        "--no-header",
        "--skip-rows",
        "1",
        "--null",
        "-",
        "--type",
        "column_1=string",
    ]
    run = await command.run("upload", "odd.txt", "-d", "Odd", "--json", "-q", *options)
    (line,) = run.lines
    assert (run.status, line["rowCount"], line["columnCount"]) == (0, 2, 2), line
    told = {name: line["readOptions"][name] for name in ("encoding", "delimiter", "headerRows", "skippedRows")}
    assert told == {"encoding": "cp932", "delimiter": "\t", "headerRows": 0, "skippedRows": 1}
    fields = (await admin.version(line["version"]["id"]))["schemaFields"]
    assert [(f["fieldPath"], f["logicalType"], f["nullable"]) for f in fields] == [
        ("column_1", "STRING", False),
        ("column_2", "STRING", True),
    ]


async def test_after_a_failure_the_next_file_is_uploaded_only_with_keep_going(command: Command) -> None:
    command.file("noise.bin", bytes(range(256)) * 40)
    command.file("dirty.csv", DIRTY)
    stopped = await command.run("upload", "noise.bin", "dirty.csv", "-d", "Keep going", "--json", "-q")
    assert (stopped.status, [line["status"] for line in stopped.lines]) == (1, ["FAILED"])
    files = ["noise.bin", "missing.csv", "dirty.csv"]
    went_on = await command.run("upload", *files, "-d", "Keep going", "--json", "-q", "--keep-going")
    assert (went_on.status, [line["status"] for line in went_on.lines]) == (1, ["FAILED", "ERROR", "READY"])
    assert went_on.lines[1]["error"] == {"code": "FILE_NOT_FOUND", "message": "There is no file missing.csv.", "hint": None}
    rejected = went_on.lines[2]["rejectedRows"]
    assert (went_on.lines[2]["rejectedRowCount"], len(rejected)) == (12, 10)
    assert rejected[0] == {
        "line": 121, "reason": "it has 3 cells where the table has 2 columns", "fieldPath": None, "text": "one,two,three",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("missing.csv", "FILE_NOT_FOUND", "There is no file missing.csv."),
        ("folder", "IS_A_FOLDER", "folder is a folder. Name the files in it."),
        ("empty.csv", "EMPTY_FILE", "empty.csv is empty: there is nothing to upload."),
        ("pipe", "NOT_A_FILE", "pipe is no ordinary file. Write its content to one first."),
    ],
)
async def test_a_wrong_file_is_told_before_anything_is_sent(
    command: Command, admin: Client, name: str, code: str, said: str
) -> None:
    command.file("empty.csv", b"")
    command.file("good.csv", FRUIT)
    (command.folder / "folder").mkdir()
    os.mkfifo(command.folder / "pipe")
    run = await command.run("upload", "good.csv", name, "-d", "Never made", "--json")
    assert (run.status, run.err, [line["error"]["code"] for line in run.lines]) == (1, f"{said}\n", [code])
    assert await by_slug(admin, "never-made") is None


def test_a_file_without_the_right_to_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_bytes(FRUIT)
    path.chmod(0)
    with _ordinary_user(tmp_path), pytest.raises(FileProblem) as refused:
        Source(path)
    assert (refused.value.code, str(refused.value)) == (
        "FILE_NOT_READABLE",
        f"You may not read {path}. Ask its owner for the right to.",
    )


async def test_an_unknown_dataset_is_not_created_when_that_is_not_wanted(command: Command, admin: Client) -> None:
    command.file("a.csv", FRUIT)
    run = await command.run("upload", "a.csv", "-d", "Not there", "--no-create")
    assert (run.status, run.err) == (
        1,
        (
            f"There is no dataset 'Not there' on {command.environment['DATAKURA_URL']}, or you may not see it. "
            "Check the name, or let it be created: --create.\n"
        ),
    )
    assert await by_slug(admin, "not-there") is None


async def test_somebody_without_the_right_to_write_is_told_and_no_version_is_made(
    command: Command, system: System, admin: Client
) -> None:
    dataset_id = await admin.create("Read only")
    command.file("a.csv", FRUIT)
    async with a_person(system, "VIEWER") as viewer:
        run = await command.run("upload", "a.csv", "-d", "Read only", "-q", "--json", DATAKURA_TOKEN=viewer.token or "")
        new = await command.run(
            "upload", "a.csv", "-d", "Viewers create nothing", "-q", "--json", DATAKURA_TOKEN=viewer.token or ""
        )
    assert [(r.status, r.lines[0]["error"]["code"]) for r in (run, new)] == [(1, "FORBIDDEN"), (1, "FORBIDDEN")]
    connection = await system.database()
    versions = await connection.fetchval(
        "SELECT count(*) FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.name = 'Read only'"
    )
    await connection.close()
    assert versions == 0
    assert (await by_slug(admin, "read-only") or {})["id"] == dataset_id


@contextmanager
def _ordinary_user(folder: Path) -> Iterator[None]:
    """Somebody whom the rights of files concern: root is nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *list(folder.parents)[:2]):
        path.chmod(0o755)
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)
