"""The page, built with the Node of its wheel, and only when something that it is made of has changed.

python -m app.embedded.frontend build | test | lint
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import write_private
from app.embedded.npm import NpmProject, Run, digest, read_text

_MADE = {"node_modules", "dist", "gql", "test-results", "coverage"}
"""Folders inside frontend/ that hold results, not sources."""


class Frontend:
    """The npm project of one checkout.

    A checkout without one, as an installed package is, has nothing to build.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "frontend"
        self._project = NpmProject(root, self._folder)
        self._made = root / ".build"
        self.log = self._made / "frontend.log"

    @property
    def exists(self) -> bool:
        """Whether there is a page to build."""
        return (self._folder / "package.json").is_file()

    @property
    def is_current(self) -> bool:
        """Whether the built page is made of what lies in the checkout now."""
        return (self._folder / "dist/index.html").is_file() and read_text(self._made / "frontend.built") == self._sources()

    def build(self, run: Run) -> None:
        """The built page, frontend/dist, is current.

        Args:
            run: runs a command in a folder with an environment, and raises StartError when it fails.
        """
        sources = self._sources()
        self._project.script("build", run)
        write_private(self._made / "frontend.built", sources)

    def script(self, name: str, run: Run) -> None:
        """The project's script `name` has passed."""
        self._project.script(name, run)

    def _sources(self) -> str:
        schema = self._root / "schema.graphql"
        return digest([*_sources_in(self._folder), *([schema] if schema.is_file() else [])], self._root)


def _sources_in(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _MADE)
        yield from (Path(parent, name) for name in sorted(files))


def main() -> int:
    """Run one of the project's scripts in the open: its output goes where ours goes."""
    frontend = Frontend(Path(__file__).resolve().parents[2])
    if not frontend.exists:
        return 0

    def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
        code = subprocess.run(command, cwd=folder, env=environment, check=False).returncode
        if code:
            raise SystemExit(code)

    try:
        match sys.argv[1:]:
            case ["build"]:
                if not frontend.is_current:
                    frontend.build(run)
            case ["test" | "lint" as script]:
                frontend.script(script, run)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
