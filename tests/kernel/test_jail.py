"""The child that examines files may die of it; whoever started it may not."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shopdisputes.uploads import jail
from shopdisputes.uploads.models import FileKind
from tests import media

pytestmark = pytest.mark.real_clock


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(media.jpeg())
    return path


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Put another program in the place of the interpreter that is started."""

    def put(script):
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return put


def saying(**answer):
    told = {"kind": "image/jpeg", "reason": "", "facts": {}} | answer
    return f"printf %s '{json.dumps(told)}'"


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "kill -SEGV $$",
        "kill -KILL $$",
        "echo nonsense",
        "echo '[]'",
        "echo '{}'",
        "yes",
        saying(kind="text/html"),
        saying(kind=None),
        saying(kind="video/mp4"),
        saying(facts=[]),
        saying(reason=7),
        saying() + "; echo again",
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_a_refusal(child, photo, script):
    child(script)
    verdict = jail.examine(photo)
    assert (verdict.sound, verdict.kind, verdict.reason) == (False, None, "unsafe")


def test_a_child_that_hangs_is_killed_with_its_own_children(child, photo, monkeypatch, tmp_path):
    monkeypatch.setattr(jail, "EXAMINING_SECONDS", 0.5)
    child(f"sleep 60 & echo $! > {tmp_path}/grandchild; sleep 60")
    began = time.monotonic()
    assert jail.examine(photo).reason == "unsafe"
    assert time.monotonic() - began < 5
    grandchild = (tmp_path / "grandchild").read_text().strip()
    while is_running(grandchild):
        assert time.monotonic() - began < 20
        time.sleep(0.05)


def is_running(number):
    """Whether a process is neither gone nor dead and waiting for whoever adopts it."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_whoever_finds_no_room_in_time_is_sent_away_and_nothing_is_said_of_the_file(
    photo, monkeypatch
):
    monkeypatch.setattr(jail, "_ROOM", threading.BoundedSemaphore(1))
    monkeypatch.setattr(jail, "ROOM_SECONDS", 0.05)
    with jail._ROOM, pytest.raises(jail.Busy):
        jail.examine(photo)
    assert jail.examine(photo).sound


def test_of_what_a_child_says_only_what_is_plausible_counts(child, photo):
    facts = {"width": 40, "height": -1, "pages": True, "camera": "a\nb", "taken_at": "x" * 99}
    facts |= {"active": ["<script>"], "has_position": "yes", "path": "/etc/passwd"}
    child(saying(facts=facts))
    verdict = jail.examine(photo)
    assert verdict.kind == FileKind.JPEG
    assert verdict.facts == {"width": 40}


def test_a_child_gets_no_secrets(child, photo, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    child(f"env > {tmp_path}/env; ls /proc/self/fd > {tmp_path}/open; {saying()}")
    assert jail.examine(photo).sound
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    # What the shell adds by itself does not count.
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PYTHONPATH", "LC_ALL"}
    assert len((tmp_path / "open").read_text().split()) <= 4


def limited(code):
    """What a process says that lowered its limits as the child does."""
    lowered = "from shopdisputes.uploads.jailed import limits; limits.lower(limits.Limits())\n"
    done = subprocess.run(
        [sys.executable, "-B", "-c", lowered + code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_a_child_cannot_take_the_memory(photo):
    assert limited("print(len(bytearray(500 * 1024 * 1024)))") == str(500 * 1024 * 1024)
    assert limited("bytearray(800 * 1024 * 1024)") == "MemoryError"


def test_a_child_writes_nothing(tmp_path):
    answer = limited(f"open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x')")
    assert answer.startswith("OSError: [Errno 27]")
    assert (tmp_path / "x").stat().st_size == 0


def test_a_child_opens_few_files():
    assert "Too many open files" in limited("files = [open('/dev/null') for _ in range(64)]")


def test_a_child_has_no_network_where_the_kernel_can_take_it_away():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = limited(
            "import os, socket\n"
            "print(os.readlink('/proc/self/ns/net'))\n"
            f"try: socket.create_connection(('127.0.0.1', {port}), 5)\n"
            "except OSError: print('cut off')"
        ).split("\n")
    if answer[0] != os.readlink("/proc/self/ns/net"):
        assert answer[1:] == ["cut off"]


def test_a_child_sees_only_what_it_is_to_look_at(photo, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "secret").write_text("secret")
    lines = limited(
        "from shopdisputes.uploads.jailed import sight\n"
        f"print(sight.narrow(files=[{str(photo)!r}], folders=[{str(tmp_path / 'out')!r}]))\n"
        f"print(len(open({str(photo)!r}, 'rb').read()))\n"
        f"open({str(tmp_path / 'out' / 'small')!r}, 'w').close()\n"
        f"for path in ({str(tmp_path / 'secret')!r}, '/etc/passwd', '/proc/self/environ'):\n"
        "    try: open(path); print('seen')\n"
        "    except PermissionError: print('unseen')\n"
        f"try: open({str(tmp_path / 'small')!r}, 'w'); print('written')\n"
        "except PermissionError: print('not written')"
    ).split("\n")
    assert lines[1] == str(photo.stat().st_size)
    # Kernels without Landlock take nothing away.
    if lines[0] == "True":
        assert lines[2:] == ["unseen", "unseen", "unseen", "not written"]


def test_it_starts_without_django_and_without_what_the_kind_does_not_need(photo):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "shopdisputes.uploads.jailed", "examine", photo],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert "PIL" in loaded
    assert not loaded & {"django", "celery", "pikepdf", "av"}
