"""How photos, videos and PDFs are described beside them."""

from django import template

register = template.Library()


@register.filter
def duration(milliseconds: int | None) -> str:
    """Write how long a video is: minutes and seconds, hours only where there are any."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
