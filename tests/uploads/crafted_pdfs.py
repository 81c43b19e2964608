"""PDFs: honest, active, locked, swollen and broken."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from tests import media
from tests.uploads.crafting import ACCEPTED, QUARANTINED, SCRIPT, Case, inflating, truncated, zip_of


def cases() -> Iterator[Case]:
    """Yield all crafted PDFs."""
    yield from _honest()
    yield from _active()
    yield from _refused()
    yield from truncated("pdf", media.pdf(4))


def pdf_with_script() -> bytes:
    """A PDF that runs a script when it is opened."""
    return _made(_opens_with(S=Name.JavaScript, JS="app.alert(1)"))


def _made(change: Callable[[Pdf], Any], **save: Any) -> bytes:
    document = Pdf.open(io.BytesIO(media.pdf()))
    change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def _opens_with(**action: Any) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = Dictionary(**action)

    return change


def _script() -> Any:
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _annotated(action: Callable[[], Any]) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), A=action())
        document.pages[0].Annots = Array([document.make_indirect(note)])

    return change


def _goes_to_page(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]))


def _goes_to_page_and_on(document: Pdf) -> None:
    _goes_to_page(document)
    document.Root.OpenAction.Next = Dictionary(S=Name.URI, URI="https://example.com/")


def _shows_page(document: Pdf) -> None:
    document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])


def _honest() -> Iterator[Case]:
    link = _annotated(lambda: Dictionary(S=Name.URI, URI="https://example.com/"))
    for name, content in (
        ("pdf", media.pdf()),
        ("pdf-500-pages", media.pdf(500)),
        ("pdf-line-behind-end", media.pdf() + b"\r\n"),
        (
            "pdf-in-object-streams",
            _made(link, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        ),
        ("pdf-for-the-web", _made(link, linearize=True)),
        ("pdf-with-link", _made(link)),
        ("pdf-opens-at-page", _made(_goes_to_page)),
        ("pdf-shows-page", _made(_shows_page)),
        ("pdf-unpacks-to-100-mb", _made(lambda document: _attach_stream(document, 100_000_000))),
        ("pdf-without-its-table", media.pdf().replace(b"xref\n0", b"xxxx\n0", 1)),
    ):
        yield Case(name, ACCEPTED, content)


def _active() -> Iterator[Case]:
    packed = pikepdf.ObjectStreamMode.generate

    def by_name(document: Pdf) -> None:
        document.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array(["a", document.make_indirect(_script())]))
        )

    def form(**entries: Any) -> Callable[[Pdf], None]:
        def change(document: Pdf) -> None:
            document.Root.AcroForm = Dictionary(Fields=Array(), **entries)

        return change

    def page_acts(document: Pdf) -> None:
        document.pages[0].AA = Dictionary(O=_script())

    def lies_about(document: Pdf) -> None:
        # Nothing refers to it now; with another table of contents something may.
        document.make_indirect(_script())
        document.Root.PieceInfo = document.make_indirect(
            Dictionary(Private=Dictionary(A=_script()))
        )

    def carries(document: Pdf) -> None:
        document.attachments["x.exe"] = b"MZ"

    def deep(document: Pdf) -> None:
        inner: Any = Array([_script()])
        for _level in range(60):
            inner = Array([Dictionary(K=inner)])
        document.Root.PieceInfo = inner

    for name, content in (
        ("script-on-opening", pdf_with_script()),
        ("script-by-name", _made(by_name)),
        ("script-in-object-stream", _made(by_name, object_stream_mode=packed)),
        ("script-in-note", _made(_annotated(_script))),
        ("script-of-page", _made(page_acts)),
        ("script-deep-inside", _made(deep)),
        ("script-aside", _made(lies_about)),
        ("launch", _made(_opens_with(S=Name.Launch, F="cmd.exe"))),
        ("launch-in-note", _made(_annotated(lambda: Dictionary(S=Name.Launch, F="cmd.exe")))),
        ("file-inside", _made(carries)),
        (
            "film-inside",
            _made(
                _annotated(
                    lambda: Dictionary(
                        S=Name.RichMediaExecute, TA=Dictionary(Subtype=Name.RichMedia)
                    )
                )
            ),
        ),
        ("rendition", _made(_annotated(lambda: Dictionary(S=Name.Rendition)))),
        ("xfa", _made(form(XFA=Array()))),
        (
            "sends-form",
            _made(_annotated(lambda: Dictionary(S=Name.SubmitForm, F="https://example.com/"))),
        ),
        ("reads-form", _made(_annotated(lambda: Dictionary(S=Name.ImportData, F="/etc/passwd")))),
        ("goes-elsewhere", _made(_opens_with(S=Name.GoToR, F="//evil.example/share/x.pdf"))),
        ("goes-inside", _made(_opens_with(S=Name.GoToE))),
        ("opens-address", _made(_opens_with(S=Name.URI, URI="https://example.com/"))),
        ("opens-page-and-more", _made(_goes_to_page_and_on)),
        ("script-spelt-oddly", _hidden_in_spelling()),
        (
            "script-of-an-older-revision",
            media.pdf() + b"\n99 0 obj<</S/JavaScript >>endobj\n" + b"startxref\n0\n%%EOF\n",
        ),
    ):
        yield Case(f"pdf-{name}", QUARANTINED, content)


def _hidden_in_spelling() -> bytes:
    """Letters of a name written as numbers, as readers allow; the table counts bytes, so equal."""
    plain = _made(
        _opens_with(S=Name.JavaScript, JS="app.alert(1)"),
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return plain.replace(b"/JavaScript", b"/J#61v#61Script").replace(b"/JS", b"/#4a#53")


def _attach_stream(document: Pdf, size: int, *, times: int = 1) -> None:
    packed = inflating(size)
    document.Root.PieceInfo = Array(
        [
            document.make_indirect(pikepdf.Stream(document, packed, Filter=Name.FlateDecode))
            for _time in range(times)
        ]
    )


def _nested_bomb(document: Pdf) -> None:
    packed = zlib.compress(inflating(400_000_000), 9)
    document.Root.PieceInfo = pikepdf.Stream(
        document, packed, Filter=Array([Name.FlateDecode, Name.FlateDecode])
    )


def _pages_that_go_round() -> bytes:
    return (
        media.pdf()
        .replace(b"/Kids [ 3 0 R ]", b"/Kids [ 2 0 R ]")
        .replace(b"/Kids [ 4 0 R ]", b"/Kids [ 2 0 R ]")
    )


def _refused() -> Iterator[Case]:
    locked = pikepdf.Encryption(owner="owner", user="user")
    half_locked = pikepdf.Encryption(owner="owner", user="")
    paper, archive = media.pdf(), zip_of()

    def without_pages(document: Pdf) -> None:
        del document.pages[:]

    for name, verdict, content in (
        ("locked", "encrypted", _made(lambda _document: None, encryption=locked)),
        ("half-locked", "encrypted", _made(lambda _document: None, encryption=half_locked)),
        ("501-pages", "too-many-pages", media.pdf(501)),
        ("bomb", "too-large-unpacked", _made(lambda d: _attach_stream(d, 210_000_000))),
        ("bombs", "too-large-unpacked", _made(lambda d: _attach_stream(d, 30_000_000, times=7))),
        ("bomb-in-a-bomb", "too-large-unpacked", _made(_nested_bomb)),
        ("and-zip", "polyglot", paper + archive + b"\nstartxref\n0\n%%EOF\n"),
        ("is-a-tape", "polyglot", paper[:257] + b"ustar\0" + paper[263:]),
        ("without-pages", "damaged", _made(without_pages)),
        ("page-behind-mark", "damaged", b"%PDF-1.7 " + SCRIPT),
        ("only-ends", "damaged", b"%PDF-1.7\nstartxref\n9\n%%EOF\n"),
        ("without-catalogue", "damaged", b"%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"),
        ("without-end", "damaged", paper[: paper.rindex(b"startxref")]),
        ("end-far-behind", "damaged", paper + bytes(5000)),
        ("goes-round", "damaged", _pages_that_go_round()),
    ):
        yield Case(f"pdf-{name}", verdict, content)
