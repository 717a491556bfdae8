"""Secrets are made once, are private, and work."""

import json
import stat
from pathlib import Path

import pytest

from app.core.sealing import Place, Sealer, parse_keys
from app.embedded import secrets
from app.embedded.errors import StartError


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"

    made = secrets.load(file)

    assert secrets.load(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_two_folders_share_no_secret(tmp_path: Path) -> None:
    secrets.load(tmp_path / "a.json")
    secrets.load(tmp_path / "b.json")

    values = [json.loads((tmp_path / name).read_text()).values() for name in ("a.json", "b.json")]
    assert len(set(values[0]) | set(values[1])) == 14


def test_the_secret_key_seals_and_opens(tmp_path: Path) -> None:
    sealer = Sealer(parse_keys(secrets.load(tmp_path / "secrets.json").secret_keys))
    place = Place("table", "column", "row")

    assert sealer.open(sealer.seal(b"text", place), place) == b"text"


def test_a_file_of_the_first_release_gets_a_secret_key_and_keeps_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    secrets.load(file)
    rest = json.loads(file.read_text())
    del rest["secret_keys"]
    file.write_text(json.dumps(rest))

    made = secrets.load(file)

    assert json.loads(file.read_text()) == rest | {"secret_keys": made.secret_keys}
    assert secrets.load(file) == made


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    made = secrets.load(file)
    file.chmod(0o644)

    assert secrets.load(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_lacks_a_secret_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    secrets.load(file)
    rest = json.loads(file.read_text())
    del rest["s3_encryption_key"]
    file.write_text(json.dumps(rest))

    with pytest.raises(StartError, match=r"lacks s3_encryption_key\. Restore it from a backup"):
        secrets.load(file)

    assert json.loads(file.read_text()) == rest


def test_secrets_do_not_show_in_the_text_of_the_object(tmp_path: Path) -> None:
    made = secrets.load(tmp_path / "secrets.json")

    assert made.postgres_password not in repr(made)
