"""`datakura check`: a file on this machine against a contract, without a server."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON, Parquet, Arrow or Excel.")],
    contract: Annotated[Path, typer.Option("--contract", "-c", metavar="YAML", help="A data contract of ODCS 3.")],
    object: Annotated[
        str | None, typer.Option("--object", metavar="NAME", help="Which table of the contract, where it describes several.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier file, for rules that compare with the version before.")
    ] = None,
    failed_rows: Annotated[
        Path | None,
        typer.Option("--failed-rows", metavar="FOLDER", help="Write all failed rows there, a Parquet file for each rule."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A warning fails, too.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a report there that pipelines show, in the form of JUnit.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON on standard output instead of a table.")] = False,
    memory: Annotated[int, typer.Option(min=256, metavar="MIB", help="Memory that the check may take.")] = 1024,
    timeout: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="Time that the check may take.")] = 3600,
) -> None:
    """Check a file against a data contract: its schema, and every rule.

    Exit status 0: nothing fails. 1: a rule fails, cannot run, or cannot be understood. 2: the file or the contract cannot be read.
    """
    # Only here: `datakura up` does without the libraries' time and memory.
    from app.cli.check_junit import as_junit
    from app.cli.check_report import as_json, print_table
    from app.cli.check_run import CannotCheck, Request, run

    request = Request(
        file=file, contract=contract, object_name=object, previous=previous, failed_rows=failed_rows, memory_bytes=memory << 20,
        timeout_seconds=timeout,
    )  # fmt: skip
    try:
        report = run(request)
    except CannotCheck as error:
        print(f"{error.where}: {error}", file=sys.stderr)
        sys.exit(2)
    if junit is not None:
        try:
            junit.write_bytes(as_junit(report, strict=strict))
        except OSError as error:
            print(f"{junit}: The report cannot be written: {error.strerror}.", file=sys.stderr)
            sys.exit(2)
    if json:
        print(as_json(report))
    else:
        print_table(report)
    sys.exit(1 if report.is_bad(strict=strict) else 0)
