"""How the web server runs, wherever it is started from this folder: container, demo, systemd.

Options on the command line win over what stands here.
"""

from typing import Any

#: A request occupies a thread for as long as it takes to arrive: 50 MB over a phone take minutes.
#: Threads, because the time limit below then watches the process and never such a request.
worker_class = "gthread"
workers = 2
threads = 16
timeout = 60
graceful_timeout = 30
#: No control socket: it would lie in the home folder, where two installations meet.
control_socket_disable = True

#: A phone that went out of reach says nothing, ever; without this it would keep its thread.
_SILENCE_SECONDS = 60
#: How much of a body is read ahead of who asks for it in pieces of 64 KiB. What was not yet asked
#: for is copied every time: with the usual megabyte that takes longer than everything else.
_READ_AHEAD_BYTES = 256 * 1024


def pre_request(worker: Any, request: Any) -> None:
    """Give up on whoever neither sends nor takes a byte for a minute; read ahead a little."""
    request.unreader.sock.settimeout(_SILENCE_SECONDS)
    request.unreader.max_body_chunk = _READ_AHEAD_BYTES
