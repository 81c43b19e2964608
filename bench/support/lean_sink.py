"""A mail server for benchmarks: it writes each Message-ID to a file, answers, and forgets.

Like every mail server in use it lets its clients group what they say (RFC 2920).

A process of its own without Django, so that it takes as little as possible from what is measured.
``python -m bench.support.lean_sink FILE`` prints its port and serves until it is killed.
"""

import os
import re
import socket
import sys
import threading
from io import BufferedReader

_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")


def serve(file: str) -> None:
    """Serve on a free port of loopback."""
    taken = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _address = listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_talk, args=(connection, taken), daemon=True).start()


def _talk(connection: socket.socket, taken: int) -> None:
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 lean\r\n")
        while line := lines.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                connection.sendall(b"250-lean\r\n250 PIPELINING\r\n")
            elif word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                os.write(taken, _message_id(lines) + b"\n")
                connection.sendall(b"250 2.0.0 kept\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 OK\r\n")


def _message_id(lines: BufferedReader) -> bytes:
    found = b""
    while (line := lines.readline()) != b".\r\n":
        if not found and (match := _MESSAGE_ID.match(line)):
            found = match[1]
    return found


if __name__ == "__main__":
    serve(sys.argv[1])
