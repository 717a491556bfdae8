"""`datakura upload`: files from disk to versions of a dataset."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.client.errors import ClientError
from app.cli.client.options import FileFormat, read_options

_READING = "How the file is read (found out when not given)"
_SERVER = "Which server, and as whom"


def upload(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Each becomes a version, in this order.")],
    dataset: Annotated[str, typer.Option("--dataset", "-d", metavar="NAME", help="Name or address (slug) of the dataset.")],
    publish: Annotated[bool, typer.Option("--publish", help="Publish the version when it is READY.")] = False,
    create: Annotated[bool, typer.Option("--create/--no-create", help="Create the dataset when there is none.")] = True,
    label: Annotated[str | None, typer.Option(help="Name of the version.")] = None,
    comment: Annotated[str | None, typer.Option(help="What changed.")] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on with the next file after one that failed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON for each file on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what is wrong.")] = False,
    format: Annotated[FileFormat | None, typer.Option(help="Format.", case_sensitive=False, rich_help_panel=_READING)] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, cp932, latin-1 ...", rich_help_panel=_READING)] = None,
    delimiter: Annotated[str | None, typer.Option(help="One character, or `tab`.", rich_help_panel=_READING)] = None,
    quote: Annotated[str | None, typer.Option(help="One character, or `none`.", rich_help_panel=_READING)] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Whether the first row names the columns.", rich_help_panel=_READING),
    ] = None,
    skip_rows: Annotated[
        int | None, typer.Option(min=0, help="Lines above the header that are no data.", rich_help_panel=_READING)
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="`.` or `,`", rich_help_panel=_READING)] = None,
    thousands: Annotated[str | None, typer.Option(help="One of , . ' or `space`, `none`.", rich_help_panel=_READING)] = None,
    null: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A cell that means 'absent'; may be repeated.", rich_help_panel=_READING),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=_READING)] = None,
    type: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=TYPE", help="Logical type of a column, as zip=STRING; may be repeated.", rich_help_panel=_READING
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="Address of the server; otherwise DATAKURA_URL, or the system that runs here.", rich_help_panel=_SERVER
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(help="Access token; better in DATAKURA_TOKEN, where others do not see it.", rich_help_panel=_SERVER),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(
            help="Who signs in; otherwise DATAKURA_EMAIL. The password: DATAKURA_PASSWORD, or asked for.", rich_help_panel=_SERVER
        ),
    ] = None,
) -> None:
    """Upload files into a dataset, and wait until they are read.

    An interrupted upload goes on when the same command is run again.

    Exit status 0: every version is READY, and published with --publish.
    """
    # Only here: `datakura up` does without the libraries' time and memory.
    from app.cli.client.job import Job
    from app.cli.client.uploads import Wishes

    try:
        options = read_options(
            format=format,
            encoding=encoding,
            delimiter=delimiter,
            quote=quote,
            header=header,
            skip_rows=skip_rows,
            decimal=decimal,
            thousands=thousands,
            null=null or [],
            sheet=sheet,
            types=type or [],
        )
    except ClientError as error:
        raise typer.BadParameter(str(error)) from error
    wishes = Wishes(label=label, comment=comment, options=options, publish=publish)
    job = Job(files=files, dataset=dataset, wishes=wishes, create=create, keep_going=keep_going, json=json, quiet=quiet)
    sys.exit(job.run(url=url, token=token, email=email))
