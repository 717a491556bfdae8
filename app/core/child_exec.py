"""Run by path as a script: put limits on this process, then become the program that was asked for.

A script of its own instead of preexec_fn, which may deadlock in a process with threads. It runs under `python -I -S`
and imports nothing of the project, so that it costs 15 ms. Arguments: parent pid, cpu seconds, file bytes, open files,
processes, address-space bytes, isolate network (0 or 1), then the program and its arguments.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CPU_GRACE_SECONDS = 5
"""Between SIGXCPU, which a program may ignore, and the kernel's SIGKILL."""


def main() -> None:
    """Limits set, parent watched, program running. Never returns."""
    parent, cpu, file_bytes, open_files, processes, address_space, isolate = map(int, sys.argv[1:8])
    argv = sys.argv[8:]
    own_users = bool(isolate) and isolate_network()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Orphans of the program stay below it, where the parent's watch finds them.
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # After unshare: new credentials clear the parent-death signal.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(125)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, cpu, cpu + CPU_GRACE_SECONDS)
    limit(resource.RLIMIT_FSIZE, file_bytes)
    limit(resource.RLIMIT_NOFILE, open_files)
    if own_users:
        # Elsewhere the kernel counts every process of the user, the parent's own included.
        limit(resource.RLIMIT_NPROC, processes)
    limit(resource.RLIMIT_AS, address_space)
    # Python ignores these two, and what is ignored stays ignored over exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execvp(argv[0], argv)  # noqa: S606
    except OSError as error:
        os.write(2, f"cannot run {argv[0]}: {error.strerror}\n".encode())
        os._exit(126)


def limit(which: int, soft: int, hard: int | None = None) -> None:
    """The limit is `soft`, or what the system allows where that is less."""
    _, allowed = resource.getrlimit(which)
    wanted = soft if hard is None else hard
    top = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
    resource.setrlimit(which, (min(soft, top), top))


def isolate_network() -> bool:
    """No network from here on, where the system lets us; True when that took a user namespace of our own."""
    libc = ctypes.CDLL(None, use_errno=True)
    # A privileged user keeps its rights over files only without a user namespace.
    if libc.unshare(CLONE_NEWNET) == 0:
        return False
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    try:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    except OSError:
        # Unmapped ids still open what they own; only their names are lost.
        pass
    return True


if __name__ == "__main__":
    main()
