"""What a file's first bytes promise; bytes are compared, nothing is taken apart."""

import re

#: How much of a file's beginning ``kind_of`` and ``reason_against`` need.
HEAD_BYTES = 4096

JPEG, PNG, PDF, MP4 = "image/jpeg", "image/png", "application/pdf", "video/mp4"
KINDS = frozenset({JPEG, PNG, PDF, MP4})

#: Brands of MP4 that browsers play.
_MP4_BRANDS = frozenset(
    {b"isom", b"avc1", b"mp41", b"mp42", b"mp71", b"M4V ", b"M4VH", b"M4VP", b"dash", b"MSNV"}
    | {b"iso%d" % number for number in range(2, 10)}
)
_BRAND_REASONS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "heic"),
    **dict.fromkeys((b"mif1", b"msf1", b"mif2"), "heic"),
    **dict.fromkeys((b"avif", b"avis", b"avio"), "avif"),
    b"qt  ": "quicktime",
}
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "picture-kind"),
    (b"BM", "picture-kind"),
    (b"II*\0", "picture-kind"),
    (b"MM\0*", "picture-kind"),
    (b"\xff\x0a", "picture-kind"),
    (b"\0\0\0\x0cJXL ", "picture-kind"),
    (b"\0\0\0\x0cjP  ", "picture-kind"),
    (b"\0\0\x01\0", "picture-kind"),
    (b"8BPS", "picture-kind"),
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"dex\n", "program"),
    (b"\x1aE\xdf\xa3", "video-kind"),
    (b"FLV\x01", "video-kind"),
    (b"\0\0\x01\xba", "video-kind"),
    (b"\0\0\x01\xb3", "video-kind"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"{\\rtf", "office"),
)
_SVG = re.compile(rb"<svg[\s>/:]", re.IGNORECASE)
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe|\?php)\b", re.IGNORECASE)


def kind_of(head: bytes) -> str | None:
    """Return the content type that a file's first bytes promise; None for all that is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return PNG
    if head.startswith(b"%PDF-"):
        return PDF
    brands = _brands(head)
    if brands and brands[0] not in _BRAND_REASONS and not _MP4_BRANDS.isdisjoint(brands):
        return MP4
    return None


def reason_against(head: bytes) -> str:
    """Return why a file without an accepted kind is not taken, as exactly as can be said."""
    if brands := _brands(head):
        return _BRAND_REASONS.get(brands[0], "video-kind")
    for start, reason in _STARTS:
        if head.startswith(start):
            return reason
    if head.startswith(b"RIFF"):
        return "picture-kind" if head[8:12] == b"WEBP" else "video-kind"
    text = _as_text(head)
    if _SVG.search(text):
        return "svg"
    if _PAGE.search(text) or text.startswith(b"<?xml"):
        return "markup"
    return "unknown"


def _brands(head: bytes) -> list[bytes]:
    """The brands of an ISO media file, the major one first; empty for anything else."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head))
    # Four bytes of version stand between the major brand and the compatible ones.
    return [head[at : at + 4] for at in (8, *range(16, end - 3, 4))]


def _as_text(head: bytes) -> bytes:
    """Return ASCII of what may be text in another encoding, without what stands before it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("ascii", "ignore")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()
