"""The virus scanner is asked over its connection; whatever is no verdict counts as away."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopdisputes.ops import processes
from shopdisputes.uploads import scanning
from tests import media, services

LARGE = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def clamd() -> Iterator[services.Clamd]:
    """A real clamd that takes files of at most 1 MiB."""
    with services.clamd(largest="1M") as running:
        yield running


@pytest.fixture(params=["tcp", "unix"])
def address(request: pytest.FixtureRequest, clamd: services.Clamd) -> str:
    """Its address, in both forms."""
    return str(getattr(clamd, request.param))


def test_a_clean_file_passes(address: str) -> None:
    assert scanning.scan(io.BytesIO(media.jpeg()), address=address) == scanning.Verdict()


def test_an_infected_file_is_named_after_its_signature(address: str) -> None:
    infected = media.jpeg(comment=services.EICAR)

    verdict = scanning.scan(io.BytesIO(infected), address=address)

    assert verdict == scanning.Verdict(found="Eicar.UNOFFICIAL")


def test_a_file_larger_than_the_scanner_takes_has_no_verdict(address: str) -> None:
    with pytest.raises(scanning.StreamTooShort, match="StreamMaxLength must be at least 50M"):
        scanning.scan(io.BytesIO(bytes(LARGE)), address=address)


def test_a_file_is_read_in_small_pieces(clamd: services.Clamd) -> None:
    class Watched(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            self.largest = max(self.largest, len(piece))
            return piece

    content = Watched(bytes(LARGE // 4))

    assert scanning.scan(content, address=clamd.tcp) == scanning.Verdict()
    assert 0 < content.largest <= 64 * 1024


def test_nobody_who_listens_means_away(tmp_path: Path) -> None:
    for address in (
        f"tcp://{processes.LOOPBACK}:{processes.free_port()}",
        f"unix://{tmp_path}/nothing.sock",
    ):
        with pytest.raises(scanning.ScannerAway, match="clamd does not answer"):
            scanning.scan(io.BytesIO(b"content"), address=address)


def test_another_program_behind_the_address_is_no_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    # It waits for the end of a line that never comes.
    monkeypatch.setattr(scanning, "_PING_SECONDS", 0.5)
    with services.valkey() as broker:
        address = "tcp://" + broker.removeprefix("redis://").removesuffix("/0")
        with pytest.raises(scanning.ScannerAway):
            scanning.scan(io.BytesIO(b"content"), address=address)
