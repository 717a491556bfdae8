"""docs/cli.md says all that the command can."""

import re
from pathlib import Path

import typer

from app import cli
from app.cli import client

DOCS = (Path(__file__).parents[2] / "docs/cli.md").read_text()


def test_every_option_is_described_and_no_other() -> None:
    commands = typer.main.get_command(cli.app)
    parameters = commands.commands["upload"].params  # type: ignore[attr-defined]
    declared = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts) if option[0] == "-"}
    options = DOCS.partition("## Interruptions")[0]
    described = {
        option for text in re.findall(r"`([^`]*)`", options) for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text)
    }
    assert described == declared


def test_every_code_of_the_client_is_described_and_no_other() -> None:
    folder = Path(client.__path__[0])
    used = {code for path in folder.glob("*.py") for code in re.findall(r'code\s*=\s*"([A-Z_]+)"', path.read_text())}
    described = set(re.findall(r"`([A-Z][A-Z_]+)`", DOCS.partition("Codes of its own:")[2].partition(";")[0]))
    # The rest are the API's own, the fallback, and one that the command line answers with status 2.
    assert used - {"NOT_FOUND", "INVALID_CREDENTIALS", "ERROR", "FILE_PROBLEM", "USAGE"} == described
