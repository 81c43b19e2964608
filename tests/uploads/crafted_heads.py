"""Files that are none of the four kinds from their first byte on."""

from collections.abc import Iterator

from tests import media
from tests.uploads.crafting import PAGE, SCRIPT, Case, box, zip_of

_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def cases() -> Iterator[Case]:
    """Yield them by the word of their refusal."""
    for name, content in (
        ("plain", _SVG),
        ("declared", b'<?xml version="1.0"?>\n' + _SVG),
        ("marked-as-utf8", b"\xef\xbb\xbf" + _SVG),
        ("utf16-little", _SVG.decode().encode("utf-16")),
        ("utf16-big", b"\xfe\xff" + _SVG.decode().encode("utf-16-be")),
        ("loud", _SVG.upper()),
        ("behind-a-comment", b"<!-- " + b"x" * 900 + b" -->" + _SVG),
        ("with-prefix", b'<?xml version="1.0"?><s:svg xmlns:s="x"/>'.replace(b"s:svg", b"svg:svg")),
        ("with-doctype", b'<!DOCTYPE svg PUBLIC "x" [<!ENTITY a "b">]>' + _SVG),
    ):
        yield Case(f"svg-{name}", "svg", content)
    for name, content in (
        ("page", PAGE),
        ("page-after-blanks", b"\r\n\t  " + PAGE),
        ("page-marked-as-utf8", b"\xef\xbb\xbf" + PAGE),
        ("page-utf16", PAGE.decode().encode("utf-16")),
        ("script", SCRIPT),
        ("xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
        ("xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>'),
        ("php", b"<?php system($_GET['c']);"),
        ("mht", b"MIME-Version: 1.0\n\n" + PAGE),
        ("jpeg-behind-a-page", PAGE + media.jpeg()),
    ):
        yield Case(f"markup-{name}", "markup", content)
    for name, content in (
        ("gif", b"GIF89a\1\0\1\0\0\0\0;"),
        ("gif-script", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"),
        ("gif-archive", b"GIF89a\1\0\1\0\0\0\0;" + zip_of()),
        ("webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24)),
        ("bmp", b"BM" + bytes(60)),
        ("tiff-little", b"II*\0" + bytes(60)),
        ("tiff-big", b"MM\0*" + bytes(60)),
        ("icon", b"\0\0\1\0\1\0" + bytes(60)),
        ("jxl-bare", b"\xff\x0a" + bytes(60)),
        ("jxl", b"\0\0\0\x0cJXL \r\n\x87\n"),
        ("jpeg2000", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("photoshop", b"8BPS\0\1" + bytes(60)),
    ):
        yield Case(f"picture-{name}", "picture-kind", content)
    rest = box(b"meta", bytes(40)) + box(b"mdat", bytes(40))
    for name, brands, verdict in (
        ("heic", b"heic\0\0\0\0mif1heic", "heic"),
        ("heix", b"heix\0\0\0\0mif1heix", "heic"),
        ("mif1", b"mif1\0\0\0\0heicmif1", "heic"),
        ("msf1", b"msf1\0\0\0\0hevcmsf1", "heic"),
        ("heic-that-says-mp4", b"heic\0\0\0\0isommp42", "heic"),
        ("avif", b"avif\0\0\0\0mif1miaf", "avif"),
        ("avif-sequence", b"avis\0\0\0\0msf1miaf", "avif"),
        ("quicktime", b"qt  \0\0\0\0qt  ", "quicktime"),
        ("quicktime-that-says-mp4", b"qt  \0\0\0\0qt  mp42", "quicktime"),
        ("3gp", b"3gp4\0\0\0\0" + b"3gp4", "video-kind"),
        ("m4a", b"M4A \0\0\0\0" + b"M4A ", "video-kind"),
        ("canon-raw", b"crx \0\0\0\1" + b"crx ", "video-kind"),
        ("no-brand", b"", "video-kind"),
    ):
        yield Case(f"brand-{name}", verdict, box(b"ftyp", brands) + rest)
    for name, content in (
        ("matroska", b"\x1aE\xdf\xa3" + bytes(60)),
        ("avi", b"RIFF\x24\0\0\0AVI LIST" + bytes(24)),
        ("wave", b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)),
        ("flash-video", b"FLV\1\5" + bytes(60)),
        ("mpeg", b"\0\0\1\xba" + bytes(60)),
    ):
        yield Case(f"video-{name}", "video-kind", content)
    for name, content in (
        ("zip", zip_of()),
        ("empty-zip", b"PK\5\6" + bytes(18)),
        ("word-file", zip_of("word/document.xml", b"<w:document/>")),
        ("zip-slip", zip_of("../../../../etc/cron.d/x", b"* * * * * root id")),
        ("rar", b"Rar!\x1a\7\1\0" + bytes(20)),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(20)),
        ("gzip", b"\x1f\x8b\x08\0" + bytes(20)),
        ("bzip2", b"BZh91AY&SY" + bytes(20)),
        ("xz", b"\xfd7zXZ\0" + bytes(20)),
    ):
        yield Case(f"archive-{name}", "archive", content)
    for name, content in (
        ("exe", b"MZ\x90\0" + bytes(80)),
        ("elf", b"\x7fELF\2\1\1" + bytes(80)),
        ("class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(20)),
        ("mach-o", b"\xcf\xfa\xed\xfe" + bytes(80)),
        ("shell", b"#!/bin/sh\nid\n"),
        ("dex", b"dex\n035\0" + bytes(20)),
    ):
        yield Case(f"program-{name}", "program", content)
    yield Case("office-ole", "office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(80))
    yield Case("office-rtf", "office", rb"{\rtf1 {\object\objdata 0105}}")
    for name, content in (
        ("nothing", b""),
        ("one-byte", b"x"),
        ("zeros", bytes(5000)),
        ("text", b"Front pads 2 mm.\n"),
        ("table", b'=cmd|" /C calc"!A0,1\n'),
        ("json", b'{"kind": "image/jpeg"}'),
        ("virus-of-tests", _EICAR),
        ("half-a-jpeg-mark", b"\xff\xd8"),
        ("half-a-png-mark", b"\x89PNG\r\n\x1a\n"),
        ("half-a-pdf-mark", b"%PDF"),
        ("png-of-another-order", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT" + bytes(30)),
        ("jpeg-behind-a-blank", b" " + media.jpeg()),
        ("pdf-behind-a-line", b"\n" + media.pdf()),
        ("pdf-behind-rubbish", b"rubbish\n" * 20 + media.pdf()),
        ("video-without-brands", media.mp4()[28:]),
    ):
        yield Case(f"unknown-{name}", "unknown", content)
