"""`datakura` as a person runs it: a process, with its own environment."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.system import EMAIL, PASSWORD


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its standard output as JSON, line by line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """Runs in a folder of its own, signed in as the administrator unless the environment says otherwise."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            # This checkout's code, also where another one is installed.
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": str(folder / "home"),
            "XDG_STATE_HOME": str(folder / "state"),
            "DATAKURA_URL": url,
            "DATAKURA_EMAIL": EMAIL,
            "DATAKURA_PASSWORD": PASSWORD,
        }

    @property
    def notes(self) -> list[Path]:
        """What uploads that have not ended left."""
        return sorted((self.folder / "state/datakura/uploads").glob("*"))

    def file(self, name: str, content: bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    async def start(self, *arguments: str, **environment: str) -> Process:
        """The command runs. A variable given as "" is not set."""
        settings = {name: value for name, value in (self.environment | environment).items() if value}
        code = "from app.cli import main; main()"
        command = [sys.executable, "-c", code, *arguments]
        return await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env=settings, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE
        )

    async def run(self, *arguments: str, **environment: str) -> Run:
        """The command has ended."""
        return await ended(await self.start(*arguments, **environment))


async def ended(process: Process) -> Run:
    """How it ended, once it has."""
    out, err = await asyncio.wait_for(process.communicate(), 180)
    assert process.returncode is not None
    return Run(process.returncode, out.decode(), err.decode())
