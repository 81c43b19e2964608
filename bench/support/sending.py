"""A form with one file, sent over a bare socket so that the sender costs next to nothing."""

import socket
import time
from pathlib import Path

from bench.support.server import Server
from shopdisputes.ops import processes

_BOUNDARY = "----------------------bench"


def send(server: Server, file: Path, *, bytes_per_second: int = 0) -> tuple[int, float]:
    """Upload a file to the server's item; the answer's status, and the seconds that it took."""
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
    size = file.stat().st_size
    request = (
        f"POST {server.media_path} HTTP/1.1\r\nHost: {processes.LOOPBACK}:{server.port}\r\n"
        f"Authorization: Token {server.key}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n"
        f"Content-Length: {len(head) + size + len(tail)}\r\nConnection: close\r\n\r\n"
    ).encode()
    begun = time.perf_counter()
    with (
        socket.create_connection((processes.LOOPBACK, server.port), timeout=300) as line,
        file.open("rb") as content,
    ):
        line.sendall(request + head)
        if bytes_per_second:
            _trickle(line, content.read(), bytes_per_second)
        else:
            line.sendfile(content)
        line.sendall(tail)
        answer = line.makefile("rb").read()
    return int(answer.split(b" ", 2)[1]), time.perf_counter() - begun


def _trickle(line: socket.socket, content: bytes, bytes_per_second: int) -> None:
    # Ten pieces a second, as a poor line brings them.
    piece = bytes_per_second // 10
    for start in range(0, len(content), piece):
        line.sendall(content[start : start + piece])
        time.sleep(0.1)
