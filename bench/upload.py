"""What taking in a video of 50 MiB costs, beside copying and hashing the same file by hand.

``./run bench upload [RUNS]`` starts the web server as it runs in production and puts a new video
of exactly 50 MiB beside an item of an inspection in every run; ``cp`` and ``sha256sum`` of the
same file are taken in the same run. It prints one JSON object:

seconds, baseline_seconds, ratio   medians of the runs; ratio is the median of the runs' ratios
best_ratio                         of the run that went best
growth_mib                         how far the largest of the server's processes grew at its peak,
                                   above what it had after taking in one small file
child_mib                          the peak of the child process that examines the file
"""

import hashlib
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from bench.support import sending, server

MIB = 1024 * 1024
SIZE = 50 * MIB
#: What is reached; more makes the benchmark fail.
MOST_RATIO, MOST_GROWTH_MIB = 1.5, 16.0


def film(path: Path, *, size: int = SIZE) -> None:
    """Write a video somewhat smaller than ``size``: noise, which no codec makes smaller."""
    width, height = 1280, 720
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("mpeg4", rate=25, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, 25)
        written, number = 0, 0
        while written < size - 3 * MIB:
            noise = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
            frame = av.VideoFrame.from_image(noise)
            frame.pts = number
            for packet in stream.encode(frame):
                written += packet.size
                container.mux(packet)
            number += 1
        container.mux(stream.encode())


def fill_up(film_path: Path, target: Path, *, run: int) -> None:
    """Copy a video and fill it up to 50 MiB with a box that players skip, another every run."""
    shutil.copyfile(film_path, target)
    room = SIZE - target.stat().st_size
    filling = hashlib.shake_256(str(run).encode()).digest(room - 8)
    with target.open("ab") as file:
        file.write(struct.pack(">I", room) + b"free" + filling)


def by_hand(file: Path, folder: Path) -> float:
    """Seconds that ``cp`` and ``sha256sum`` take."""
    copy = folder / "copy"
    begun = time.perf_counter()
    subprocess.run(["cp", str(file), str(copy)], check=True)  # noqa: S607
    subprocess.run(["sha256sum", str(copy)], check=True, stdout=subprocess.DEVNULL)  # noqa: S607
    seconds = time.perf_counter() - begun
    copy.unlink()
    return seconds


def memory(pid: int, name: str) -> float:
    """A process's ``VmRSS`` or ``VmHWM`` (its peak) in MiB; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = [line for line in status.splitlines() if line.startswith(name)]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def children(pid: int) -> list[int]:
    """The processes that any thread of a process has started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


class ChildWatch(threading.Thread):
    """Looks every few milliseconds how large the workers' children have grown."""

    def __init__(self, workers: list[int]) -> None:
        super().__init__(daemon=True)
        self.workers = workers
        self.peak = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.005):
            for worker in self.workers:
                for child in children(worker):
                    self.peak = max(self.peak, memory(child, "VmHWM"))


def measure(
    running: server.Server, film_path: Path, folder: Path, *, runs: int
) -> dict[str, float]:
    """Take the figures."""
    small = folder / "small.mp4"
    with av.open(str(small), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 48)))))
        container.mux(stream.encode())
    # Every worker has then loaded what it needs; connections go to whichever is free.
    for _ in range(8):
        _expect_taken(sending.send(running, small))
    workers = running.workers()
    seconds, baselines, growth, child_peak = [], [], 0.0, 0.0
    for run in range(runs):
        file = folder / f"video-{run}.mp4"
        fill_up(film_path, file, run=run)
        baselines.append(by_hand(file, folder))
        before = {}
        for worker in workers:
            # 5 resets the peak to what the process has now.
            Path(f"/proc/{worker}/clear_refs").write_text("5")
            before[worker] = memory(worker, "VmRSS")
        # Watching costs time, so that one run in two is for the clock and one for the memory.
        watch = ChildWatch(workers)
        if run % 2:
            watch.start()
        seconds.append(_expect_taken(sending.send(running, file)))
        watch.over.set()
        child_peak = max(child_peak, watch.peak)
        growth = max([growth, *(memory(worker, "VmHWM") - before[worker] for worker in workers)])
        file.unlink()
    ratios = [mine / theirs for mine, theirs in zip(seconds, baselines, strict=True)]
    return {
        "seconds": round(statistics.median(seconds), 3),
        "baseline_seconds": round(statistics.median(baselines), 3),
        "ratio": round(statistics.median(ratios), 2),
        "best_ratio": round(min(ratios), 2),
        "growth_mib": round(growth, 1),
        "child_mib": round(child_peak, 1),
        "runs": runs,
    }


def _expect_taken(answer: tuple[int, float]) -> float:
    status, seconds = answer
    if status != 201:
        sys.exit(f"The upload was answered with {status}.")
    return seconds


def main() -> int:
    """Print the figures; 1 when one of them is worse than it may be."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as name:
        folder = Path(name)
        film_path = folder / "film.mp4"
        film(film_path)
        with server.running() as running:
            figures = measure(running, film_path, folder, runs=runs)
    print(json.dumps(figures))
    return int(figures["ratio"] > MOST_RATIO or figures["growth_mib"] > MOST_GROWTH_MIB)


if __name__ == "__main__":
    sys.exit(main())
