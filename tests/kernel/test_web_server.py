"""The web server's settings reach what they mean in the gunicorn that is installed."""

import runpy
import socket
from pathlib import Path

import pytest
from django.conf import settings
from gunicorn import http
from gunicorn.config import KNOWN_SETTINGS, Config

CONFIG = runpy.run_path(str(Path(settings.BASE_DIR) / "gunicorn.conf.py"))


def test_every_setting_is_one_of_gunicorns():
    ours = {name for name in CONFIG if name.islower() and not name.startswith("_")}
    assert ours >= {"worker_class", "threads", "timeout", "pre_request"}
    assert ours <= {setting.name for setting in KNOWN_SETTINGS}


def test_who_falls_silent_in_the_midst_of_a_body_is_given_up():
    phone, server = socket.socketpair()
    with phone, server:
        phone.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        request = next(http.get_parser(Config(), server, ("127.0.0.1", 1)))
        CONFIG["pre_request"](None, request)
        assert server.gettimeout() == 60
        # A minute, in this test, is over at once.
        server.settimeout(0.01)
        with pytest.raises(TimeoutError):
            request.body.read(100)


def test_a_body_is_read_ahead_by_little():
    phone, server = socket.socketpair()
    with phone, server:
        phone.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + b"x" * 100)
        request = next(http.get_parser(Config(), server, ("127.0.0.1", 1)))
        usual = request.unreader.max_body_chunk
        CONFIG["pre_request"](None, request)
        assert request.unreader.max_body_chunk < usual
        assert request.body.read(100) == b"x" * 100
