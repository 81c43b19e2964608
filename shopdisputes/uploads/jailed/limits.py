"""What the child takes away from itself before it looks at a stranger's file."""

import contextlib
import ctypes
import resource
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_DUMPABLE = 4
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


class Limits(NamedTuple):
    """What one command may use up before the kernel ends it."""

    #: 50 megapixels are 200 MB, twice while they are turned upright.
    memory_bytes: int = 768 * 1024 * 1024
    cpu_seconds: int = 10
    #: Of any one file.
    written_bytes: int = 0
    open_files: int = 32
    #: Of this user, threads included; None where a library cannot do without.
    processes: int | None = 0


def lower(limits: Limits) -> None:
    """Lower this process's limits for good and cut it off from the network where that is allowed.

    The network is taken away by a namespace of its own. Where the kernel forbids those to
    ordinary users (some containers do), it stays reachable, save for what ``sight`` takes away:
    then only the blank environment, without addresses and passwords, stands before it.
    """
    if limits.processes is not None:
        _lower(resource.RLIMIT_NPROC, limits.processes)
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.written_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(what, most)
    # Another kernel than Linux has neither; the limits above stand all the same.
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _lower(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))
