"""Ports are free, remembered, and asked for in the open."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded.errors import StartError
from app.embedded.ports import Ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_on_which_somebody_listens_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_ports_are_distinct_and_the_same_at_the_next_start(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").take(("a", "b", "c"))
    second = Ports(tmp_path / "ports.json").take(("c", "b", "a"))

    assert len(set(first.values())) == 3
    assert second == first
    assert json.loads((tmp_path / "ports.json").read_text()) == first


def test_a_remembered_port_that_is_taken_by_now_is_replaced_and_the_others_stay(tmp_path: Path, taken: int) -> None:
    other = Ports(tmp_path / "ports.json").take(("b",))["b"]
    (tmp_path / "ports.json").write_text(json.dumps({"a": taken, "b": other}))

    ports = Ports(tmp_path / "ports.json").take(("a", "b"))

    assert ports["a"] not in (taken, other)
    assert ports["b"] == other


def test_the_port_above_by_the_offset_is_free_too(tmp_path: Path, taken: int) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"a": taken - 1}))

    port = Ports(tmp_path / "ports.json").take(("a",), offset=1)["a"]

    assert port != taken - 1
    assert is_free(port)
    assert is_free(port + 1)


def test_a_port_that_was_asked_for_and_is_taken_is_named_in_one_sentence(tmp_path: Path, taken: int) -> None:
    with pytest.raises(StartError) as refused:
        Ports(tmp_path / "ports.json").listen_for_people(taken, host="127.0.0.1", explicit=True)

    assert str(refused.value) == (
        f"Port {taken} of 127.0.0.1 is taken by another program. "
        "Stop that program, or choose another port: DATAKURA_PORT=NUMBER (0 picks a free one)."
    )
    assert not (tmp_path / "ports.json").exists()


def test_a_default_port_that_is_taken_is_replaced_by_a_remembered_one(tmp_path: Path, taken: int) -> None:
    with Ports(tmp_path / "ports.json").listen_for_people(taken, host="127.0.0.1", explicit=False) as listening:
        first = listening.getsockname()[1]
        assert not is_free(first)
    with Ports(tmp_path / "ports.json").listen_for_people(taken, host="127.0.0.1", explicit=False) as listening:
        second = listening.getsockname()[1]

    assert first != taken
    assert second == first


def test_an_address_that_this_machine_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"^Cannot listen on port 8400 of 192\.0\.2\.7: Cannot assign requested address\."):
        Ports(tmp_path / "ports.json").listen_for_people(8400, host="192.0.2.7", explicit=False)
