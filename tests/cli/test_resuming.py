"""Uploads of several parts that are interrupted in every way, and go on."""

import asyncio
import json
import os
import signal
import stat
from pathlib import Path

import pytest

from app.cli.client.api import Api, Password
from app.cli.client.datasets import create
from app.cli.client.errors import Unreachable
from app.cli.client.patience import Patience
from app.cli.client.progress import Silent
from app.cli.client.resume import ResumeFolder
from app.cli.client.source import Source
from app.cli.client.uploads import Uploader, Wishes
from tests.cli.command import Command, ended
from tests.cli.conftest import PART_BYTES, Gated
from tests.support.client import Client
from tests.support.system import EMAIL, PASSWORD, until

ROW = b"%d," + b"x" * 4_000 + b"\n"
ROWS = 2_800
HASTY = Patience(attempts=2, first_seconds=0.001)


@pytest.fixture
def table(gated_command: Command) -> Path:
    """A table of three parts."""
    path = gated_command.file("table.csv", b"id,text\n" + b"".join(ROW % number for number in range(ROWS)))
    assert 2 * PART_BYTES < path.stat().st_size < 3 * PART_BYTES
    return path


async def versions(gated: Gated, name: str) -> list[tuple[int, str]]:
    """Number and status of each version of a dataset."""
    connection = await gated.system.database()
    rows = await connection.fetch(
        "SELECT v.number, v.status FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.name = $1 ORDER BY 1",
        name,
    )
    await connection.close()
    return [(row["number"], row["status"]) for row in rows]


async def two_parts_stored(gated: Gated) -> None:
    """The third part waits at the gate, the others are in the storage."""
    await gated.storage.until_held("part 3")
    await until(lambda: {"part 1", "part 2"} <= set(gated.storage.passed), "two parts to be stored")


async def test_after_a_kill_only_the_missing_part_is_sent(gated: Gated, gated_command: Command, table: Path) -> None:
    arguments = ("upload", "table.csv", "-d", "Killed", "--publish", "--json", "-q")
    gated.storage.hold("part 3")
    process = await gated_command.start(*arguments)
    await two_parts_stored(gated)
    process.kill()
    assert (await ended(process)).status == -signal.SIGKILL
    gated.storage.clear()
    run = await gated_command.run(*arguments)
    assert gated.storage.passed == ["part 3"]
    (line,) = run.lines
    assert (run.status, line["status"], line["published"], line["resumed"]) == (0, "READY", True, True)
    assert (line["version"]["number"], line["rowCount"]) == (1, ROWS)
    assert await versions(gated, "Killed") == [(1, "READY")]
    assert gated_command.notes == []


async def test_the_note_of_an_upload_is_private_and_holds_no_secret(
    gated: Gated, gated_command: Command, gated_admin: Client, table: Path
) -> None:
    gated.storage.hold("part 3")
    token = gated_admin.token or ""
    process = await gated_command.start("upload", "table.csv", "-d", "Noted", DATAKURA_TOKEN=token)
    await two_parts_stored(gated)
    (note,) = gated_command.notes
    text = note.read_text()
    process.kill()
    await ended(process)
    assert (stat.S_IMODE(note.stat().st_mode), stat.S_IMODE(note.parent.stat().st_mode)) == (0o600, 0o700)
    assert token not in text
    assert PASSWORD not in text
    assert "X-Amz-Signature" not in text
    subject = json.loads(text)["subject"]
    assert (subject["file"]["path"], subject["file"]["size_bytes"]) == (str(table), table.stat().st_size)
    assert (subject["server"], subject["account"]) == (gated.api.url, EMAIL)


async def test_ctrl_c_says_what_is_kept_and_how_to_go_on(gated: Gated, gated_command: Command, table: Path) -> None:
    gated.storage.hold("part 3")
    process = await gated_command.start("upload", "table.csv", "-d", "Interrupted", "-q")
    await two_parts_stored(gated)
    # The answer to the second part has to have come to the command, too.
    process.send_signal(signal.SIGINT)
    run = await ended(process)
    connection = await gated.system.database()
    ends = await connection.fetchval("SELECT max(expires_at) FROM uploads")
    await connection.close()
    assert run.status == 130
    stored, said = run.err.split(" ", 2)[1], run.err.split(" ", 2)[2]
    assert stored in ("0", "1", "2")
    assert said == (
        f"of 3 parts are stored and kept until {ends:%Y-%m-%d %H:%M} UTC. Run the same command again to go on from here.\n"
    )


