"""PostgreSQL refuses root: whom it runs as instead, where user namespaces are allowed and where they are not."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.errors import StartError
from app.embedded.leftovers import Record
from app.embedded.ports import Ports
from app.embedded.postgres import Postgres, choose_identity
from app.embedded.processes import Identity, Supervised, Watch

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="runs as root only: it is about root")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        yield data


def postgres(data: Path, identity: Identity) -> Postgres:
    port = Ports(data / "ports.json").take(("postgres",))["postgres"]
    return Postgres(folder=data / "postgres", port=port, password="password", log=data / "log", identity=identity)


def run(server: Postgres) -> tuple[int, int]:
    """User of the server as the system sees it, and of its files; it has started and stopped."""
    supervised = Supervised(server.program(), Record(server.folder.parent / "record.json"), Watch())
    supervised.start()
    user = Path(f"/proc/{supervised.pid}").stat().st_uid
    supervised.stop()
    return user, server.folder.stat().st_uid


def test_root_gets_a_namespace_or_the_stand_in() -> None:
    assert choose_identity() in (Identity.MAPPED, Identity.NOBODY)


def test_without_namespaces_it_runs_as_nobody_and_with_them_as_root_again(open_folder: Path) -> None:
    assert run(postgres(open_folder, Identity.NOBODY)) == (65534, 65534)
    if choose_identity() is Identity.MAPPED:
        assert run(postgres(open_folder, Identity.MAPPED)) == (0, 0)
    assert run(postgres(open_folder, Identity.NOBODY)) == (65534, 65534)


def test_a_folder_that_nobody_may_not_enter_is_named(open_folder: Path) -> None:
    open_folder.parent.chmod(0o700)

    with pytest.raises(
        StartError, match=rf"the user nobody, may not enter {open_folder.parent}\. Run Datakura as an ordinary user"
    ):
        postgres(open_folder, Identity.NOBODY).program()

    assert not (open_folder / "postgres").exists()


def test_files_of_another_user_are_not_taken_from_them(open_folder: Path) -> None:
    run(postgres(open_folder, choose_identity()))
    os.chown(open_folder / "postgres", 12345, 12345)

    with pytest.raises(StartError, match=r"belongs to user 12345, and this is user 0\. Start Datakura as that user"):
        postgres(open_folder, choose_identity()).program()

    assert (open_folder / "postgres").stat().st_uid == 12345
