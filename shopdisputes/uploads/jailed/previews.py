"""Drawing the small pictures of a file: from its pixels alone, so nothing else comes along."""

import io
from pathlib import Path
from typing import Any

import av
import pypdfium2
from PIL import Image, ImageCms, ImageOps

#: The longest side of each picture in pixels, by the name of its file.
SIDES = {"web": 1600, "thumbnail": 480}
_QUALITY = 82
#: A small page is enlarged for the screen, but not to a blur: 288 dots an inch.
_LARGEST_PDF_SCALE = 4.0
#: The first picture of a video is often black or blurred.
_POSTER_AT_SECONDS = 1.0
#: How far a video without moments, or one whose pictures are broken, is followed.
_MOST_POSTER_FRAMES = 150
_MOST_BROKEN_PACKETS = 30
#: What phones and cameras record with; the library knows hundreds more, each with its own past.
_VIDEO_CODECS = "h264,hevc,mpeg4,mjpeg,av1,libdav1d,vp8,vp9"
_PILLOW_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def run(kind: str, path: str, folder: str) -> dict[str, int]:
    """Draw ``web.jpg`` and ``thumbnail.jpg`` into ``folder``; return the larger one's size.

    ``kind`` is the file's media type. Neither picture is larger than its side in ``SIDES`` nor
    larger than the original; both are RGB on white, in sRGB, without EXIF, place or comment.
    """
    picture = _draw(kind, Path(path))
    for name, side in SIDES.items():
        picture.thumbnail((side, side))
        picture.save(Path(folder) / f"{name}.jpg", "JPEG", quality=_QUALITY, optimize=True)
        if name == "web":
            width, height = picture.size
    return {"width": width, "height": height}


def _draw(kind: str, path: Path) -> Image.Image:
    """Return a file's picture in web size or a little more."""
    if kind == "application/pdf":
        drawn = _first_page(path)
    elif kind == "video/mp4":
        drawn = _poster(path)
    else:
        drawn = _photo(path, _PILLOW_FORMATS[kind])
    # A fresh picture: the former one's comment would be saved with it.
    clean = Image.new("RGB", drawn.size, "white")
    clean.paste(drawn)
    return clean


def _photo(path: Path, form: str) -> Image.Image:
    with Image.open(path, formats=[form]) as opened:
        profile = opened.info.get("icc_profile")
        image: Image.Image = opened
        if form == "PNG":
            image = _plain_colours(opened)
        # Of a JPEG only as many of its frequencies are unpacked as this size needs.
        image.thumbnail((SIDES["web"], SIDES["web"]))
        upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        flat = Image.new("RGBA", upright.size, "white")
        flat.alpha_composite(upright.convert("RGBA"))
        upright = flat.convert("RGB")
    return _in_srgb(upright, profile)


def _plain_colours(image: Image.Image) -> Image.Image:
    """Return a PNG in a mode that can be made smaller smoothly."""
    if image.mode.startswith("I"):
        # 16 bits of grey; converting would cut off everything brighter than 255.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if image.has_transparency_data else "L" if image.mode in {"1", "L"} else "RGB"
    # Converting to what it already is would copy 200 MB.
    return image if image.mode == wanted else image.convert(wanted)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A broken profile: plain colours, as if it had none.
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _first_page(path: Path) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        longest = max(page.get_size())
        scale = min(SIDES["web"] / longest, _LARGEST_PDF_SCALE)
        drawn: Image.Image = page.render(scale=scale).to_pil()
    return drawn


def _poster(path: Path) -> Image.Image:
    options = {"codec_whitelist": _VIDEO_CODECS}
    with av.open(str(path), format="mp4", options=options) as container:
        stream = container.streams.video[0]
        # A second thread would need a second stack, and gains nothing for one picture.
        stream.codec_context.thread_count = 1
        frame = _frame_near(container, stream)
        width, height = frame.width, frame.height
        shrink = min(1.0, SIDES["web"] / max(width, height))
        drawn: Image.Image = frame.to_image(
            width=max(1, round(width * shrink)), height=max(1, round(height * shrink))
        )
        return drawn.rotate(frame.rotation, expand=True) if frame.rotation else drawn


def _frame_near(container: Any, stream: Any) -> Any:
    """Return the first frame from ``_POSTER_AT_SECONDS`` on, or the last one before."""
    found, frames, broken = None, 0, 0
    for packet in container.demux(stream):
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            broken += 1
            if broken > _MOST_BROKEN_PACKETS:
                break
            continue
        for frame in decoded:
            found, frames = frame, frames + 1
            if (frame.time or 0.0) >= _POSTER_AT_SECONDS or frames >= _MOST_POSTER_FRAMES:
                return found
    if found is None:
        raise ValueError("no picture of the video can be decoded")
    return found