async def test_a_session_that_ends_in_mid_upload_is_opened_again(gated: Gated, gated_command: Command, table: Path) -> None:
    gated.storage.hold("part 3")
    process = await gated_command.start("upload", "table.csv", "-d", "Session ended", "--json", "-q")
    await two_parts_stored(gated)
    await _end_all_sessions(gated)
    gated.storage.release()
    run = await ended(process)
    assert (run.status, run.err, run.lines[0]["status"]) == (0, "", "READY")
    assert sorted(gated.storage.passed) == ["part 1", "part 2", "part 3"]


async def test_a_token_that_ends_in_mid_upload_is_told_and_the_next_run_sends_nothing_again(
    gated: Gated, gated_command: Command, gated_admin: Client, table: Path
) -> None:
    arguments = ("upload", "table.csv", "-d", "Token ended", "--json", "-q")
    gated.storage.hold("part 3")
    process = await gated_command.start(*arguments, DATAKURA_TOKEN=gated_admin.token or "")
    await two_parts_stored(gated)
    await _end_all_sessions(gated)
    gated.storage.release()
    run = await ended(process)
    assert (run.status, run.lines[0]["error"]["code"]) == (1, "UNAUTHENTICATED")
    assert run.err == (
        "The token is not accepted any more: it has expired or was revoked. "
        "Get a new one and run the same command again; what is stored already is not sent again.\n"
    )
    gated.storage.clear()
    async with Client(gated.system.url) as renewed:
        await renewed.sign_in()
        again = await gated_command.run(*arguments, DATAKURA_TOKEN=renewed.token or "")
    assert (again.status, again.lines[0]["status"], again.lines[0]["version"]["number"]) == (0, "READY", 1)
    assert gated.storage.passed == []


async def test_a_lost_answer_makes_no_second_dataset_and_no_second_version(
    gated: Gated, gated_command: Command, table: Path
) -> None:
    for operation in ("CreateDataset", "StartUpload", "CompleteUpload", "PublishVersion"):
        gated.api.silence(operation)
    run = await gated_command.run("upload", "table.csv", "-d", "Lost answers", "--publish", "--json", "-q")
    assert (run.status, run.err, run.lines[0]["version"]["number"]) == (0, "", 1)
    assert await versions(gated, "Lost answers") == [(1, "READY")]


async def test_a_kill_before_the_answer_to_the_start_makes_no_second_version(
    gated: Gated, gated_command: Command, table: Path
) -> None:
    arguments = ("upload", "table.csv", "-d", "Start unheard", "--json", "-q")
    gated.api.silence("StartUpload")
    gated.storage.hold("part 1")
    process = await gated_command.start(*arguments)
    # The version is made, its answer lost; the command is killed before or while it asks again.
    await until(lambda: _has_versions(gated, "Start unheard"), "the version")
    process.kill()
    await ended(process)
    gated.storage.clear()
    run = await gated_command.run(*arguments)
    assert (run.status, run.lines[0]["version"]["number"]) == (0, 1)
    assert await versions(gated, "Start unheard") == [(1, "READY")]


async def test_a_kill_before_the_answer_to_the_completion_sends_nothing_again(
    gated: Gated, gated_command: Command, table: Path
) -> None:
    arguments = ("upload", "table.csv", "-d", "Completion unheard", "--json", "-q")
    gated.api.hold("CompleteUpload")
    process = await gated_command.start(*arguments)
    await gated.api.until_held("CompleteUpload")
    process.kill()
    await ended(process)
    gated.api.clear()
    gated.storage.clear()
    run = await gated_command.run(*arguments)
    assert (run.status, run.lines[0]["status"], run.lines[0]["version"]["number"]) == (0, "READY", 1)
    assert gated.storage.passed == []
    assert await versions(gated, "Completion unheard") == [(1, "READY")]


