"""The last thing that runs before a supervised program: ties its life to the supervisor's, takes its user, and becomes it.

    python -I -S launch.py SIGNAL SUPERVISOR_PID IDENTITY [PROGRAM ARGUMENT...]

A program of its own instead of `preexec_fn`: the supervisor has threads, and code between fork and exec may deadlock there.
Imports nothing of the project, so that it starts in about 10 ms.
"""

import ctypes
import os
import sys

USER_NAMESPACE_REFUSED = 97
SUPERVISOR_GONE = 98
CANNOT_EXECUTE = 126

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_NOBODY = 65534


def _map_to_nobody(libc: ctypes.CDLL) -> None:
    """Inside, this process is `nobody`, whom PostgreSQL accepts; outside it keeps its user, so files keep their owner."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for file, text in (("setgroups", "deny"), ("gid_map", f"{_NOBODY} {gid} 1"), ("uid_map", f"{_NOBODY} {uid} 1")):
        with open(f"/proc/self/{file}", "w") as stream:
            stream.write(text)


def main(arguments: list[str]) -> int:
    """Become PROGRAM; returns only when that is impossible. Without PROGRAM: tell whether IDENTITY can be taken."""
    death_signal, supervisor, identity, command = int(arguments[0]), int(arguments[1]), arguments[2], arguments[3:]
    libc = ctypes.CDLL(None, use_errno=True)
    if identity == "mapped":
        try:
            _map_to_nobody(libc)
        except OSError:
            return USER_NAMESPACE_REFUSED
    elif identity == "nobody":
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    # After the change of user, which clears it.
    libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != supervisor:
        return SUPERVISOR_GONE
    if not command:
        return 0
    try:
        os.execv(command[0], command)  # noqa: S606 (becoming the program is the point)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return CANNOT_EXECUTE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
