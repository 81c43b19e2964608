"""Children end with their parent, whatever ends it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shopdisputes.ops import processes

# The tests wait for other programs.
pytestmark = pytest.mark.real_clock

# A parent that starts a child, tells its number and waits.
PARENT = """
import subprocess, sys
from shopdisputes.ops import processes
child = processes.start([sys.executable, "-c", "import time; time.sleep(600)"], output=1)
print(child.pid, flush=True)
child.wait()
"""

# A child that does not end on TERM, with a child of its own.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""


def is_alive(process: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)

        parent.kill()

    assert processes.wait_until(lambda: not is_alive(child), seconds=10)


def test_stop_kills_a_stubborn_child_and_its_children() -> None:
    process = processes.start([sys.executable, "-c", STUBBORN], output=subprocess.PIPE)
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())

    processes.stop(process, first=signal.SIGTERM, seconds=0.2)

    assert process.returncode == -signal.SIGKILL
    assert processes.wait_until(lambda: not is_alive(grandchild), seconds=10)
    process.stdout.close()


def test_a_child_stands_in_a_process_group_of_its_own() -> None:
    process = processes.start([sys.executable, "-c", "input()"], output=subprocess.DEVNULL)

    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)

    processes.stop(process, first=signal.SIGTERM, seconds=5)


def test_knows_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind((processes.LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]

        assert processes.is_taken(port)
        assert processes.listens(port)

    assert not processes.listens(processes.free_port())
    assert not processes.is_taken(processes.free_port())


def test_waiting_gives_up_when_the_time_is_over() -> None:
    assert processes.wait_until(lambda: False, seconds=0.1) is False


@pytest.mark.parametrize("durable", [True, False])
def test_valkey_listens_on_loopback_only_and_keeps_what_it_is_asked_to(
    durable: bool, tmp_path: Path
) -> None:
    command = processes.valkey_command(port=7, folder=tmp_path, durable=durable)

    assert command[command.index("--bind") + 1] == "127.0.0.1"
    assert command[command.index("--appendonly") + 1] == ("yes" if durable else "no")
