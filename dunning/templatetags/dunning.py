"""What every page about reminders shows."""

from typing import Any

from django import template
from django.template import Context

from dunning.models import settings_of

register = template.Library()


@register.inclusion_tag("dunning/_paused.html", takes_context=True)
def pause_banner(context: Context) -> dict[str, Any]:
    """Say that all reminders of the shop are paused, since when and why; else nothing."""
    return {"pause": settings_of(context["request"].shop)}
