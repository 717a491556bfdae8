"""docs/configuration.md tells the truth about app/core/settings.py."""

import re
from pathlib import Path

from app.core.settings import Settings

ROWS = re.findall(
    r"^\| `DATAKURA_(\w+)` \| (.+?) \|", (Path(__file__).parents[2] / "docs/configuration.md").read_text(), flags=re.MULTILINE
)


def plain(value: object) -> str:
    """A default as a person writes it into an environment variable."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case ():
            return "[]"
    return str(value)


def test_every_setting_is_described_once_and_nothing_else_is() -> None:
    assert sorted(name.lower() for name, _ in ROWS) == sorted(Settings.model_fields)


def test_the_defaults_are_those_of_the_code() -> None:
    documented = {name.lower(): default.split("`")[1] for name, default in ROWS if default.startswith("`")}

    # None stands for something that is computed; the document says what.
    shown = {name: plain(Settings.model_fields[name].default) for name in documented}
    assert {name: documented[name] for name, value in shown.items() if value != "None"} == {
        name: value for name, value in shown.items() if value != "None"
    }
    assert len(documented) > 30
