"""docs/quality.md says all that there is."""

import re
import textwrap
from pathlib import Path

import typer

from app import cli
from app.quality import catalogue
from app.quality.contracts import document, reading
from app.quality.formats import Format

DOCS = (Path(__file__).parents[2] / "docs/quality.md").read_text()


def test_every_rule_type_is_described_and_no_other() -> None:
    table = DOCS.partition("## Types")[2].partition("\n\n")[2].partition("\n\n")[0]
    described = {name for line in table.splitlines()[2:] for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])}
    assert described == set(catalogue.types())


def test_every_form_of_text_is_described() -> None:
    (line,) = [line for line in DOCS.splitlines() if line.startswith("| `format`")]
    assert set(re.findall(r"[A-Z][A-Z0-9_]{2,}", line)) == set(Format)


def test_every_option_of_check_is_described_and_no_other() -> None:
    commands = typer.main.get_command(cli.app)
    parameters = commands.commands["check"].params  # type: ignore[attr-defined]
    declared = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts) if option[0] == "-"}
    text = DOCS.partition("| Option | Meaning |")[2].partition("| Exit status |")[0]
    described = {option for code in re.findall(r"`([^`]*)`", text) for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", code)}
    assert described == declared


def test_every_rule_type_says_what_it_is() -> None:
    for kind in catalogue.rule_types():
        assert kind.title, kind.name
        assert kind.description.endswith("."), kind.name
        properties = kind.parameters_schema.get("properties")
        assert isinstance(properties, dict), kind.name
        for name, one in properties.items():
            assert isinstance(one, dict), (kind.name, name)
            assert one.get("title"), (kind.name, name)
            assert one.get("description"), (kind.name, name)


def test_the_contract_of_the_documentation_is_one() -> None:
    example = textwrap.dedent("    kind: DataContract" + DOCS.partition("\n    kind: DataContract")[2].partition("\n\n")[0])
    found = reading.read(document.load(example))
    assert found.notes == ()
    assert [(one.spec.type, one.spec.field_paths) for one in (*found.implied, *found.rules)] == [
        ("schema_match", ()), ("primary_key", ("id",)), ("row_count", ()), ("anomaly", ()), ("in_set", ("state",)),
        ("new_categories", ("state",)),
    ]  # fmt: skip
    assert [catalogue.validate(one.spec) for one in found.rules] == [[]] * 4
