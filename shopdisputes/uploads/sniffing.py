"""What a file is, by its content. Names and declared types are claims of strangers."""

from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopdisputes.uploads.jailed import heads
from shopdisputes.uploads.models import FileKind

#: How much of a file's beginning ``kind_of`` needs.
HEAD_BYTES = heads.HEAD_BYTES

#: What people are told, by the word of the one who examined the file.
REASONS: Mapping[str, str | Promise] = {
    "damaged": gettext_lazy("This file is damaged or not what its beginning says."),
    "unsafe": gettext_lazy("This file could not be read safely, so it was not taken."),
    "too-many-pixels": gettext_lazy("This picture has more than 50 megapixels."),
    "polyglot": gettext_lazy(
        "This file is two things at once, which attackers do. Take the photo or save the file anew."
    ),
    "encrypted": gettext_lazy("This PDF is protected by a password. Save it without one."),
    "too-many-pages": gettext_lazy("This PDF has more than 500 pages."),
    "too-large-unpacked": gettext_lazy("This PDF unpacks to more than 200 MB."),
    "no-video": gettext_lazy("This MP4 file holds no video."),
    "data-elsewhere": gettext_lazy("This video refers to files that are not in it."),
    "heic": gettext_lazy(
        "This is a HEIC picture. Take the photo as JPEG: on an iPhone, Settings, Camera, Formats, "
        "Most Compatible."
    ),
    "avif": gettext_lazy("This is an AVIF picture. Save it as JPEG or PNG."),
    "quicktime": gettext_lazy(
        "This is a QuickTime video. Record it as MP4: on an iPhone, Settings, Camera, Formats, "
        "Most Compatible, and share it as MP4."
    ),
    "svg": gettext_lazy("This is an SVG drawing, which can hold scripts. Save it as PNG or PDF."),
    "markup": gettext_lazy("This is a web page, which can hold scripts. Print it to a PDF."),
    "archive": gettext_lazy("This is an archive. Unpack it and send the files one by one."),
    "program": gettext_lazy("This is a program. Programs are not taken."),
    "office": gettext_lazy("This is a text document or table. Save it as PDF."),
    "picture-kind": gettext_lazy("Pictures of this kind are not taken. Save it as JPEG or PNG."),
    "video-kind": gettext_lazy("Videos of this kind are not taken. Save it as MP4."),
}


def kind_of(head: bytes) -> FileKind | None:
    """Return the kind that a file's first bytes promise; None for anything not accepted."""
    kind = heads.kind_of(head)
    return None if kind is None else FileKind(kind)


def sentence_for(reason: str, *, allowed: Collection[FileKind]) -> str:
    """Return in words why a file is not taken; ``""`` or an unknown word: it is not ``allowed``."""
    if reason in REASONS:
        return str(REASONS[reason])
    return _("This is not one of: %(kinds)s. The content counts, not the name.") % {
        "kinds": ", ".join(kind.label for kind in allowed)
    }
