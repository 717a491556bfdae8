"""The command `datakura`: one module for each subcommand."""

import typer

from app.cli import audit, check, keys, search, status, stop, up, upload, users

app = typer.Typer(
    name="datakura",
    help="Datakura, a dataset management system. Every setting is an environment variable DATAKURA_*; see docs/configuration.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("stop")(stop.stop)
app.command("status")(status.status)
app.command("upload")(upload.upload)
app.command("check")(check.check)
app.add_typer(search.app, name="search")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")


def main() -> None:
    """Entry point of the console script."""
    app()
