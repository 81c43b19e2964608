"""Typesetting: PDFs of frozen texts, made once, whatever happens in between."""

import base64
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, transaction
from PIL import Image
from pypdf import PdfReader

from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import queueing, rendering, ringing, typesetting
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.documents.tasks import drain
from shopdisputes.shops.models import Shop
from tests.factories import NOW, DocumentFactory, ShopFactory, StoredFileFactory

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "navy").save(file, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='en'><title>T</title>{head}<body>{body}</body></html>"


def again(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def pdf_of(document: Document) -> PdfReader:
    with document.file.open("rb") as file:
        return PdfReader(io.BytesIO(file.read()))


def run_at(moment: datetime) -> dict[str, int]:
    return drain(at=moment.isoformat())


def test_makes_the_pdf_and_keeps_its_hash() -> None:
    document = DocumentFactory(
        html=page("<p>First</p><p style='break-before: page'>Second, Замена, чèque</p>")
    )

    assert drain() == {"put_back": 0, "ready": 1, "failed": 0}
    assert drain() == {"put_back": 0, "ready": 0, "failed": 0}

    ready = again(document)
    with ready.file.open("rb") as file:
        content = file.read()
    assert (ready.status, ready.pages, ready.ready_at) == ("ready", 2, NOW)
    assert (ready.sha256, ready.size) == (sha256_hex(content), len(content))
    assert "Second, Замена, чèque" in pdf_of(ready).pages[1].extract_text()
    assert (ready.seal_fingerprint, ready.lease_until) == ("", None)


def test_carries_the_facts_byte_for_byte() -> None:
    facts = json.dumps({"total": "223.08", "line": "Плаquettes"}, ensure_ascii=False)
    document = DocumentFactory(attachment_name="revision.json", attachment=facts)

    drain()

    assert pdf_of(again(document)).attachments == {"revision.json": [facts.encode()]}


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_shows_its_own_pictures(kind: str) -> None:
    document = DocumentFactory(html=page(f"<img src='{picture(kind)}' alt=''>"))

    drain()

    assert len(pdf_of(again(document)).pages[0].images) == 1


SVG = "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='x'/>").decode()


@pytest.mark.parametrize(
    "html",
    [
        page("<img src='http://127.0.0.1:9/a.png' alt=''>"),
        page("<img src='file:///etc/passwd' alt=''>"),
        page("<img src='relative.png' alt=''>"),
        page(f"<img src='{SVG}' alt=''>"),
        page("<img src='data:text/html;base64,AAAA' alt=''>"),
        page("", "<link rel='stylesheet' href='http://127.0.0.1:9/a.css'>"),
        page("", "<link rel='attachment' href='file:///etc/passwd'>"),
        page("", "<style>@import url(http://127.0.0.1:9/a.css);</style>"),
        page("", "<style>body {background: url(file:///etc/passwd)}</style>"),
        page("a", "<style>@font-face {font-family: a; src: url(http://127.0.0.1:9/a)}</style>"),
        page("<object data='http://127.0.0.1:9/a.png'></object>"),
        page("<embed src='file:///etc/passwd'>"),
    ],
)
def test_loads_nothing_from_outside_and_says_why(html: str) -> None:
    document = DocumentFactory(html=html)
    fine = DocumentFactory()

    drain()

    assert again(fine).status == "ready"
    stopped = again(document)
    assert (stopped.status, stopped.attempts) == ("queued", 1)
    assert "not a picture of this document" in stopped.last_error
    assert stopped.next_try_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_cannot_be_shown_stops_the_document(kind: str) -> None:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, kind)
    half = base64.b64encode(file.getvalue()[:700]).decode()
    document = DocumentFactory(
        html=page(f"<img src='data:image/{kind.lower()};base64,{half}' alt=''>")
    )

    drain()

    assert again(document).status == "queued"
    assert "a picture that cannot be shown" in again(document).last_error


def test_tries_again_later_and_later() -> None:
    document = DocumentFactory(html=page("<img src='file:///x.png' alt=''>"))

    drain()
    assert run_at(NOW + timedelta(seconds=59))["failed"] == 0
    assert run_at(NOW + timedelta(seconds=60))["failed"] == 1

    assert again(document).next_try_at == NOW + timedelta(seconds=60 + 120)
    assert [typesetting.backoff(n) // timedelta(minutes=1) for n in (1, 2, 6, 7, 90)] == [
        1,
        2,
        32,
        60,
        60,
    ]


@pytest.mark.parametrize("since", [timedelta(seconds=120), timedelta(days=400)])
def test_what_a_killed_worker_left_is_taken_up(since: timedelta) -> None:
    document = DocumentFactory()
    Document.objects.claim(document.pk, at=NOW - since, lease_until=NOW - since + typesetting.LEASE)

    assert drain() == {"put_back": 1, "ready": 1, "failed": 0}

    assert again(document).status == "ready"


def test_what_brought_a_worker_down_goes_behind_all_others() -> None:
    heavy = DocumentFactory(next_try_at=NOW - timedelta(days=1))
    Document.objects.claim(heavy.pk, at=NOW - typesetting.LEASE, lease_until=NOW)
    light = DocumentFactory(next_try_at=NOW - timedelta(seconds=1))

    assert typesetting.sweep(at=NOW) == 1

    assert list(Document.objects.due(at=NOW)) == [light, heavy]
    assert (again(heavy).attempts, again(heavy).last_error) == (
        1,
        "the typesetter stopped while making it",
    )


