"""The address of the page belongs to the system from the first moment of its start to its end."""

import json
import os
import signal
import urllib.request
from pathlib import Path

from app.embedded.ports import is_free


def test_the_port_is_ours_from_the_beginning_and_while_the_api_is_started_again(up, tmp_path: Path) -> None:
    run = up()
    run.read_until("Databases prepared")
    port = json.loads((tmp_path / "data/ports.json").read_text())["page"]
    assert not is_free(port)
    url = run.ready()
    assert url == f"http://127.0.0.1:{port}"
    first = run.started()["api"]
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    # Nobody is refused: who comes while the api is away waits for its successor.
    with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:
        assert int(answer.read()) not in first
    assert run.stop() == 0
    assert is_free(port)
