"""Which server `datakura upload` finds, and as whom it signs in."""

import re

from app.embedded.folder import note_running
from tests.cli.command import Command
from tests.support.client import Client
from tests.support.system import EMAIL, System

FRUIT = b"id,name\n1,apple\n2,pear\n"


async def test_a_wrong_password_is_told(command: Command) -> None:
    command.file("a.csv", FRUIT)
    run = await command.run("upload", "a.csv", "-d", "x", "--json", DATAKURA_PASSWORD="wrong password")
    assert (run.status, run.lines[0]["error"]["code"]) == (1, "INVALID_CREDENTIALS")
    assert run.err == (
        f"{command.environment['DATAKURA_URL']} does not let {EMAIL} in: the e-mail address or the password is wrong. "
        "Give them by DATAKURA_EMAIL and DATAKURA_PASSWORD, or by --email and at the prompt.\n"
    )


async def test_a_token_is_enough_and_a_wrong_one_is_told(command: Command, admin: Client) -> None:
    command.file("a.csv", FRUIT)
    nobody = {"DATAKURA_EMAIL": "", "DATAKURA_PASSWORD": ""}
    right = await command.run("upload", "a.csv", "-d", "By token", "-q", "--json", DATAKURA_TOKEN=admin.token or "", **nobody)
    assert (right.status, right.lines[0]["status"]) == (0, "READY")
    wrong = await command.run("upload", "a.csv", "-d", "By token", "-q", "--token", "wrong", **nobody)
    assert (wrong.status, wrong.err) == (
        1,
        (
            f"{command.environment['DATAKURA_URL']} does not accept this token: it is wrong, or has expired. "
            "Get a new one, or sign in by DATAKURA_EMAIL and DATAKURA_PASSWORD.\n"
        ),
    )


async def test_without_credentials_and_terminal_it_is_said_what_to_set(command: Command) -> None:
    command.file("a.csv", FRUIT)
    run = await command.run("upload", "a.csv", "-d", "x", DATAKURA_PASSWORD="")
    assert (run.status, run.err) == (
        1,
        (
            "Who are you? No password is given, and there is no terminal to ask at. "
            "Set DATAKURA_TOKEN, or DATAKURA_EMAIL and DATAKURA_PASSWORD.\n"
        ),
    )


async def test_an_address_at_which_nobody_answers_is_told_and_so_is_another_program(command: Command, system: System) -> None:
    command.file("a.csv", FRUIT)
    nobody = await command.run("upload", "a.csv", "-d", "x", "--url", "http://127.0.0.1:1")
    assert (nobody.status, nobody.err) == (
        1,
        (
            "http://127.0.0.1:1 cannot be reached: nothing listens there. "
            "Check the address (--url, DATAKURA_URL), and that Datakura runs there.\n"
        ),
    )
    store = system.environment["DATAKURA_S3_ENDPOINT_URL"]
    other = await command.run("upload", "a.csv", "-d", "x", "--url", store)
    assert other.status == 1
    assert re.fullmatch(
        rf"At {store} something answers \(HTTP \d+\), but not Datakura\. Check the address: --url, DATAKURA_URL\.\n", other.err
    )


async def test_without_an_address_the_system_of_the_data_folder_is_looked_for(command: Command, system: System) -> None:
    command.file("a.csv", FRUIT)
    run = await command.run("upload", "a.csv", "-d", "x", DATAKURA_URL="", DATAKURA_DATA_DIR="elsewhere")
    assert (run.status, run.err) == (
        1,
        (
            f"No address is given, and nothing runs on {command.folder}/elsewhere. "
            "Start it with `datakura up`, or say where it runs: --url http://HOST:PORT, or DATAKURA_URL.\n"
        ),
    )
    (command.folder / "data/run").mkdir(parents=True)
    note_running(command.folder / "data", system.url)
    found = await command.run("upload", "a.csv", "-d", "Found by its folder", "-q", "--json", DATAKURA_URL="")
    assert (found.status, found.lines[0]["status"]) == (0, "READY")
