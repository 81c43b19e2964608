"""Filters and tags that every template has: amounts, days, icons, states, forms."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import phonenumbers
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import format_day
from shopdisputes.money import format_money
from shopdisputes.web import saved_views as keeping
from shopdisputes.web import sentences, settings_menu
from shopdisputes.web.contributions import NavigationEntry

register = template.Library()


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Write an amount with its currency: ``{{ total|money:shop.currency }}``."""
    return "" if amount is None else format_money(amount, currency=currency, language=_language())


@register.filter
def quantity(number: Decimal | None) -> str:
    """Write a quantity without zeros that say nothing: 1.500 is 1.5."""
    return "" if number is None else str(format_decimal(number, "#,##0.###", locale=_language()))


@register.filter
def percent(rate: Decimal | None) -> str:
    """Write a rate given in per cent: 8.25 is 8.25 % the way the language puts it."""
    if rate is None:
        return ""
    number = format_decimal(rate, "#,##0.##", locale=_language())
    return f"{number}%" if _language() == "en" else f"{number}\u00a0%"


@register.filter
def weekday(on: date | None) -> str:
    """Write the name of a day as it stands within a sentence: Friday, vendredi, пятница."""
    return "" if on is None else str(format_date(on, "EEEE", locale=_language()))


@register.filter
def day(moment: date | datetime | None) -> str:
    """Write a day in words; a moment is that day in the shop's zone."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    return format_day(moment, language=_language())


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment in the shop's zone, to the minute."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{day(value)}, {format_datetime(local, 'HH:mm', locale=_language())}"


@register.filter
def ago(value: datetime | None) -> SafeString:
    """Write how far away a moment is, with the moment itself for who points at it."""
    if value is None:
        return SafeString("")
    distance = format_timedelta(
        value - timezone.now(), add_direction=True, locale=_language(), threshold=1.1
    )
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), moment(value), distance
    )


@register.filter
def days_away(value: datetime) -> SafeString:
    """Write how many of the shop's days away a moment is, with its day for who points at it."""
    on = timezone.localtime(value).date()
    days = (on - timezone.localdate()).days
    words = (
        format_timedelta(
            timedelta(days=days),
            granularity="day",
            add_direction=True,
            locale=_language(),
            threshold=1.1,
        )
        if days
        else gettext("today")
    )
    return format_html('<time datetime="{}" title="{}">{}</time>', on.isoformat(), day(on), words)


@register.filter
def phone(number: str) -> str:
    """Write a stored number (E.164) in groups, as people read it out."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def sentence(event: AuditEvent) -> str:
    """Say what happened, in words."""
    return sentences.sentence(event)


@cache
def _svg(name: str) -> str:
    text = (settings.ASSETS_DIR / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).strip()
    return re.sub(
        r"<svg[^>]*>",
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true" focusable="false">',
        text,
        count=1,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the installed icons; it is decoration, the words stand beside it.

    Raises:
        FileNotFoundError: there is no such icon among the installed ones.
    """
    # Our own installed file, never anybody's input.
    return mark_safe(_svg(name))  # noqa: S308


@register.simple_tag
def kept(template_name: str, **facts: Any) -> SafeString:
    """Draw a template from ``facts`` alone and keep it: ``{% kept "components/rail.html" ... %}``.

    For what is the same on page after page. It sees no request, no user and no shop, and is drawn
    once for each language and each set of facts, which must be hashable; so nothing may be in it
    that depends on anything else, as days do on the shop's zone.
    """
    # Whoever changes a template while the server runs wants to see it.
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template_name, _language(), tuple(facts.items()))


@lru_cache(maxsize=1000)
def _drawn(template_name: str, language: str, facts: tuple[tuple[str, Any], ...]) -> SafeString:
    return render_to_string(template_name, {"language": language} | dict(facts))


#: What a state means to whoever looks at a list; every other word is neutral.
_TONES = {
    "good": {
        "answered",
        "authorized",
        "sent_ok",
        "ready",
        "closed",
        "sealed",
        "ok",
        "active",
        "agree",
        *("paid", "kept", "completed", "accepted", "done", "installed", "booked", "nothing_due"),
        *("resolved", "agreed", "taken", "confirmed", "auto_confirmed"),
        *("won", "reinstated"),
    },
    "busy": {
        *("sent", "open", "queued", "claimed", "handing", "pending", "in_progress", "shared"),
        *("issued", "unpaid", "part_paid", "promised", "planned", "offered", "ordered", "received"),
        *("submitted", "proposal_out", "under_review", "requested", "delivered"),
    },
    "warn": {
        *("expired", "in_doubt", "deferred", "late"),
        *("attention", "no_answer", "agree_with_remarks", "waiting"),
        *("disputed", "held", "partly_kept", "lapsed", "stopped", "unallocated", "special_order"),
        *("awaiting_customer", "escalated", "needs_response", "chargeback", "not_fixed"),
    },
    "bad": {"failed", "declined", "cancelled", "revoked", "urgent", "disagree", "quarantined"}
    | {"overdue", "broken", "refused", "unsafe", "disassembled", "annulled", "lost"},
}


def tone(state: str) -> str:
    """Return the tone of a state: good, busy, warn, bad or calm."""
    return next((name for name, states in _TONES.items() if state in states), "calm")


@register.simple_tag
def status(state: str, label: Any = "", tone_name: str = "") -> SafeString:
    """Show a state as a word with a dot: ``{% status order.status order.get_status_display %}``."""
    return _state(str(state), str(label), tone_name)


@lru_cache(maxsize=1000)
def _state(state: str, label: str, tone_name: str) -> SafeString:
    return format_html(
        '<span class="state state-{}">{}</span>', tone_name or tone(state), label or state
    )


@register.simple_tag(takes_context=True)
def active(context: Context, url_name: str) -> SafeString:
    """Mark a link that leads to where one is."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.url_name == url_name
    return SafeString('aria-current="page"' if here else "")


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: Context, page: str) -> dict[str, Any]:
    """Draw the menu of the views that somebody keeps of a list: ``{% saved_views "…-list" %}``."""
    return keeping.of(context["request"], page)


@register.simple_tag(takes_context=True)
def settings_sections(context: Context) -> list[tuple[NavigationEntry, str, bool]]:
    """Return the settings' menu: each section, its address, and whether one is in it."""
    here = context["request"].path
    urls = {entry.url_name: reverse(entry.url_name) for entry in settings_menu.sections()}
    # The first section's address begins every other one's.
    inside = max((url for url in urls.values() if here.startswith(url)), key=len, default="")
    return [
        (entry, urls[entry.url_name], urls[entry.url_name] == inside)
        for entry in settings_menu.sections()
    ]


@register.simple_tag(takes_context=True)
def language_url(context: Context, code: str) -> str:
    """Return this page's address in another language; it works without a script."""
    request = context["request"]
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"


_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.Select, "form-select"),
)


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a field's control with the look's classes and its errors tied to it."""
    widget = field.field.widget
    look = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "form-control")
    own = widget.attrs.get("class", "")
    classes = " ".join(part for part in (look, own, "is-invalid" if field.errors else "") if part)
    return field.as_widget(attrs={"class": classes})


@register.filter
def widget_kind(field: BoundField) -> str:
    """Return how a field is laid out: checkbox, group or single."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "single"