async def test_storage_that_stays_away_is_told_and_what_arrived_is_not_sent_again(
    gated: Gated, gated_command: Command, table: Path
) -> None:
    notes = ResumeFolder(gated_command.folder / "notes")
    async with Api(gated.api.url, Password(EMAIL, PASSWORD)) as api:
        uploader = Uploader(api, notes, Silent(), patience=HASTY)
        with Source(table) as source:
            dataset = await create(api, "Storage away")
            gated.storage.hold("part 2")
            gated.storage.hold("part 3")
            first = asyncio.create_task(uploader.upload(source, dataset, Wishes()))
            await until(lambda: gated.storage.passed == ["part 1"], "the first part")
            gated.storage.cut("part 2")
            gated.storage.cut("part 3")
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            with pytest.raises(Unreachable) as away:
                await uploader.upload(source, dataset, Wishes())
            host = gated.storage.url.removeprefix("http://")
            assert str(away.value) == (
                f"The object storage at {host} cannot be reached: the connection broke. "
                "Run the same command again when it can; what is stored already is not sent again."
            )
            assert gated.storage.passed == ["part 1"]
            gated.storage.clear()
            outcome = await uploader.upload(source, dataset, Wishes())
    assert sorted(gated.storage.passed) == ["part 2", "part 3"]
    assert (outcome.version.status, outcome.version.number, outcome.resumed) == ("READY", 1, True)


async def test_a_file_that_changes_while_it_is_sent_is_told_and_its_upload_given_up(
    gated: Gated, gated_command: Command, table: Path
) -> None:
    gated.storage.hold("part 3")
    process = await gated_command.start("upload", "table.csv", "-d", "Changing", "--json", "-q")
    await two_parts_stored(gated)
    with table.open("ab") as stream:
        stream.write(b"one more,line\n")
    gated.storage.release()
    run = await ended(process)
    assert (run.status, run.lines[0]["error"]["code"]) == (1, "FILE_CHANGED")
    assert run.err == (
        "table.csv changed while it was read. Wait until whatever writes it has finished, then run the command again.\n"
    )
    assert await versions(gated, "Changing") == [(1, "DELETED")]
    assert gated_command.notes == []


async def test_an_upload_that_was_aborted_meanwhile_is_begun_anew(
    gated: Gated, gated_command: Command, gated_admin: Client, table: Path
) -> None:
    arguments = ("upload", "table.csv", "-d", "Aborted", "--json", "-q")
    gated.storage.hold("part 3")
    process = await gated_command.start(*arguments)
    await two_parts_stored(gated)
    process.kill()
    await ended(process)
    (note,) = gated_command.notes
    upload_id = json.loads(note.read_text())["upload_id"]
    abort = "mutation Abort($input: AbortUploadInput!) { abortUpload(input: $input) { errors { code } } }"
    assert (await gated_admin.mutate(abort, uploadId=upload_id)) == {"errors": []}
    gated.storage.clear()
    run = await gated_command.run(*arguments)
    assert (run.status, run.lines[0]["version"]["number"], run.lines[0]["resumed"]) == (0, 2, False)
    assert await versions(gated, "Aborted") == [(1, "DELETED"), (2, "READY")]


async def test_another_file_of_the_same_name_is_another_upload(gated: Gated, gated_command: Command, table: Path) -> None:
    gated.storage.hold("part 3")
    process = await gated_command.start("upload", "table.csv", "-d", "Replaced", "--json", "-q")
    await two_parts_stored(gated)
    process.kill()
    await ended(process)
    gated.storage.clear()
    # The same size and time: only its content tells it from the other one.
    before = table.stat()
    table.write_bytes(table.read_bytes().replace(b"x", b"y"))
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    run = await gated_command.run("upload", "table.csv", "-d", "Replaced", "--json", "-q")
    assert (run.status, run.lines[0]["version"]["number"], run.lines[0]["resumed"]) == (0, 2, False)
    assert sorted(gated.storage.passed) == ["part 1", "part 2", "part 3"]


async def _end_all_sessions(gated: Gated) -> None:
    connection = await gated.system.database()
    await connection.execute("UPDATE sign_in_sessions SET revoked_at = now() WHERE revoked_at IS NULL")
    await connection.close()


async def _has_versions(gated: Gated, name: str) -> bool:
    return bool(await versions(gated, name))
