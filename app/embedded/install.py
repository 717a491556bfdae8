"""Everything that Python needs, in .venv, exactly as locked; nothing to do when it is there.

    python3 app/embedded/install.py run | dev

Runs before anything is installed: standard library only, any Python from 3.11.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"


class InstallError(Exception):
    """Nothing can be installed; the text says why and what to do."""


def stamp(kind: str) -> str:
    """What the environment has to be made of, in one line.

    The folder is part of it: an environment that was moved with its checkout still points to the old place.
    """
    digest = hashlib.sha256()
    for file in (ROOT / f"requirements/{kind}.lock", ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return f"{digest.hexdigest()} {sys.version_info.major}.{sys.version_info.minor} {ROOT}"


def make_venv() -> None:
    """.venv is an environment of this Python."""
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as error:
        raise InstallError(
            f"{sys.executable} lacks its module {error.name}. Install it (Debian, Ubuntu: apt install python3-venv) and try again."
        ) from error
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)


def matches() -> bool:
    """Whether .venv is an environment of this version of Python that works."""
    if not PYTHON.exists():
        return False
    told = subprocess.run(
        [PYTHON, "-c", "import sys, pip; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return told.stdout.split() == [str(sys.version_info.major), str(sys.version_info.minor)]


def pip(*arguments: str) -> None:
    """pip has installed what `arguments` ask for."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        said = "\n".join(f"    {line}" for line in (done.stderr or done.stdout).strip().splitlines()[-12:])
        raise InstallError(f"The Python packages could not be installed. pip said:\n{said}\nCheck the network and try again.")


def install(kind: str) -> None:
    """The environment holds what requirements/KIND.lock names, and this project."""
    file, wanted = VENV / f".installed-{kind}", stamp(kind)
    if file.exists() and file.read_text() == wanted and PYTHON.exists():
        return
    build = ROOT / ".build"
    build.mkdir(exist_ok=True)
    with (build / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists() and file.read_text() == wanted and PYTHON.exists():
            return
        begun = time.monotonic()
        print("  Installing Python packages (once; a minute or so) ...", flush=True)
        if not matches():
            make_venv()
        pip("--require-hashes", "-r", f"requirements/{kind}.lock")
        # The build backend is among the locked packages: nothing unlocked is fetched to build this project.
        pip("--no-deps", "--no-build-isolation", "--editable", ".")
        file.write_text(wanted)
        print(f"  Python packages installed in {time.monotonic() - begun:.0f} s", flush=True)


def main() -> int:
    """The exit code for `make`."""
    if sys.version_info < (3, 11):  # noqa: UP036 (runs under whatever Python a person has)
        print(f"Datakura needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        install(sys.argv[1])
    except InstallError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"Cannot install into {VENV}: {error.strerror} ({error.filename}).", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