def test_what_a_living_worker_holds_is_left_alone() -> None:
    document = DocumentFactory()
    Document.objects.claim(document.pk, at=NOW, lease_until=NOW + typesetting.LEASE)

    assert run_at(NOW + timedelta(seconds=119)) == {"put_back": 0, "ready": 0, "failed": 0}

    assert again(document).status == "claimed"


def test_a_half_written_file_of_a_killed_worker_is_not_taken_for_the_pdf(media: Path) -> None:
    document = DocumentFactory()
    half = media / "documents" / str(document.shop_id) / f"{document.pk}.pdf"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"%PDF-1.7 half of")

    drain()

    ready = again(document)
    with ready.file.open("rb") as file:
        assert sha256_hex(file.read()) == ready.sha256
    assert half.read_bytes() == b"%PDF-1.7 half of"


def test_a_worker_that_lost_its_claim_leaves_no_file(media: Path) -> None:
    document = DocumentFactory()
    slow = Document.objects.claim(document.pk, at=NOW, lease_until=NOW + typesetting.LEASE)
    assert slow is not None
    later = NOW + timedelta(minutes=5)
    run_at(later)
    ready = again(document)

    assert typesetting._finish(slow, lambda: later) is False

    assert again(document).sha256 == ready.sha256
    assert len(list(media.rglob("*.pdf"))) == 1


def test_a_full_disk_puts_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    document = DocumentFactory()

    def full(*_args: object, **_kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)

    drain()

    assert (again(document).status, again(document).attempts) == ("queued", 1)
    assert "No space left on device" in again(document).last_error


def test_being_told_to_stop_puts_it_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    document = DocumentFactory()

    def stop(*_args: object, **_kwargs: object) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(typesetting, "typeset", stop)

    with pytest.raises(SystemExit):
        drain()

    assert (again(document).status, again(document).lease_until) == ("queued", None)


def test_a_ready_document_is_frozen() -> None:
    document = DocumentFactory()
    drain()

    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(html="<p>other</p>")
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).delete()


def test_stops_when_its_time_is_up() -> None:
    DocumentFactory.create_batch(2)
    left = iter([True, True, False, False])

    counts = typesetting.drain(clock=lambda: NOW, time_left=lambda: next(left))

    assert counts["ready"] == 1


def test_queueing_freezes_the_text_and_rings(
    shop: Shop, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        document = queueing.enqueue(
            shop=shop,
            kind=DocumentKind.ESTIMATE,
            title="Estimate EST-2026-0001",
            filename="EST-2026-0001.pdf",
            language="fr",
            html=page("Devis"),
            target_id=shop.pk,
            repair_order_id=None,
            at=NOW,
        )

    assert callbacks == [ringing.ring]
    assert (document.status, document.seal_wanted, document.next_try_at) == ("queued", False, NOW)


@pytest.fixture
def words() -> dict[str, object]:
    return {
        "document_title": "Estimate EST-2026-0001",
        "document_number": "EST-2026-0001",
        "repair_order_number": "RO-2026-0007",
        "short_hash": "a1b2c3d4e5f60708",
    }


def test_every_page_says_where_it_belongs(words: dict[str, object]) -> None:
    shop = ShopFactory(name="Garage des Brotteaux")
    html = rendering.render("base_document.html", {"shop": shop, **words}, "en")
    many = html.replace("</main>", "<p style='break-before: page'>More</p>" * 2 + "</main>")
    document = DocumentFactory(shop=shop, html=many)

    drain()

    for number, sheet in enumerate(pdf_of(again(document)).pages, start=1):
        text = " ".join(sheet.extract_text().split())
        assert f"Page {number} / 3" in text
        assert "Repair order RO-2026-0007 · EST-2026-0001" in text
        assert "SHA-256 a1b2c3d4e5f60708…" in text
        assert "Garage des Brotteaux" in text


def test_the_logo_lies_in_the_document_itself(words: dict[str, object]) -> None:
    content = base64.b64decode(picture().partition(",")[2])
    stored = StoredFileFactory(content=content)
    stored.shop.logo_sha256 = stored.sha256

    html = rendering.render("base_document.html", {"shop": stored.shop, **words}, "en")

    assert f'<img class="logo" src="{picture()}" alt="">' in html


def test_a_name_cannot_become_markup(words: dict[str, object]) -> None:
    shop = ShopFactory(name="<script>alert(1)</script>", legal_name="")

    html = rendering.render("base_document.html", {"shop": shop, **words}, "en")

    assert "<script>" not in html


def test_only_png_and_jpeg_become_pictures() -> None:
    with pytest.raises(ValueError, match="neither PNG nor JPEG"):
        rendering.data_uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


@pytest.mark.parametrize("lines", range(11, 19))
def test_totals_never_stand_alone_on_a_page(lines: int) -> None:
    rows = "".join(
        f"<tr><td>Line {n}<br>why<br>how</td><td class='amount'>1.00</td></tr>"
        for n in range(lines)
    )
    html = page(
        "<table class='lines'><thead><tr><th>What</th><th>Price</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        "<table class='totals'><tr><td>Net</td><td>9.00</td></tr>"
        "<tr class='grand'><td>Grand total</td><td>9.99</td></tr></table>",
        f"<style>{rendering.stylesheet()}</style>",
    )
    document = DocumentFactory(html=html)

    drain()

    (with_total,) = (
        sheet.extract_text()
        for sheet in pdf_of(again(document)).pages
        if "Grand total" in sheet.extract_text()
    )
    assert f"Line {lines - 1}" in with_total
    assert "What" in with_total
    assert "Net" in with_total
