"""Whether pages still answer while phones upload over poor lines.

``./run bench slow_lines [SECONDS]`` lets sixteen phones send a video each at 64 KB a second, for
longer than the web server's own time limit, and asks for the log-in page all the while. It prints
one JSON object: how many uploads were taken and how long the slowest took, how many pages were
asked for, and how long they took in milliseconds (median and 95th percentile), before and during.
"""

import http.client
import json
import runpy
import statistics
import struct
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from bench.support import sending, server
from bench.upload import MIB, SIZE, film
from shopdisputes.ops import processes

PHONES = 16
BYTES_PER_SECOND = 64 * 1000
#: Between two pages that are asked for.
_PAUSE_SECONDS = 0.1


def page_ms(running: server.Server) -> float:
    """Ask for a page; how long it took, in milliseconds."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection(processes.LOOPBACK, running.port, timeout=60)
    connection.request("GET", "/accounts/login/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"The page was answered with {answer.status}.")
    return (time.perf_counter() - begun) * 1000


def clips(folder: Path, size: int) -> list[Path]:
    """A video for every phone, each another."""
    long = folder / "film.mp4"
    film(long, size=size + 3 * MIB)
    made = []
    for number in range(PHONES):
        path = folder / f"phone-{number}.mp4"
        filling = bytes(number)
        box = struct.pack(">I", 8 + len(filling)) + b"free" + filling
        path.write_bytes(long.read_bytes() + box)
        made.append(path)
    return made


def measure(running: server.Server, files: list[Path]) -> dict[str, float]:
    """Take the figures."""
    for _ in range(10):
        page_ms(running)
    alone = [page_ms(running) for _ in range(30)]
    with ThreadPoolExecutor(PHONES) as phones:
        uploads: list[Future[tuple[int, float]]] = [
            phones.submit(sending.send, running, file, bytes_per_second=BYTES_PER_SECOND)
            for file in files
        ]
        beside = []
        while not all(upload.done() for upload in uploads):
            beside.append(page_ms(running))
            time.sleep(_PAUSE_SECONDS)
    answers = [upload.result() for upload in uploads]
    return {
        "phones": PHONES,
        "taken": sum(status == http.HTTPStatus.CREATED for status, _seconds in answers),
        "slowest_upload_seconds": round(max(seconds for _status, seconds in answers), 1),
        "pages": len(beside),
        "page_ms_alone": round(statistics.median(alone), 1),
        "page_ms": round(statistics.median(beside), 1),
        "page_ms_p95": round(statistics.quantiles(beside, n=20)[-1], 1),
    }


def main() -> int:
    """Print the figures; 1 when an upload was not taken."""
    limit = runpy.run_path(str(server.ROOT / "gunicorn.conf.py"))["timeout"]
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else limit + 15
    size = min(SIZE, BYTES_PER_SECOND * seconds)
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as name:
        files = clips(Path(name), size)
        with server.running(static_files=True) as running:
            figures = measure(running, files)
    print(json.dumps(figures | {"web_server_limit_seconds": limit}))
    return int(figures["taken"] < PHONES)


if __name__ == "__main__":
    sys.exit(main())
